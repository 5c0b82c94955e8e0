/* SPDX-License-Identifier: Apache-2.0 */
/* Raw DEFLATE: one whole stream and nothing else, of no more than was asked for. */
#include <string.h>

#include "base/text.h"
#include "jose/compressed.h"
#include "test.h"

#define CONTENT_SIZE 5000

static ost_arena *arena;
static ost_text content, compressed;

static int setup(void **state)
{
    arena = ost_arena_new((size_t)8 << 20);
    char *bytes = ost_arena_alloc(arena, CONTENT_SIZE);
    for (size_t i = 0; i < CONTENT_SIZE; i++)
        bytes[i] = (char)(i * i / 7);
    content = (ost_text){bytes, CONTENT_SIZE};
    return compressed_write(content, arena, &compressed) == OST_OK ? 0 : 1;
}

static int teardown(void **state)
{
    ost_arena_free(arena);
    return 0;
}

static ost_result read(ost_text from, size_t max)
{
    ost_text read = {0};
    ost_result result = compressed_read(from, max, arena, &read);
    assert_true(result == OST_OK ? text_equal(read, content) : read.data == NULL);
    return result;
}

static void the_ceiling_is_what_is_said(void **state)
{
    assert_int_equal(read(compressed, CONTENT_SIZE), OST_OK);
    assert_int_equal(read(compressed, CONTENT_SIZE + 1), OST_OK);
    assert_int_equal(read(compressed, CONTENT_SIZE - 1), OST_E_DECRYPTION);
    assert_int_equal(read(compressed, 1), OST_E_DECRYPTION);
    assert_int_equal(read(compressed, 0), OST_E_DECRYPTION);
}

static void a_part_of_a_stream_is_none(void **state)
{
    for (size_t len = 0; len < compressed.len; len++)
        assert_int_equal(read(text_slice(compressed, 0, len), CONTENT_SIZE), OST_E_DECRYPTION);
}

static void nothing_stands_behind_a_stream(void **state)
{
    char *longer = ost_arena_alloc(arena, compressed.len + 1);
    memcpy(longer, compressed.data, compressed.len);
    for (int byte = 0; byte < 256; byte++) {
        longer[compressed.len] = (char)byte;
        assert_int_equal(read((ost_text){longer, compressed.len + 1}, CONTENT_SIZE),
                         OST_E_DECRYPTION);
    }
}

static void what_is_no_stream_is_refused(void **state)
{
    assert_int_equal(read(OST_TEXT("\xff\xff\xff\xff"), CONTENT_SIZE), OST_E_DECRYPTION);
    assert_int_equal(read(content, CONTENT_SIZE), OST_E_DECRYPTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ceiling_is_what_is_said),
        cmocka_unit_test(a_part_of_a_stream_is_none),
        cmocka_unit_test(nothing_stands_behind_a_stream),
        cmocka_unit_test(what_is_no_stream_is_refused),
    };
    return cmocka_run_group_tests_name("jose-compressed", tests, setup, teardown);
}
