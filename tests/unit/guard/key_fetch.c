/* Keeping keys fresh, against an issuer that is slow, wrong, hostile or gone: 14, 29, 31 to 33 of
 * the attacks in docs/development/verification.md, and the pains of rotation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "context.h"
#include "forge.h"
#include "guard_state.h"
#include "issuer.h"
#include "online.h"

static void serve_keys(online *o, ost_key *first, ost_key *second)
{
    ost_key *const keys[] = {first, second, NULL};
    fake_issuer_publish(o->issuer, keys);
}

static bool has_error(online *o, ost_guard *guard, size_t which, const char *words)
{
    ost_text said = {0};
    (void)!ost_json_text(online_state(o, guard, which, "last_error"), &said);
    char *copy = ost_arena_copy(o->arena, said);
    if (strstr(copy, words) == NULL)
        print_error("%zu: \"%s\" where \"%s\" is expected\n", which, copy, words);
    return strstr(copy, words) != NULL;
}

static void count_wake(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

/* A token of kid number `i` that no issuer has. */
static ost_text unknown_token(online *o, int i)
{
    char *header = ost_arena_format(o->arena, "{\"alg\":\"ES256\",\"kid\":\"unknown-%d\"}", i);
    char *claims = ost_arena_format(o->arena, "{\"iss\":\"%s\",\"aud\":\"myapi\",\"exp\":%lld}",
                                    o->issuer->name, (long long)ost_now(NULL) + 60);
    ost_text input = forge_input(o->arena, text_of(header), text_of(claims));
    unsigned char signature[64] = {1};
    return forge_join(o->arena, input, signature, sizeof signature);
}

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
    for (size_t i = 0; i < sizeof configured / sizeof configured[0]; i++) {
        online_guard(
            o, (ost_issuer){.key_lifetime = configured[i][0], .stale_limit = configured[i][1]});
        const issuer *of = o->guard->issuers[0];
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
    serve_keys(o, o->keys[0], o->keys[1]);
    fake_issuer_release(o->issuer);
    assert_true(online_until(knows_two_keys, o, 5));
    serve_keys(o, o->keys[0], NULL);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    assert_true(online_until(knows_one_key, o, 5)); /* by the refresh that was due */
    serve_keys(o, o->keys[0], o->keys[1]);
    assert_int_equal(online_check(o, o->guard, token).status, 200);
}

/* ---- at three in the morning ---- */

