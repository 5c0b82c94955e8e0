/* SPDX-License-Identifier: Apache-2.0 */
/* The pains of rotation: new keys are there when their first token comes, and those that are gone
 * serve no longer. */
#include <unistd.h>

#include "online.h"

static bool knows_two_keys(void *user)
{
    online *o = user;
    return online_metric(o, o->guard, "ostiary_issuer_keys{") == 2;
}

static bool knows_one_key(void *user)
{
    online *o = user;
    return online_metric(o, o->guard, "ostiary_issuer_keys{") == 1;
}

/* Behind a balancer one node may lag: what it has not got yet, and another node had, is asked for
 * again as soon as it is missed. */
static void a_kid_that_came_is_not_held_to_be_unknown(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){.key_lifetime = 1});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text token = online_token(o, o->issuer, o->keys[1]);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_SLOW);
    ost_verdict verdict = online_check_now(o, o->guard, token, true);
    assert_int_equal(verdict.decision, OST_WAIT);
    online_publish(o, o->keys[0], o->keys[1]);
    fake_issuer_release(o->issuer);
    assert_true(online_until(knows_two_keys, o, 5));
    online_publish(o, o->keys[0], NULL);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    assert_true(online_until(knows_one_key, o, 5)); /* by the refresh that was due */
    online_publish(o, o->keys[0], o->keys[1]);
    assert_int_equal(online_check(o, o->guard, token).status, 200);
}

static void a_new_key_is_fetched_when_its_first_token_comes(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    online_publish(o, o->keys[0], o->keys[1]);
    ost_text old = online_token(o, o->issuer, o->keys[0]);
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    assert_int_equal(online_check(o, o->guard, old).decision, OST_ALLOW);
    assert_int_equal(online_check(o, o->guard, new).decision, OST_ALLOW);
    assert_int_equal(online_check(o, o->guard, old).decision, OST_ALLOW);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 2);
}

/* The first token of a new key meets a fetch that was answered before there was this key. */
static void a_fetch_that_came_too_early_is_followed_by_another(void **state)
{
    online *o = *state;
    atomic_int woken = 0;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_OLD);
    ost_verdict stranger = online_check_now(o, o->guard, online_unknown_token(o, 1), true);
    assert_int_equal(stranger.decision, OST_WAIT);
    assert_true(online_until_number(&o->issuer->key_fetches, 2, 5));
    online_publish(o, o->keys[0], o->keys[1]);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    ost_verdict verdict = online_check_now(o, o->guard, new, true);
    assert_int_equal(verdict.decision, OST_WAIT);
    assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &woken), OST_OK);
    fake_issuer_release(o->issuer);
    assert_true(online_until_number(&woken, 1, 5));
    assert_int_equal(online_check_now(o, o->guard, new, false).decision, OST_ALLOW);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 3);
}

/* One that did bring it is not. */
static void a_fetch_that_came_in_time_is_the_last(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_SLOW);
    assert_int_equal(online_check_now(o, o->guard, online_unknown_token(o, 1), true).decision,
                     OST_WAIT);
    assert_true(online_until_number(&o->issuer->key_fetches, 2, 5));
    online_publish(o, o->keys[0], o->keys[1]);
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    assert_int_equal(online_check_now(o, o->guard, new, true).decision, OST_WAIT);
    fake_issuer_release(o->issuer);
    assert_int_equal(online_check(o, o->guard, new).decision, OST_ALLOW);
    usleep(50000);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 2);
}

static void a_front_end_that_cannot_wait_gets_the_key_soon(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    online_publish(o, o->keys[1], NULL);
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    ost_verdict verdict = online_check_now(o, o->guard, new, false);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(verdict.status, 503); /* not yet: it is not the token's fault */
    assert_int_equal(verdict.retry_after, 1);
    assert_true(online_until_number(&o->issuer->key_fetches, 2, 5));
    for (int i = 0; i < 1000 && verdict.decision != OST_ALLOW; i++) {
        usleep(2000);
        verdict = online_check_now(o, o->guard, new, false);
    }
    assert_int_equal(verdict.decision, OST_ALLOW);
}

static void a_key_that_is_gone_takes_remembered_tokens_with_it(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text old = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check(o, o->guard, old).decision, OST_ALLOW);
    assert_int_equal(online_check(o, o->guard, old).decision, OST_ALLOW);
    online_publish(o, o->keys[1], NULL);
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    assert_int_equal(online_check(o, o->guard, new).decision, OST_ALLOW);
    ost_verdict verdict = online_check(o, o->guard, old);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(verdict.reason, OST_E_KEY_UNKNOWN);
}

static void another_key_under_the_same_kid(void **state)
{
    online *o = *state;
    ost_key *twin;
    assert_int_equal(ost_key_generate(OST_ES256, 0, "k0", &twin, NULL), OST_OK);
    online_guard(o, (ost_issuer){.key_lifetime = 1});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text old = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check(o, o->guard, old).decision, OST_ALLOW);
    online_publish(o, twin, NULL);
    int fetches = atomic_load(&o->issuer->key_fetches);
    assert_true(online_until_number(&o->issuer->key_fetches, fetches + 2, 5));
    assert_int_equal(online_check(o, o->guard, old).reason, OST_E_SIGNATURE);
    assert_int_equal(online_check(o, o->guard, online_token(o, o->issuer, twin)).decision,
                     OST_ALLOW);
    ost_key_unref(twin);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, online_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_kid_that_came_is_not_held_to_be_unknown),
        TEST(a_new_key_is_fetched_when_its_first_token_comes),
        TEST(a_fetch_that_came_too_early_is_followed_by_another),
        TEST(a_fetch_that_came_in_time_is_the_last),
        TEST(a_front_end_that_cannot_wait_gets_the_key_soon),
        TEST(a_key_that_is_gone_takes_remembered_tokens_with_it),
        TEST(another_key_under_the_same_kid),
    };
    return cmocka_run_group_tests_name("guard-key_rotation", tests, online_make_keys,
                                       online_free_keys);
}
