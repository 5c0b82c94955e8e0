/* SPDX-License-Identifier: Apache-2.0 */
/* Questions under way: one of each, in their order, and everybody told. */

#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/cache/flights.h"
#include "test.h"

static const unsigned char a[32] = "a", b[32] = "b", c[32] = "c";

static void count(void *user)
{
    ++*(int *)user;
}

static void each_has_its_turn(void **state)
{
    flights all;
    flights_init(&all, 2, 1, 2);
    flight *first = flights_add(&all, a, OST_TEXT("token"), &all);
    flight *second = flights_add(&all, b, (ost_text){0}, &all);
    assert_null(flights_add(&all, c, (ost_text){0}, &all)); /* full */
    assert_int_equal(first->ticket, 1);
    assert_int_equal(second->ticket, 3);
    assert_string_equal(first->text, "token");
    assert_ptr_equal(flights_find(&all, a), first);
    assert_null(flights_find(&all, c));
    assert_ptr_equal(flights_start_next(&all), first);
    assert_ptr_equal(flights_start_next(&all), second);
    assert_null(flights_start_next(&all));
    assert_int_equal(all.started, 2);
    flights_remove(&all, first);
    flight_land(first);
    assert_int_equal(all.started, 1);
    assert_null(flights_find(&all, a));
    assert_int_equal(flights_add(&all, a, (ost_text){0}, &all)->ticket, 5);
    flights_free(&all);
}

static void whoever_waits_is_told_once(void **state)
{
    flights all;
    int told = 0, others = 0;
    flights_init(&all, 2, 2, 2);
    flight *first = flights_add(&all, a, (ost_text){0}, NULL);
    flight *second = flights_add(&all, b, (ost_text){0}, NULL);
    for (int i = 0; i < FLIGHT_WAITERS - 1; i++)
        assert_int_equal(flights_wait(&all, first->ticket, count, &told), OST_OK);
    assert_int_equal(flights_wait(&all, second->ticket, count, &others), OST_OK);
    assert_int_equal(flights_wait(&all, second->ticket, count, &others), OST_E_BUSY);
    assert_int_equal(flights_wait(&all, 77, count, &others), OST_E_BUSY);
    flights_remove(&all, first);
    flight_land(first);
    assert_int_equal(told, FLIGHT_WAITERS - 1);
    assert_int_equal(others, 0);
    assert_int_equal(flights_wait(&all, second->ticket, count, &others), OST_OK);
    flight_waiters_call(flights_dismiss(&all));
    assert_int_equal(others, 2);
    flights_remove(&all, second);
    flight_land(second); /* nobody waits any more */
    assert_int_equal(others, 2);
    assert_int_equal(all.waiting, 0);
    flights_free(&all);
}

static void memory_may_fail(void **state)
{
    flights all;
    int told = 0;
    flights_init(&all, 2, 2, 2);
    memory_fail_at(1);
    assert_null(flights_add(&all, a, (ost_text){0}, NULL));
    memory_fail_at(0);
    assert_int_equal(all.count, 0);
    flight *f = flights_add(&all, a, (ost_text){0}, NULL);
    memory_fail_at(1);
    assert_int_equal(flights_wait(&all, f->ticket, count, &told), OST_E_MEMORY);
    memory_fail_at(0);
    flights_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_turn),
        cmocka_unit_test(whoever_waits_is_told_once),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests_name("guard-flights", tests, NULL, NULL);
}
