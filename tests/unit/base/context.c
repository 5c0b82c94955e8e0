/* SPDX-License-Identifier: Apache-2.0 */
/* Time and randomness: the caller's, or the system's. */
#include <string.h>
#include <time.h>

#include "base/context.h"

#include "test.h"

static int64_t fixed_now(void *user)
{
    return *(const int64_t *)user;
}

static bool fixed_random(void *user, unsigned char *ret, size_t n)
{
    memset(ret, 0x5A, n);
    return n <= 16;
}

static void the_callers(void **state)
{
    int64_t now = 1700000000;
    const ost_context context = {fixed_now, fixed_random, &now};
    unsigned char bytes[17] = {0};
    assert_int_equal(ost_now(&context), 1700000000);
    assert_int_equal(context_random(&context, bytes, 16), OST_OK);
    assert_int_equal(bytes[0], 0x5A);
    assert_int_equal(bytes[15], 0x5A);
    assert_int_equal(bytes[16], 0);
    assert_int_equal(context_random(&context, bytes, 17), OST_E_SYSTEM);
}

static void the_systems(void **state)
{
    static const ost_context empty;
    const ost_context *contexts[] = {NULL, &empty};
    for (size_t i = 0; i < 2; i++) {
        unsigned char a[300] = {0}, b[300] = {0};
        int64_t before = (int64_t)time(NULL), seen = ost_now(contexts[i]);
        assert_in_range(seen, before, before + 5);
        assert_int_equal(context_random(contexts[i], a, sizeof a), OST_OK);
        assert_int_equal(context_random(contexts[i], b, sizeof b), OST_OK);
        assert_memory_not_equal(a, b, sizeof a);
        assert_memory_not_equal(a + 284, b + 284, 16); /* to the end, beyond one call's 256 bytes */
        assert_int_equal(context_random(contexts[i], a, 0), OST_OK);
    }
}

static void monotonic_time_goes_on(void **state)
{
    int64_t before = monotonic_ms();
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    assert_true(monotonic_ms() - before >= 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_callers),
        cmocka_unit_test(the_systems),
        cmocka_unit_test(monotonic_time_goes_on),
    };
    return cmocka_run_group_tests_name("base-context", tests, NULL, NULL);
}
