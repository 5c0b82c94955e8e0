/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that were refused: how long they are known, and how many. */

#include <string.h>

#include "guard/cache/denied_tokens.h"

#include "test.h"

static denied_tokens all;

static int setup(void **state)
{
    return denied_tokens_init(&all, NULL) == OST_OK ? 0 : -1;
}

static void digest_of(int number, unsigned char digest[32])
{
    memset(digest, 7, 32);
    memcpy(digest, &number, sizeof number);
}

static ost_result get(int number, int64_t now)
{
    unsigned char digest[32];
    digest_of(number, digest);
    return denied_tokens_get(&all, digest, now);
}

static void put(int number, ost_result reason, int64_t now, int64_t until)
{
    unsigned char digest[32];
    digest_of(number, digest);
    denied_tokens_put(&all, digest, reason, now, until);
}

static void they_are_known_for_their_time(void **state)
{
    assert_int_equal(get(1, 100), OST_OK);
    put(1, OST_E_INACTIVE, 100, 110);
    put(2, OST_E_REMOTE, 100, 105);
    put(3, OST_E_INACTIVE, 100, 100);
    assert_int_equal(get(1, 109), OST_E_INACTIVE);
    assert_int_equal(get(1, 110), OST_OK);
    assert_int_equal(get(2, 104), OST_E_REMOTE);
    assert_int_equal(get(2, 105), OST_OK);
    assert_int_equal(get(3, 99), OST_OK);
    put(1, OST_E_EXPIRED, 105, 120); /* the latest word */
    assert_int_equal(get(1, 119), OST_E_EXPIRED);
}

/* What was remembered at a time to come was remembered before the clock was set back: it would be
 * known for as long as the clock was set back, and keep what is remembered now from its place. */
static void a_clock_that_is_set_back_forgets(void **state)
{
    put(1, OST_E_REMOTE, 100000, 100002);
    assert_int_equal(get(1, 100001), OST_E_REMOTE);
    assert_int_equal(get(1, 99999), OST_OK);
    assert_int_equal(get(1, 5000), OST_OK);
    for (int i = 0; i < 100000; i++)
        put(i, OST_E_INACTIVE, 100000, 100010);
    int known = 0;
    for (int i = 200000; i < 200100; i++)
        put(i, OST_E_INACTIVE, 5000, 5010);
    for (int i = 200000; i < 200100; i++)
        known += get(i, 5005) != OST_OK;
    assert_int_equal(known, 100);
}

static void the_number_is_bounded(void **state)
{
    int known = 0;
    for (int i = 0; i < 100000; i++)
        put(i, OST_E_INACTIVE, 0, 1000 + i);
    for (int i = 0; i < 100000; i++)
        known += get(i, 500) != OST_OK;
    assert_true(known <= DENIED_SETS * DENIED_WAYS);
    assert_true(known > DENIED_SETS * DENIED_WAYS * 9 / 10);
    assert_int_equal(get(99999, 500), OST_E_INACTIVE); /* those that end first made way */
}

static bool is_full(const denied_token *set)
{
    bool full = true;
    for (size_t way = 0; way < DENIED_WAYS; way++)
        full &= set[way].until > 0;
    return full;
}

/* In each place of a set one is found, and finds itself again when there is a later word, even if
 * others end before it. */
static void every_place_counts(void **state)
{
    denied_token *set = NULL;
    for (int i = 0; set == NULL; i++) {
        assert_true(i < 100000);
        put(i, OST_E_INACTIVE, 100, 200);
        for (size_t n = 0; n < DENIED_SETS && set == NULL; n++)
            set = is_full(all.sets[n]) ? all.sets[n] : NULL;
    }
    for (size_t way = 0; way < DENIED_WAYS; way++) {
        unsigned char digest[32];
        memcpy(digest, set[way].digest, sizeof digest);
        for (size_t other = 0; other < DENIED_WAYS; other++)
            set[other].until = other == way ? 200 : 190;
        assert_int_equal(denied_tokens_get(&all, digest, 150), OST_E_INACTIVE);
        denied_tokens_put(&all, digest, OST_E_EXPIRED, 150, 200);
        assert_memory_equal(set[way].digest, digest, sizeof digest);
        for (size_t other = 0; other < DENIED_WAYS; other++)
            assert_int_equal(denied_tokens_get(&all, set[other].digest, 150),
                             other <= way ? OST_E_EXPIRED : OST_E_INACTIVE);
    }
}

/* Whichever place it has, the one that ends first makes way, or one that does not count. */
static void every_place_may_make_way(void **state)
{
    for (size_t first = 0; first < 2 * DENIED_WAYS; first++) {
        bool over = first >= DENIED_WAYS;
        unsigned char digest[32];
        assert_int_equal(denied_tokens_init(&all, NULL), OST_OK);
        for (size_t n = 0; n < DENIED_SETS; n++) {
            for (size_t way = 0; way < DENIED_WAYS; way++) {
                denied_token *token = &all.sets[n][way];
                *token = (denied_token){.since = 100, .until = 200, .reason = OST_E_INACTIVE};
                memset(token->digest, (int)way, sizeof token->digest);
                if (way == first % DENIED_WAYS)
                    token->until = over ? 110 : 199;
            }
        }
        digest_of(7, digest);
        denied_tokens_put(&all, digest, OST_E_EXPIRED, 150, 160);
        assert_int_equal(denied_tokens_get(&all, digest, 150), OST_E_EXPIRED);
        for (size_t n = 0; n < DENIED_SETS; n++) {
            for (size_t way = 0; way < DENIED_WAYS; way++)
                assert_true(all.sets[n][way].reason == OST_E_INACTIVE ||
                            way == first % DENIED_WAYS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(they_are_known_for_their_time, setup),
        cmocka_unit_test_setup(a_clock_that_is_set_back_forgets, setup),
        cmocka_unit_test_setup(the_number_is_bounded, setup),
        cmocka_unit_test_setup(every_place_counts, setup),
        cmocka_unit_test_setup(every_place_may_make_way, setup),
    };
    return cmocka_run_group_tests_name("guard-denied-tokens", tests, NULL, NULL);
}
