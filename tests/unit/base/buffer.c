/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers: their ceiling, errors that stick, and wiping. */
#include <string.h>

#include "base/buffer.h"
#include "base/context.h"
#include "base/text.h"
#include "test.h"

static void a_buffer_stops_at_its_ceiling(void **state)
{
    buffer_auto buffer b;
    buffer_init(&b, 5);
    assert_int_equal(buffer_text(&b).len, 0);
    buffer_append_string(&b, "abc");
    buffer_append_format(&b, "%d", 12);
    assert_string_equal(b.data, "abc12");
    buffer_append_byte(&b, 'x');
    assert_int_equal(b.failed, OST_E_CEILING);
    assert_true(text_is(buffer_text(&b), "abc12"));
    buffer_append(&b, (ost_text){NULL, 0}); /* the error sticks */
    assert_int_equal(b.failed, OST_E_CEILING);
    buffer_clear(&b);
    assert_int_equal(b.failed, OST_OK);
    buffer_append_format(&b, "%s", "123456");
    assert_int_equal(b.failed, OST_E_CEILING);
    assert_int_equal(b.len, 0);
}

static void any_bytes_in_any_pieces(void **state)
{
    buffer_auto buffer b;
    buffer_init(&b, 100000);
    for (size_t i = 0; i < 300; i++) {
        char piece[300];
        memset(piece, (int)(i & 0xFF), i);
        buffer_append(&b, (ost_text){piece, i});
        assert_int_equal(b.data[b.len], 0);
    }
    assert_int_equal(b.failed, OST_OK);
    size_t at = 0;
    for (size_t i = 0; i < 300; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_equal((unsigned char)b.data[at++], i & 0xFF);
    assert_int_equal(at, b.len);
    assert_true(b.capacity <= 100001);
}

static void clearing_wipes(void **state)
{
    buffer b;
    buffer_init(&b, 1000);
    buffer_append_string(&b, "a secret that is longer than one would think");
    const char *data = b.data;
    size_t capacity = b.capacity;
    buffer_clear(&b);
    assert_ptr_equal(b.data, data);
    for (size_t i = 0; i < capacity; i++)
        assert_int_equal(data[i], 0);
    uint64_t before = memory_count();
    buffer_append_string(&b, "again");
    assert_int_equal(memory_count(), before);
    buffer_free(&b);
    assert_null(b.data);
    assert_int_equal(b.ceiling, 1000);
    buffer_free(&b);
}

static void absurd_sizes(void **state)
{
    buffer_auto buffer b;
    buffer_init(&b, SIZE_MAX);
    buffer_append_string(&b, "x");
    buffer_append(&b, (ost_text){"y", SIZE_MAX});
    assert_int_equal(b.failed, OST_E_CEILING);
    assert_true(text_is(buffer_text(&b), "x"));
}

static void every_allocation_may_fail(void **state)
{
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        buffer_auto buffer b;
        assert_true(n < 100);
        buffer_init(&b, 10000);
        memory_fail_at(n);
        for (int i = 0; i < 1000; i++)
            buffer_append_format(&b, "%d,", i);
        memory_fail_at(0);
        done = b.failed == OST_OK;
        assert_true(done || b.failed == OST_E_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_stops_at_its_ceiling),
        cmocka_unit_test(any_bytes_in_any_pieces),
        cmocka_unit_test(clearing_wipes),
        cmocka_unit_test(absurd_sizes),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("base-buffer", tests, NULL, NULL);
}
