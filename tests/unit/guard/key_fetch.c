/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping keys fresh, against an issuer that is slow or gone. Hostile ones are in
 * key_fetch_attack.c, rotation in key_rotation.c. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "guard/guard_state.h"
#include "guard/issuer.h"
#include "online.h"

/* ---- when ---- */

static void refreshes_come_at_four_fifths_of_the_lifetime(void **state)
{
    assert_int_equal(key_fetch_delay(300, 0, 128), 240000);
    assert_in_range(key_fetch_delay(300, 0, 0), 216000, 216000);
    assert_in_range(key_fetch_delay(300, 0, 255), 263000, 264000);
    assert_int_equal(key_fetch_delay(1, 0, 128), 800);
}

/* Keys that went stale before they are refreshed would be an outage that nothing has caused. */
static void the_issuers_wish_is_granted_while_keys_serve(void **state)
{
    online *o = *state;
    const unsigned configured[][2] = {{0, 0}, {86400, 0}, {60, 7200}, {300, 86400}};
    for (size_t i = 0; i < ARRAY_LEN(configured); i++) {
        online_guard(
            o, (ost_issuer){.key_lifetime = configured[i][0], .stale_limit = configured[i][1]});
        const key_source *of = &o->guard->issuers[0]->source;
        assert_int_equal(key_fetch_lifetime(of, -1), configured[i][0] > 0 ? configured[i][0] : 300);
        assert_int_equal(key_fetch_lifetime(of, 600), 600);
        assert_int_equal(key_fetch_lifetime(of, 0), 60);
        assert_int_equal(key_fetch_lifetime(of, 59), 60);
        for (long max_age = -1; max_age < 1000000000; max_age = max_age * 3 + 7) {
            /* At the latest. */
            unsigned due = key_fetch_delay(key_fetch_lifetime(of, max_age), 0, 255) / 1000;
            assert_true(due < of->stale_limit);
        }
        ost_guard_free(o->guard);
        o->guard = NULL;
    }
}

static void failures_back_off_to_a_minute(void **state)
{
    static const unsigned delays[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    for (unsigned i = 0; i < 9; i++)
        assert_int_equal(key_fetch_delay(300, i + 1, 128), delays[i] * 1000);
    assert_int_equal(key_fetch_delay(300, 4000000000u, 128), 60000);
    assert_in_range(key_fetch_delay(300, 1000, 255), 60000, 66000);
    assert_in_range(key_fetch_delay(300, 1000, 0), 54000, 60000);
}

/* ---- at three in the morning ---- */

static bool explains(online *o, ost_verdict verdict, const char *words)
{
    const char *copy = ost_arena_copy(o->arena, verdict.explanation);
    if (strstr(copy, words) == NULL)
        print_error("\"%s\" where \"%s\" is expected\n", copy, words);
    return strstr(copy, words) != NULL;
}

static void g9_the_issuer_says_when(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){.key_lifetime = 300});
    const key_source *of = &o->guard->issuers[0]->source;
    net_response response = {.status = 429, .max_age = -1, .retry_after = 20};
    assert_int_equal(key_fetch_due(of, 1, &response, 128), 20000);
    assert_int_equal(key_fetch_due(of, 7, &response, 128), 60000); /* the longer of the two */
    response.status = 503;
    assert_int_equal(key_fetch_due(of, 1, &response, 128), 20000);
    response.retry_after = 86400;
    assert_int_equal(key_fetch_due(of, 1, &response, 128), 60000); /* within our bounds */
    response.retry_after = -1;
    assert_int_equal(key_fetch_due(of, 1, &response, 128), 1000);
    response = (net_response){.status = 200, .max_age = -1, .retry_after = 20};
    assert_int_equal(key_fetch_due(of, 0, &response, 128), 240000);
    response.max_age = 1000;
    assert_int_equal(key_fetch_due(of, 0, &response, 128), 800000);
    assert_int_equal(key_fetch_due(of, 2, NULL, 128), 2000);
}

