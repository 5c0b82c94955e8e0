/* SPDX-License-Identifier: Apache-2.0 */
/* The slowest pace of a body, and how much time a fast beginning buys. */
#include "http/connection/body_clock.h"

#include "test.h"

#include <stdlib.h>

static const http_limits limits = {.head_timeout = 10, .idle_timeout = 75, .body_rate = 256};

static void silence_ends_after_the_grace(void **state)
{
    body_clock clock;
    body_clock_start(&clock, 5000);
    assert_int_equal(body_clock_due(&clock, &limits), 15000);
    body_clock_add(&clock, 0, 9000, &limits);
    assert_int_equal(body_clock_due(&clock, &limits), 15000);
}

static void the_pace_is_kept_byte_by_byte(void **state)
{
    body_clock clock;
    body_clock_start(&clock, 0);
    for (unsigned second = 1; second <= 1000; second++) {
        for (int i = 0; i < 256; i++)
            body_clock_add(&clock, 1, second * 1000u, &limits);
        assert_int_equal(body_clock_due(&clock, &limits), 10000 + second * 1000u);
    }
}

static void what_came_at_once_is_not_held_for_long(void **state)
{
    body_clock clock;
    body_clock_start(&clock, 0);
    body_clock_add(&clock, 1 << 20, 100, &limits);
    assert_int_equal(body_clock_due(&clock, &limits), 75100);
    /* From then on the pace is what counts. */
    body_clock_add(&clock, 256, 50000, &limits);
    assert_int_equal(body_clock_due(&clock, &limits), 76100);
    body_clock_add(&clock, 1 << 20, 76000, &limits);
    assert_int_equal(body_clock_due(&clock, &limits), 151000);
}

static void the_grace_is_never_cut(void **state)
{
    const http_limits quick = {.head_timeout = 10, .idle_timeout = 1, .body_rate = 256};
    body_clock clock;
    body_clock_start(&clock, 0);
    body_clock_add(&clock, 1 << 20, 1000, &quick);
    assert_int_equal(body_clock_due(&clock, &quick), 11000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_ends_after_the_grace),
        cmocka_unit_test(the_pace_is_kept_byte_by_byte),
        cmocka_unit_test(what_came_at_once_is_not_held_for_long),
        cmocka_unit_test(the_grace_is_never_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