static bool explains(online *o, ost_verdict verdict, const char *words)
{
    const char *copy = ost_arena_copy(o->arena, verdict.explanation);
    if (strstr(copy, words) == NULL)
        print_error("\"%s\" where \"%s\" is expected\n", copy, words);
    return strstr(copy, words) != NULL;
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
    assert_true(explains(o, verdict, "have not been obtained: discovery: status 500"));
    assert_true(ost_json_integer(online_state(o, o->guard, 0, "failing"), &seconds));
    assert_in_range(seconds, 1, 60);
    assert_true(online_metric(o, o->guard, "ostiary_issuer_failing_seconds{") >= 1);
    /* When all is well again, nothing of it is left. */
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    assert_true(ost_guard_wait_ready(o->guard, 10));
    assert_null(online_state(o, o->guard, 0, "failing"));
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_failing_seconds{"), 0);
    /* Keys that are there, but too old, have been obtained. */
    key_snapshot *snapshot = atomic_load(&o->guard->issuers[0]->keys.current);
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

/* ---- rotation ---- */

static void a_new_key_is_fetched_when_its_first_token_comes(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    serve_keys(o, o->keys[0], o->keys[1]);
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
    ost_verdict stranger = online_check_now(o, o->guard, unknown_token(o, 1), true);
    assert_int_equal(stranger.decision, OST_WAIT);
    assert_true(online_until_number(&o->issuer->key_fetches, 2, 5));
    serve_keys(o, o->keys[0], o->keys[1]);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    ost_verdict verdict = online_check_now(o, o->guard, new, true);
    assert_int_equal(verdict.decision, OST_WAIT);
    assert_int_equal(ost_guard_wait(o->guard, &verdict, count_wake, &woken), OST_OK);
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
    assert_int_equal(online_check_now(o, o->guard, unknown_token(o, 1), true).decision, OST_WAIT);
    assert_true(online_until_number(&o->issuer->key_fetches, 2, 5));
    serve_keys(o, o->keys[0], o->keys[1]);
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
    serve_keys(o, o->keys[1], NULL);
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
    serve_keys(o, o->keys[1], NULL);
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
    serve_keys(o, twin, NULL);
    int fetches = atomic_load(&o->issuer->key_fetches);
    assert_true(online_until_number(&o->issuer->key_fetches, fetches + 2, 5));
    assert_int_equal(online_check(o, o->guard, old).reason, OST_E_SIGNATURE);
    assert_int_equal(online_check(o, o->guard, online_token(o, o->issuer, twin)).decision,
                     OST_ALLOW);
    ost_key_unref(twin);
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
    assert_true(has_error(o, o->guard, 0, "discovery"));
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_ready{"), 0);
    assert_true(online_metric(o, o->guard, "ostiary_issuer_fetches_total{outcome=\"bad\"") >= 1);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    assert_true(online_until(guard_is_ready, o->guard, 8));
    assert_int_equal(online_check(o, o->guard, token).decision, OST_ALLOW);
    assert_null(online_state(o, o->guard, 0, "last_error"));
}

/* ---- hostile tokens ---- */

static void attack_14_urls_in_the_header_are_not_fetched(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    char *claims = ost_arena_format(o->arena, "{\"iss\":\"%s\",\"aud\":\"myapi\",\"exp\":%lld}",
                                    o->issuer->name, (long long)ost_now(NULL) + 60);
    const char *url = fake_issuer_url(o->issuer, "/evil");
    const char *const headers[] = {
        ost_arena_format(o->arena, "{\"alg\":\"ES256\",\"kid\":\"k0\",\"jku\":\"%s\"}", url),
        ost_arena_format(o->arena, "{\"alg\":\"ES256\",\"kid\":\"k0\",\"x5u\":\"%s\"}", url),
        ost_arena_format(o->arena, "{\"alg\":\"ES256\",\"jku\":\"%s\",\"x5u\":\"%s\"}", url, url),
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        ost_text token = forge(o->arena, headers[i], claims, o->keys[1], FORGE_PKCS1);
        assert_int_equal(online_check(o, o->guard, token).reason, OST_E_SIGNATURE);
    }
    assert_int_equal(atomic_load(&o->issuer->others), 0);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 1);
}

static void attack_29_unknown_issuers_cause_no_fetch(void **state)
{
    online *o = *state;
    fake_issuer *second = fake_issuer_start(), *stranger = fake_issuer_start();
    fake_issuer_publish(second, (ost_key *const[]){o->keys[0], NULL});
    for (size_t count = 1; count <= 2; count++) {
        ost_guard *guard =
            online_guard_of((fake_issuer *const[]){o->issuer, second}, count, (ost_issuer){0});
        assert_true(ost_guard_wait_ready(guard, 5));
        int before = atomic_load(&o->issuer->key_fetches) + atomic_load(&second->key_fetches);
        for (int i = 0; i < 50; i++) {
            ost_text token = online_token(o, stranger, o->keys[1 + i % 3]);
            ost_verdict verdict = online_check_now(o, guard, token, true);
            assert_int_equal(verdict.decision, OST_REFUSE);
            assert_int_equal(verdict.reason, OST_E_ISSUER);
            assert_int_equal(verdict.status, 401);
        }
        usleep(50000);
        int after = atomic_load(&o->issuer->key_fetches) + atomic_load(&second->key_fetches);
        assert_int_equal(after, before);
        ost_guard_free(guard);
    }
    assert_int_equal(atomic_load(&stranger->discoveries) + atomic_load(&stranger->others), 0);
    fake_issuer_stop(second);
    fake_issuer_stop(stranger);
}

static void attack_31_flood_of_unknown_kids(void **state)
{
    online *o = *state;
    atomic_int woken = 0;
    int waiting = 0, busy = 0;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text good = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check_now(o, o->guard, good, true).decision, OST_ALLOW);
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_SLOW); /* so that the first one stays under way */
    for (int i = 0; i < 3000; i++) {
        ost_verdict verdict = online_check_now(o, o->guard, unknown_token(o, i), true);
        assert_int_equal(verdict.decision, OST_WAIT);
        ost_result result = ost_guard_wait(o->guard, &verdict, count_wake, &woken);
        waiting += result == OST_OK;
        busy += result == OST_E_BUSY;
        if (i % 10 == 0) {
            assert_int_equal(online_check_now(o, o->guard, good, true).decision, OST_ALLOW);
            ost_arena_reset(o->arena);
            good = online_token(o, o->issuer, o->keys[0]); /* another one each time */
        }
    }
    assert_int_equal(waiting, 1000);
    assert_int_equal(busy, 2000);
    assert_int_equal(atomic_load(&woken), 0);
    fake_issuer_release(o->issuer);
    assert_true(online_until_number(&woken, 1000, 5));
    fake_issuer_serve(o->issuer, FAKE_GOOD, FAKE_GOOD);
    ost_arena_reset(o->arena);
    for (int i = 0; i < 2000; i++) {
        ost_verdict verdict = online_check(o, o->guard, unknown_token(o, i));
        assert_int_equal(verdict.decision, OST_REFUSE);
        assert_int_equal(verdict.reason, OST_E_KEY_UNKNOWN);
        assert_int_equal(verdict.status, 401);
        if (i % 10 == 0)
            ost_arena_reset(o->arena);
    }
    assert_int_equal(atomic_load(&woken), 1000);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 3); /* the first, and two */
    good = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check_now(o, o->guard, good, true).decision, OST_ALLOW);
}