/* Whoever reads the log knows which issuer fails, why, and since when. */
static void an_operator_is_told_what_fails(void **state)
{
    online *o = *state;
    int64_t seconds = -1;
    fake_issuer *const issuers[] = {o->issuer};
    fake_issuer_serve(o->issuer, FAKE_ERROR, FAKE_GOOD);
    o->guard = online_guard_of(issuers, 1, (ost_issuer){0});
    const ost_text token = online_token(o, o->issuer, o->keys[0]);
    assert_true(online_until_number(&o->issuer->discoveries, 2, 10));
    usleep(1100000);
    ost_verdict verdict = online_check(o, o->guard, token);
    assert_int_equal(verdict.status, 503);
    assert_true(explains(o, verdict, o->issuer->name));
    assert_true(explains(o, verdict, "have not been obtained: discovery: http://"));
    assert_true(explains(o, verdict, "/.well-known/openid-configuration: status 500"));
    assert_true(ost_json_integer(online_state(o, o->guard, 0, "failing"), &seconds));
    assert_in_range(seconds, 1, 60);
    assert_true(online_metric(o, o->guard, "ostiary_issuer_failing_seconds{") >= 1);
    /* When all is well again, nothing of it is left. */
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    assert_true(ost_guard_wait_ready(o->guard, 10));
    assert_null(online_state(o, o->guard, 0, "failing"));
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_failing_seconds{"), 0);
    /* Keys that are there, but too old, have been obtained. */
    key_snapshot *snapshot = atomic_load(&o->guard->issuers[0]->source.keys.current);
    snapshot->obtained -= 3601000;
    verdict = online_check_now(o, o->guard, token, false);
    assert_int_equal(verdict.status, 503);
    assert_true(explains(o, verdict, "are too old to serve"));
}

/* ---- the good way ---- */

static void keys_are_obtained_at_the_start(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    for (int i = 0; i < 100; i++)
        assert_int_equal(online_check_now(o, o->guard, token, true).decision, OST_ALLOW);
    assert_int_equal(atomic_load(&o->issuer->discoveries), 1);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 1);
    assert_int_equal(atomic_load(&o->issuer->others), 0);
    assert_int_equal(online_metric(o, o->guard, "ostiary_guard_verdicts_total{verdict=\"allowed"),
                     100);
    assert_int_equal(
        online_metric(o, o->guard, "ostiary_guard_signature_cache_total{outcome=\"hit\"}"), 99);
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_ready{"), 1);
}

static void a_fixed_key_set_needs_no_discovery(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){.jwks_url = fake_issuer_url(
                                     o->issuer, "/realms/a/protocol/openid-connect/certs")});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    assert_int_equal(atomic_load(&o->issuer->discoveries), 0);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 1);
}

/* Inside a container network the provider has another address than tokens say. */
static void discovery_may_come_from_another_host(void **state)
{
    online *o = *state;
    char url[256], name[] = "https://id.example.org/realms/a";
    snprintf(url, sizeof url, "%s/.well-known/openid-configuration", o->issuer->name);
    snprintf(o->issuer->discovery, sizeof o->issuer->discovery,
             "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}", name,
             fake_issuer_url(o->issuer, "/realms/a/protocol/openid-connect/certs"));
    snprintf(o->issuer->name, sizeof o->issuer->name, "%s", name);
    online_guard(o, (ost_issuer){.discovery_url = url});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check_now(o, o->guard, token, false).decision, OST_ALLOW);
}

static void keys_are_refreshed_in_the_background(void **state)
{
    online *o = *state;
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    /* What Keycloak sends does not stop the clock. */
    snprintf(o->issuer->fields, sizeof o->issuer->fields, "Cache-Control: no-cache\r\n");
    online_guard(o, (ost_issuer){.key_lifetime = 1});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    assert_int_equal(online_check_now(o, o->guard, token, false).decision, OST_ALLOW);
    assert_true(online_until_number(&o->issuer->key_fetches, 3, 5));
    assert_int_equal(atomic_load(&o->issuer->discoveries), 1);
    /* The same document: what was remembered still is. */
    assert_int_equal(online_check_now(o, o->guard, token, false).decision, OST_ALLOW);
    assert_int_equal(
        online_metric(o, o->guard, "ostiary_guard_signature_cache_total{outcome=\"hit\"}"), 1);
}

/* ---- without keys ---- */

static void tokens_wait_for_the_first_fetch(void **state)
{
    online *o = *state;
    atomic_int woken = 0;
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_SLOW);
    online_guard(o, (ost_issuer){0});
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    ost_verdict verdict = online_check_now(o, o->guard, token, true);
    assert_int_equal(verdict.decision, OST_WAIT);
    ost_verdict now = online_check_now(o, o->guard, token, false);
    assert_int_equal(now.decision, OST_REFUSE);
    assert_int_equal(now.status, 503);
    assert_true(now.retry_after > 0);
    assert_int_equal(now.challenge.len, 0);
    assert_false(ost_guard_is_ready(o->guard));
    assert_true(online_until_number(&o->issuer->key_fetches, 1, 5));
    fake_issuer_release(o->issuer);
    assert_int_equal(online_check(o, o->guard, token).decision, OST_ALLOW);
    assert_int_equal(atomic_load(&woken), 0);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 1);
}

