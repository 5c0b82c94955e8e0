/* SPDX-License-Identifier: Apache-2.0 */
/* Stripes: one thread at a time in each, and never a wait. */
#include <pthread.h>

#include "jose/stripes.h"

#include "test.h"

static void the_same_again(void **state)
{
    static stripes all;
    int something;
    stripe *first = stripes_take(&all);
    assert_non_null(first);
    assert_null(first->held);
    first->held = &something;
    stripes_give(first);
    stripe *second = stripes_take(&all);
    assert_ptr_equal(second, first);
    assert_ptr_equal(second->held, &something);
    stripes_give(second);
}

static void until_none_is_left(void **state)
{
    static stripes all;
    stripe *taken[STRIPE_COUNT];
    for (size_t i = 0; i < STRIPE_COUNT; i++) {
        taken[i] = stripes_take(&all);
        assert_non_null(taken[i]);
        for (size_t j = 0; j < i; j++)
            assert_ptr_not_equal(taken[i], taken[j]);
    }
    assert_null(stripes_take(&all));
    stripes_give(NULL);
    stripes_give(taken[7]);
    assert_ptr_equal(stripes_take(&all), taken[7]);
}

#define THREADS 8
#define ROUNDS 20000

static stripes shared;
static uintptr_t counts[STRIPE_COUNT]; /* of each stripe; no lock but the stripe itself */

static void *count_up(void *missed)
{
    for (size_t i = 0; i < ROUNDS; i++) {
        stripe *own = stripes_take(&shared);
        if (own == NULL) {
            ++*(size_t *)missed;
            continue;
        }
        counts[own - shared.at]++;
        stripes_give(own);
    }
    return NULL;
}

static void one_thread_at_a_time(void **state)
{
    pthread_t threads[THREADS];
    size_t missed[THREADS] = {0}, sum = 0;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &missed[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += missed[i];
    }
    for (size_t i = 0; i < STRIPE_COUNT; i++)
        sum += counts[i];
    assert_int_equal(sum, THREADS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(until_none_is_left),
        cmocka_unit_test(one_thread_at_a_time),
    };
    return cmocka_run_group_tests_name("jose-stripes", tests, NULL, NULL);
}