/* One bad kid over and over does not use up what a rotation needs. */
static void attack_31_one_unknown_kid_costs_one_fetch(void **state)
{
    online *o = *state;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    ost_text bad = unknown_token(o, 1);
    for (int i = 0; i < 100; i++)
        assert_int_equal(online_check(o, o->guard, bad).reason, OST_E_KEY_UNKNOWN);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 2);
    serve_keys(o, o->keys[1], NULL);
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    assert_int_equal(online_check(o, o->guard, new).decision, OST_ALLOW);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 3);
}

/* ---- hostile issuers ---- */

static void attack_32_poisoned_key_sets_change_nothing(void **state)
{
    online *o = *state;
    static const struct {
        fake_mode mode;
        const char *text, *error;
    } poison[] = {
        {FAKE_TEXT, "{\"keys\":[]}", "none of 0 keys"},
        {FAKE_HTML, "", "line 1"},
        {FAKE_LARGE, "", "key set"},
        {FAKE_TEXT, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}",
         "symmetric"},
        {FAKE_TEXT, "private", "private"},
        {FAKE_TEXT, "twice", "same kid"},
        {FAKE_TEXT, "", "empty"},
        {FAKE_TEXT, "{\"keys\":{}}", "keys"},
        {FAKE_TEXT, "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", "none of 1"},
        {FAKE_ERROR, "", "500"},
        {FAKE_DOWN, "", "key set"},
        {FAKE_REDIRECT, "", "key set"},
    };
    enum { COUNT = sizeof poison / sizeof poison[0] };
    fake_issuer *issuers[COUNT];
    int before[COUNT];
    ost_text tokens[COUNT], jwk;
    ost_key *const one[] = {o->keys[0], NULL}, *const twice[] = {o->keys[0], o->keys[0], NULL};
    ost_json_writer *writer = ost_json_writer_new(o->arena, 0);
    assert_int_equal(ost_key_export_private(o->keys[1], writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &jwk), OST_OK);
    for (size_t i = 0; i < COUNT; i++) {
        issuers[i] = fake_issuer_start();
        fake_issuer_publish(issuers[i], one);
        tokens[i] = online_token(o, issuers[i], o->keys[0]);
    }
    ost_guard *guard = online_guard_of(issuers, COUNT, (ost_issuer){.key_lifetime = 1});
    assert_true(ost_guard_wait_ready(guard, 5));
    for (size_t i = 0; i < COUNT; i++) {
        const char *text = poison[i].text;
        if (strcmp(text, "private") == 0)
            text = ost_arena_format(o->arena, "{\"keys\":[%.*s]}", (int)jwk.len, jwk.data);
        else if (strcmp(text, "twice") == 0)
            text = fixture_jwks(o->arena, twice).data;
        fake_issuer_say(issuers[i], text);
        fake_issuer_serve(issuers[i], FAKE_GOOD, poison[i].mode);
        before[i] = atomic_load(&issuers[i]->key_fetches);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(online_until_number(&issuers[i]->key_fetches, before[i] + 1, 5));
    }
    usleep(300000);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(online_check_now(o, guard, tokens[i], false).decision, OST_ALLOW);
        bool stale = false;
        assert_true(ost_json_boolean(online_state(o, guard, i, "stale"), &stale) && stale);
        assert_true(has_error(o, guard, i, poison[i].error));
        assert_int_equal(atomic_load(&issuers[i]->others), 0); /* no redirect was followed */
    }
    assert_true(ost_guard_is_ready(guard));
    ost_guard_free(guard);
    for (size_t i = 0; i < COUNT; i++)
        fake_issuer_stop(issuers[i]);
}

