/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation: zeroed, counted by thread, failing on demand. */
#include <pthread.h>
#include <string.h>

#include "base/context.h"
#include "test.h"

static void zeroed_and_counted(void **state)
{
    uint64_t before = memory_count();
    unsigned char *data = memory_alloc(1000);
    assert_non_null(data);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(data[i], 0);
    memset(data, 7, 1000);
    data = memory_resize(data, 5000);
    assert_non_null(data);
    assert_int_equal(data[999], 7);
    char *copy = memory_copy((ost_text){"a\0b", 3});
    assert_memory_equal(copy, "a\0b", 4);
    assert_int_equal(memory_count(), before + 3);
    memory_free(copy);
    memory_free(data);
    memory_free(NULL);
    assert_int_equal(memory_count(), before + 3);
    copy = memory_copy((ost_text){NULL, 0});
    assert_string_equal(copy, "");
    memory_free(copy);
    data = memory_alloc(0);
    assert_non_null(data);
    memory_free(data);
}

static void the_nth_fails_once(void **state)
{
    memory_fail_at(3);
    for (int i = 1; i < 6; i++) {
        void *data = memory_alloc(1);
        assert_int_equal(data == NULL, i == 3);
        memory_free(data);
    }
    memory_fail_at(2);
    memory_fail_at(0);
    for (int i = 0; i < 3; i++) {
        void *data = memory_alloc(1);
        assert_non_null(data);
        memory_free(data);
    }
}

static void what_fails_to_grow_is_kept(void **state)
{
    char *data = memory_copy((ost_text){"kept", 4});
    memory_fail_at(1);
    assert_null(memory_resize(data, 100000));
    assert_string_equal(data, "kept");
    memory_free(data);
}

static void *elsewhere(void *user)
{
    uint64_t *counted = user;
    void *data = memory_alloc(1);
    *counted = data != NULL ? memory_count() : 0;
    memory_free(data);
    return NULL;
}

/* A test that lets allocations fail disturbs no other thread. */
static void threads_count_for_themselves(void **state)
{
    pthread_t thread;
    uint64_t counted = 0, before = memory_count();
    memory_fail_at(1);
    assert_int_equal(pthread_create(&thread, NULL, elsewhere, &counted), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(counted, 1);
    assert_int_equal(memory_count(), before);
    memory_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_and_counted),
        cmocka_unit_test(the_nth_fails_once),
        cmocka_unit_test(what_fails_to_grow_is_kept),
        cmocka_unit_test(threads_count_for_themselves),
    };
    return cmocka_run_group_tests_name("base-memory", tests, NULL, NULL);
}
