/* SPDX-License-Identifier: Apache-2.0 */
/* The timers of the HTTP client. */
#include <unistd.h>

#include "base/context.h"
#include "net_fixture.h"

typedef struct rings {
    atomic_int rung;
    int64_t at;
    net_timer *timer;
} rings;

static void ring(void *user)
{
    rings *r = user;
    r->at = monotonic_ms();
    atomic_fetch_add(&r->rung, 1);
}

static void wait_for(atomic_int *number, int wanted)
{
    for (int i = 0; i < 2000 && atomic_load(number) < wanted; i++)
        usleep(1000);
    assert_int_equal(atomic_load(number), wanted);
}

static void a_timer_rings_once_and_not_early(void **state)
{
    fixture *f = *state;
    static rings r; /* the timer lives as long as the client */
    int64_t before = monotonic_ms();
    assert_int_equal(net_timer_new(f->client, ring, &r, &r.timer), OST_OK);
    net_timer_set(r.timer, 80);
    wait_for(&r.rung, 1);
    assert_true(r.at - before >= 80 && r.at - before < 1000);
    usleep(100000);
    assert_int_equal(r.rung, 1);
}

static void no_timer_rings_after_the_client(void **state)
{
    rings r = {0};
    net_client *client;
    assert_int_equal(net_client_new(0, &client), OST_OK);
    assert_int_equal(net_timer_new(client, ring, &r, &r.timer), OST_OK);
    net_timer_set(r.timer, 60000);
    net_client_free(client);
    assert_int_equal(r.rung, 0);
}

static void a_timer_can_be_set_again(void **state)
{
    fixture *f = *state;
    static rings r;
    int64_t before = monotonic_ms();
    assert_int_equal(net_timer_new(f->client, ring, &r, &r.timer), OST_OK);
    net_timer_set(r.timer, 60000);
    net_timer_set(r.timer, 30); /* replaces the long one */
    wait_for(&r.rung, 1);
    assert_true(r.at - before >= 30);
    net_timer_set(r.timer, 10);
    net_timer_set(r.timer, 0);
    wait_for(&r.rung, 2);
    usleep(50000);
    assert_int_equal(r.rung, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_rings_once_and_not_early),
        cmocka_unit_test(no_timer_rings_after_the_client),
        cmocka_unit_test(a_timer_can_be_set_again),
    };
    return cmocka_run_group_tests_name("net-net_timers", tests, set_up, tear_down);
}
