/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching keys, against tokens and issuers that are hostile: 14, 29, 31 to 33 of the attacks in
 * docs/development/attacks.md. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "forge.h"
#include "online.h"

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
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
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
            char *said = ost_arena_copy(o->arena, verdict.explanation);
            assert_non_null(
                strstr(said, fake_issuer_url(stranger, ""))); /* whatever key it names */
            assert_true(count > 1 || strstr(said, "expected issuer") != NULL);
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
        ost_verdict verdict = online_check_now(o, o->guard, online_unknown_token(o, i), true);
        assert_int_equal(verdict.decision, OST_WAIT);
        ost_result result = ost_guard_wait(o->guard, &verdict, online_count, &woken);
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
        ost_verdict verdict = online_check(o, o->guard, online_unknown_token(o, i));
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
    ost_text bad = online_unknown_token(o, 1);
    for (int i = 0; i < 100; i++)
        assert_int_equal(online_check(o, o->guard, bad).reason, OST_E_KEY_UNKNOWN);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 2);
    online_publish(o, o->keys[1], NULL);
    ost_text new = online_token(o, o->issuer, o->keys[1]);
    assert_int_equal(online_check(o, o->guard, new).decision, OST_ALLOW);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 3);
}

/* A key that signs from the moment it is published, while strangers have used up the fetches: its
 * tokens are soon not called bad, and good within seconds. */
static void attack_31_a_new_key_in_a_flood(void **state)
{
    online *o = *state;
    int called_bad = 0, later = 0;
    online_guard(o, (ost_issuer){0});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    for (int i = 0; i < 200; i++) {
        ost_verdict stranger = online_check(o, o->guard, online_unknown_token(o, i));
        assert_int_equal(stranger.reason, OST_E_KEY_UNKNOWN);
    }
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 3);
    online_publish(o, o->keys[1], NULL);
    int64_t begun = monotonic_ms();
    ost_verdict verdict = {0};
    for (int i = 0; verdict.decision != OST_ALLOW && monotonic_ms() - begun < 20000; i++) {
        ost_arena_reset(o->arena);
        (void)online_check(o, o->guard, online_unknown_token(o, 1000 + i)); /* it goes on */
        verdict = online_check(o, o->guard, online_token(o, o->issuer, o->keys[1]));
        called_bad += verdict.status == 401;
        later += verdict.status == 503 && verdict.retry_after >= 1 && verdict.retry_after <= 5;
        assert_true(verdict.decision == OST_ALLOW || verdict.challenge.len > 0 ||
                    verdict.retry_after > 0);
        usleep(20000);
    }
    assert_int_equal(verdict.decision, OST_ALLOW);
    assert_true(monotonic_ms() - begun < 15000);
    assert_true(called_bad <= 2 && later > 0);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 4);
    assert_true(online_metric(o, o->guard, "ostiary_issuer_kids_held_back_total{") >= later);
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
        {FAKE_HTML, "", "not JSON"},
        {FAKE_LARGE, "", "key set"},
        {FAKE_TEXT, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}",
         "symmetric"},
        {FAKE_TEXT, "private", "private"},
        {FAKE_TEXT, "", "empty"},
        {FAKE_TEXT, "{\"keys\":{}}", "keys"},
        {FAKE_TEXT, "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", "none of 1"},
        {FAKE_ERROR, "", "500"},
        {FAKE_DOWN, "", "key set"},
        {FAKE_REDIRECT, "", "key set"},
    };
    enum { COUNT = ARRAY_LEN(poison) };
    fake_issuer *issuers[COUNT];
    int before[COUNT];
    ost_text tokens[COUNT], jwk;
    ost_key *const one[] = {o->keys[0], NULL};
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
        assert_true(online_has_error(o, guard, i, poison[i].error));
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
        {FAKE_TEXT, "{\"issuer\":\"https://evil.example\",\"jwks_uri\":\"%s\"}", "its issuer is"},
        {FAKE_TEXT, "{\"issuer\":\"\",\"jwks_uri\":\"%s\"}", "its issuer is"},
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
        {FAKE_REDIRECT, "", "a redirect to "},
        {FAKE_HTML, "", "not JSON; is the realm's name right"},
        {FAKE_LARGE, "", "discovery"},
        {FAKE_ERROR, "", "500"},
        {FAKE_DOWN, "", "discovery"},
    };
    enum { COUNT = ARRAY_LEN(lies) };
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
        assert_true(online_has_error(o, guard, i, lies[i].error));
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
    assert_true(online_has_error(o, o->guard, 0, "SSL"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, online_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(attack_14_urls_in_the_header_are_not_fetched),
        TEST(attack_29_unknown_issuers_cause_no_fetch),
        TEST(attack_31_flood_of_unknown_kids),
        TEST(attack_31_one_unknown_kid_costs_one_fetch),
        TEST(attack_31_a_new_key_in_a_flood),
        TEST(attack_32_poisoned_key_sets_change_nothing),
        TEST(attack_33_discovery_that_lies),
        TEST(plain_http_where_tls_is_expected),
    };
    return cmocka_run_group_tests_name("guard-key_fetch_attack", tests, online_make_keys,
                                       online_free_keys);
}