static bool guard_is_ready(void *user)
{
    return ost_guard_is_ready(user);
}

static void it_starts_while_the_issuer_is_down(void **state)
{
    online *o = *state;
    fake_issuer_serve(o->issuer, FAKE_DOWN, FAKE_DOWN);
    online_guard(o, (ost_issuer){0});
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    ost_verdict verdict = online_check(o, o->guard, token);
    assert_int_equal(verdict.status, 503);
    assert_true(verdict.retry_after > 0);
    assert_false(ost_guard_is_ready(o->guard));
    assert_true(online_has_error(o, o->guard, 0, "discovery"));
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_ready{"), 0);
    assert_true(online_metric(o, o->guard, "ostiary_issuer_fetches_total{outcome=\"bad\"") >= 1);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    assert_true(online_until(guard_is_ready, o->guard, 8));
    assert_int_equal(online_check(o, o->guard, token).decision, OST_ALLOW);
    assert_null(online_state(o, o->guard, 0, "last_error"));
}

/* ---- several issuers ---- */

static void issuers_do_not_hold_each_other_up(void **state)
{
    online *o = *state;
    fake_issuer *slow = fake_issuer_start(), *down = fake_issuer_start();
    fake_issuer_serve(slow, FAKE_SLOW, FAKE_SLOW);
    fake_issuer_serve(down, FAKE_DOWN, FAKE_DOWN);
    int64_t before = monotonic_ms();
    ost_guard *guard =
        online_guard_of((fake_issuer *const[]){slow, o->issuer, down}, 3, (ost_issuer){0});
    ost_text good = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check(o, guard, good).decision, OST_ALLOW);
    assert_true(monotonic_ms() - before < 2000);
    assert_int_equal(online_check_now(o, guard, online_token(o, slow, o->keys[0]), true).decision,
                     OST_WAIT);
    assert_int_equal(online_check(o, guard, online_token(o, down, o->keys[0])).status, 503);
    assert_int_equal(online_check(o, guard, good).decision, OST_ALLOW);
    assert_false(ost_guard_is_ready(guard)); /* not all of them */
    ost_guard_free(guard);
    fake_issuer_stop(slow);
    fake_issuer_stop(down);
}

/* ---- the end ---- */

static void every_waiter_is_called_when_the_guard_ends(void **state)
{
    online *o = *state;
    atomic_int woken = 0;
    fake_issuer_serve(o->issuer, FAKE_SLOW, FAKE_SLOW);
    online_guard(o, (ost_issuer){0});
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    for (int i = 0; i < 10; i++) {
        ost_verdict verdict = online_check_now(o, o->guard, token, true);
        assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &woken), OST_OK);
    }
    ost_guard_free(o->guard);
    o->guard = NULL;
    assert_int_equal(atomic_load(&woken), 10);
}

static void only_a_waiting_verdict_can_be_waited_for(void **state)
{
    online *o = *state;
    atomic_int woken = 0;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_verdict verdict =
        online_check_now(o, o->guard, online_token(o, o->issuer, o->keys[0]), true);
    assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &woken), OST_E_ARGUMENT);
    verdict.decision = OST_WAIT; /* nothing is under way */
    assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &woken), OST_E_BUSY);
    verdict.issuer = 7;
    assert_int_equal(ost_guard_wait(o->guard, &verdict, online_count, &woken), OST_E_ARGUMENT);
    assert_int_equal(atomic_load(&woken), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, online_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refreshes_come_at_four_fifths_of_the_lifetime),
        TEST(the_issuers_wish_is_granted_while_keys_serve),
        cmocka_unit_test(failures_back_off_to_a_minute),
        TEST(g9_the_issuer_says_when),
        TEST(an_operator_is_told_what_fails),
        TEST(keys_are_obtained_at_the_start),
        TEST(a_fixed_key_set_needs_no_discovery),
        TEST(discovery_may_come_from_another_host),
        TEST(keys_are_refreshed_in_the_background),
        TEST(tokens_wait_for_the_first_fetch),
        TEST(it_starts_while_the_issuer_is_down),
        TEST(issuers_do_not_hold_each_other_up),
        TEST(every_waiter_is_called_when_the_guard_ends),
        TEST(only_a_waiting_verdict_can_be_waited_for),
    };
    return cmocka_run_group_tests_name("guard-key_fetch", tests, online_make_keys,
                                       online_free_keys);
}