static void attack_33_discovery_that_lies(void **state)
{
    online *o = *state;
    static const struct {
        fake_mode mode;
        const char *format, *error; /* %s: where the keys are */
    } lies[] = {
        {FAKE_TEXT, "{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"%s\"}", "of issuer"},
        {FAKE_TEXT, "{\"issuer\":\"\",\"jwks_uri\":\"%s\"}", "of issuer"},
        {FAKE_TEXT, "{\"jwks_uri\":\"%s\"}", "no issuer"},
        {FAKE_TEXT, "{\"issuer\":[],\"jwks_uri\":\"%s\"}", "no issuer"},
        {FAKE_TEXT, "\"%s\"", "no issuer"},
        {FAKE_TEXT, "{\"issuer\":\"=\",\"jwks_uri\":\"http://id.example.org/certs\"}", "not https"},
        {FAKE_TEXT, "{\"issuer\":\"=\",\"jwks_uri\":\"http://localhost@evil.example/\"}",
         "not https"},
        {FAKE_TEXT, "{\"issuer\":\"=\",\"jwks_uri\":\"file:///etc/passwd\"}", "not https"},
        {FAKE_TEXT, "{\"issuer\":\"=\",\"jwks_uri\":\"/certs\"}", "not https"},
        {FAKE_TEXT, "{\"issuer\":\"=\",\"jwks_uri\":7}", "jwks_uri"},
        {FAKE_TEXT, "{\"issuer\":\"=\",\"issuer\":\"=\",\"jwks_uri\":\"%s\"}", "same name"},
        {FAKE_REDIRECT, "", "redirect"},
        {FAKE_HTML, "", "discovery"},
        {FAKE_LARGE, "", "discovery"},
        {FAKE_ERROR, "", "500"},
        {FAKE_DOWN, "", "discovery"},
    };
    enum { COUNT = sizeof lies / sizeof lies[0] };
    fake_issuer *issuers[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        issuers[i] = fake_issuer_start();
        fake_issuer_publish(issuers[i], (ost_key *const[]){o->keys[0], NULL});
        char text[1024] = "", *out = text;
        const char *certs = fake_issuer_url(issuers[i], "/realms/a/protocol/openid-connect/certs");
        for (const char *at = lies[i].format; *at != '\0'; at++) {
            bool is_keys = at[0] == '%' && at[1] == 's', is_name = *at == '=';
            if (is_keys || is_name) {
                out += snprintf(out, 256, "%s", is_keys ? certs : issuers[i]->name);
                at += is_keys;
            } else {
                *out++ = *at;
                *out = '\0';
            }
        }
        fake_issuer_say(issuers[i], text);
        fake_issuer_serve(issuers[i], lies[i].mode, FAKE_GOOD);
    }
    ost_guard *guard = online_guard_of(issuers, COUNT, (ost_issuer){0});
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(online_until_number(&issuers[i]->discoveries, 1, 5));
        ost_verdict verdict = online_check(o, guard, online_token(o, issuers[i], o->keys[0]));
        assert_int_equal(verdict.status, 503);
        assert_true(has_error(o, guard, i, lies[i].error));
        assert_int_equal(atomic_load(&issuers[i]->key_fetches), 0);
        assert_int_equal(atomic_load(&issuers[i]->others), 0);
    }
    assert_false(ost_guard_is_ready(guard));
    ost_guard_free(guard);
    for (size_t i = 0; i < COUNT; i++)
        fake_issuer_stop(issuers[i]);
}

