/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of ids. */
#include <stdio.h>

#include "base/context.h"
#include "base/text.h"
#include "provider/stream/id_set.h"
#include "test.h"

#define MANY 5000

static id_set set;

static int setup(void **state)
{
    (void)state;
    return id_set_begin(&set, NULL) == OST_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    id_set_clear(&set);
    return 0;
}

static bool add(ost_text id)
{
    bool is_new = false;
    assert_int_equal(id_set_add(&set, id, &is_new), OST_OK);
    return is_new;
}

static void what_is_there_is_there_once(void **state)
{
    char id[32];
    (void)state;
    assert_false(id_set_has(&set, OST_TEXT("1")));
    for (int i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "%d", i);
        assert_true(add(text_of(id)));
        assert_false(add(text_of(id)));
    }
    for (int i = 0; i < 2 * MANY; i++) {
        snprintf(id, sizeof id, "%d", i);
        assert_int_equal(id_set_has(&set, text_of(id)), i < MANY);
    }
    assert_int_equal(set.count, MANY);
}

static void any_bytes_are_an_id(void **state)
{
    (void)state;
    assert_true(add((ost_text){0}));
    assert_true(add((ost_text){"\0", 1}));
    assert_true(add((ost_text){"\0\0", 2}));
    assert_false(add(OST_TEXT("")));
    assert_false(id_set_has(&set, (ost_text){"\0\0\0", 3}));
}

static void without_memory_nothing_is_lost(void **state)
{
    char id[32];
    bool is_new;
    (void)state;
    size_t room = set.room;
    int i = 0;
    do {
        snprintf(id, sizeof id, "%d", i++);
        memory_fail_at(1);
    } while (id_set_add(&set, text_of(id), &is_new) == OST_OK);
    assert_int_equal(i, 1); /* the first one needs room */
    memory_fail_at(0);
    for (i = 0; set.room <= room || set.count < set.room / 4 * 3; i++) {
        snprintf(id, sizeof id, "%d", i);
        assert_true(add(text_of(id)));
    }
    memory_fail_at(1);
    assert_int_equal(id_set_add(&set, OST_TEXT("x"), &is_new), OST_E_MEMORY);
    memory_fail_at(0);
    assert_true(id_set_has(&set, OST_TEXT("0")));
    assert_true(add(OST_TEXT("x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_there_is_there_once, setup, teardown),
        cmocka_unit_test_setup_teardown(any_bytes_are_an_id, setup, teardown),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_lost, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