static void plain_http_where_tls_is_expected(void **state)
{
    online *o = *state;
    char name[128];
    snprintf(name, sizeof name, "https%s", o->issuer->name + 4);
    snprintf(o->issuer->name, sizeof o->issuer->name, "%s", name);
    online_guard(o, (ost_issuer){0});
    ost_verdict verdict = online_check(o, o->guard, online_token(o, o->issuer, o->keys[0]));
    assert_int_equal(verdict.status, 503);
    assert_true(has_error(o, o->guard, 0, "SSL"));
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
        assert_int_equal(ost_guard_wait(o->guard, &verdict, count_wake, &woken), OST_OK);
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
    assert_int_equal(ost_guard_wait(o->guard, &verdict, count_wake, &woken), OST_E_ARGUMENT);
    verdict.decision = OST_WAIT; /* nothing is under way */
    assert_int_equal(ost_guard_wait(o->guard, &verdict, count_wake, &woken), OST_E_BUSY);
    verdict.issuer = 7;
    assert_int_equal(ost_guard_wait(o->guard, &verdict, count_wake, &woken), OST_E_ARGUMENT);
    assert_int_equal(atomic_load(&woken), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, online_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refreshes_come_at_four_fifths_of_the_lifetime),
        TEST(the_issuers_wish_is_granted_while_keys_serve),
        cmocka_unit_test(failures_back_off_to_a_minute),
        TEST(a_kid_that_came_is_not_held_to_be_unknown),
        TEST(an_operator_is_told_what_fails),
        TEST(keys_are_obtained_at_the_start),
        TEST(a_fixed_key_set_needs_no_discovery),
        TEST(discovery_may_come_from_another_host),
        TEST(keys_are_refreshed_in_the_background),
        TEST(a_new_key_is_fetched_when_its_first_token_comes),
        TEST(a_fetch_that_came_too_early_is_followed_by_another),
        TEST(a_fetch_that_came_in_time_is_the_last),
        TEST(a_front_end_that_cannot_wait_gets_the_key_soon),
        TEST(a_key_that_is_gone_takes_remembered_tokens_with_it),
        TEST(another_key_under_the_same_kid),
        TEST(tokens_wait_for_the_first_fetch),
        TEST(it_starts_while_the_issuer_is_down),
        TEST(attack_14_urls_in_the_header_are_not_fetched),
        TEST(attack_29_unknown_issuers_cause_no_fetch),
        TEST(attack_31_flood_of_unknown_kids),
        TEST(attack_31_one_unknown_kid_costs_one_fetch),
        TEST(attack_32_poisoned_key_sets_change_nothing),
        TEST(attack_33_discovery_that_lies),
        TEST(plain_http_where_tls_is_expected),
        TEST(issuers_do_not_hold_each_other_up),
        TEST(every_waiter_is_called_when_the_guard_ends),
        TEST(only_a_waiting_verdict_can_be_waited_for),
    };
    return cmocka_run_group_tests_name("guard-key_fetch", tests, online_make_keys,
                                       online_free_keys);
}
