/* SPDX-License-Identifier: Apache-2.0 */
/* Where an issuer is asked, as what, and which configurations make no sense. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "inquiry.h"
#include "status_token.h"

/* ---- where ---- */

static void without_an_endpoint_nobody_can_be_asked(void **state)
{
    online *o = *state;
    snprintf(o->issuer->discovery, sizeof o->issuer->discovery,
             "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}", o->issuer->name,
             fake_issuer_url(o->issuer, "/realms/a/protocol/openid-connect/certs"));
    o->guard = inquiry_guard(o, (ost_issuer){0});
    assert_true(online_until_number(&o->issuer->key_fetches, 1, 5));
    inquiry_expect(o, "opaque", OST_E_REMOTE, 503);
    assert_false(ost_guard_is_ready(o->guard));
    assert_int_equal(inquiry_questions(o), 0);
}

/* Nor does anybody wait, once the discovery has been read again as often as it may be. */
static void an_endpoint_that_is_not_in_sight_is_not_waited_for(void **state)
{
    static const char held_back[] = "ostiary_issuer_introspections_held_back_total{";
    online *o = *state;
    snprintf(o->issuer->discovery, sizeof o->issuer->discovery,
             "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}", o->issuer->name,
             fake_issuer_url(o->issuer, "/realms/a/protocol/openid-connect/certs"));
    o->guard = inquiry_guard(o, (ost_issuer){0});
    assert_true(online_until_number(&o->issuer->key_fetches, 1, 5));
    for (int i = 0; i < 3; i++) /* the two fetches that are left */
        inquiry_expect(o, ost_arena_format(o->arena, "opaque-%d", i), OST_E_REMOTE, 503);
    usleep(1200000); /* the pause is over */
    int fetches = atomic_load(&o->issuer->key_fetches);
    double before = online_metric(o, o->guard, held_back);
    ost_verdict verdict = online_check_now(o, o->guard, OST_TEXT("opaque"), true);
    assert_int_equal(verdict.decision, OST_REFUSE);
    assert_int_equal(verdict.reason, OST_E_REMOTE);
    assert_int_equal(verdict.status, 503);
    assert_int_equal(verdict.retry_after, 5);
    assert_int_equal(verdict.ticket, 0);
    assert_non_null(strstr(ost_arena_copy(o->arena, verdict.explanation),
                           "its introspection endpoint is not known"));
    assert_int_equal(online_metric(o, o->guard, held_back), before + 1);
    assert_int_equal(online_metric(o, o->guard, "ostiary_issuer_introspections_under_way{"), 0);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), fetches);
    assert_int_equal(inquiry_questions(o), 0);
}

/* What was configured is asked, whatever the discovery document says. */
static void a_configured_endpoint_stays(void **state)
{
    online *o = *state;
    fake_issuer *other = fake_issuer_start();
    ost_introspection config = inquiry_by_secret;
    config.endpoint = fake_issuer_url(other, "/realms/a/protocol/openid-connect/token/introspect");
    fake_issuer_answer(other, FAKE_GOOD, inquiry_good(o, ""));
    inquiry_begin(o, config);
    assert_int_equal(atomic_load(&o->issuer->discoveries), 1);
    inquiry_expect(o, "opaque", OST_OK, 200);
    assert_int_equal(atomic_load(&other->questions), 1);
    assert_int_equal(inquiry_questions(o), 0);
    ost_guard_free(o->guard);
    o->guard = NULL;
    fake_issuer_stop(other);
}

static void a_token_may_come_before_the_discovery_is_done(void **state)
{
    online *o = *state;
    fake_issuer_serve(o->issuer, FAKE_SLOW, FAKE_GOOD);
    o->guard = inquiry_guard(o, (ost_issuer){0});
    ost_verdict verdict = online_check_now(o, o->guard, OST_TEXT("opaque"), true);
    assert_int_equal(verdict.decision, OST_WAIT);
    assert_true(verdict.ticket != 0);
    fake_issuer_release(o->issuer);
    inquiry_expect(o, "opaque", OST_OK, 200);
}

static void a_discovery_that_fails_ends_the_waiting(void **state)
{
    online *o = *state;
    fake_issuer_serve(o->issuer, FAKE_ERROR, FAKE_GOOD);
    o->guard = inquiry_guard(o, (ost_issuer){0});
    inquiry_expect(o, "opaque", OST_E_REMOTE, 503);
    assert_int_equal(inquiry_questions(o), 0);
}

/* ---- who asks ---- */

static void a_secret_may_go_into_the_body(void **state)
{
    online *o = *state;
    ost_introspection config = inquiry_by_secret;
    config.auth = OST_CLIENT_SECRET_POST;
    inquiry_begin(o, config);
    inquiry_expect(o, "opaque", OST_OK, 200);
    assert_true(inquiry_asked(o, "&client_id=my%20api&client_secret=s%26cret"));
    assert_false(inquiry_asked(o, "Authorization"));
}

static void a_key_may_prove_who_asks(void **state)
{
    online *o = *state;
    const ost_introspection config = {
        .client_id = "my-api", .auth = OST_PRIVATE_KEY_JWT, .key = o->keys[2]};
    ost_keyset *keys;
    const ost_claims *claims;
    ost_error error = {0};
    inquiry_begin(o, config);
    inquiry_expect(o, "opaque", OST_OK, 200);
    assert_true(
        inquiry_asked(o, "&client_id=my-api&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
                         "client-assertion-type%3Ajwt-bearer&client_assertion=ey"));
    ost_text assertion = text_of(strstr(o->issuer->asked_body, "client_assertion=") + 17);
    assertion = text_slice(assertion, 0, text_find(assertion, '&', 0));
    const ost_claims_rules rules = {.issuer = "my-api",
                                    .audiences = (const char *const[]){o->issuer->name},
                                    .audience_count = 1,
                                    .max_age = 60};
    assert_int_equal(ost_keyset_new(&o->keys[2], 1, &keys), OST_OK);
    if (ost_jwt_verify(assertion, keys, &rules, atomic_load(&inquiry_now), o->arena, &claims,
                       &error) != OST_OK)
        fail_msg("%s", error.detail);
    assert_true(text_is(ost_claims_subject(claims), "my-api"));
    assert_int_equal(ost_claims_expiry(claims), atomic_load(&inquiry_now) + 60);
    assert_int_equal(ost_claims_text(claims, "jti").len, 22);
    ost_keyset_unref(keys);
}

/* RFC 9701, end to end. */
static void answers_may_have_to_be_signed(void **state)
{
    online *o = *state;
    ost_introspection config = inquiry_by_secret;
    config.require_signed = true;
    inquiry_begin(o, config);
    inquiry_expect(o, "unsigned", OST_E_REMOTE, 503);
    assert_true(inquiry_asked(o, "Accept: application/token-introspection+jwt\r\n"));
    ost_guard_free(o->guard);
    char *claims = ost_arena_format(o->arena,
                                    "{\"iss\":\"%s\",\"aud\":\"my api\",\"iat\":%lld,"
                                    "\"token_introspection\":%s}",
                                    o->issuer->name, (long long)atomic_load(&inquiry_now),
                                    inquiry_good(o, ""));
    ost_text said = status_token_sign(o->arena, o->keys[0], "token-introspection+jwt", claims);
    snprintf(o->issuer->ask_type, sizeof o->issuer->ask_type,
             "application/token-introspection+jwt");
    fake_issuer_answer(o->issuer, FAKE_GOOD, said.data);
    inquiry_begin(o, config);
    inquiry_expect(o, "signed", OST_OK, 200);
    /* By a key that is not known yet: it is fetched, and the next question finds it. */
    said = status_token_sign(o->arena, o->keys[1], "token-introspection+jwt", claims);
    fake_issuer_answer(o->issuer, FAKE_GOOD, said.data);
    fake_issuer_publish(o->issuer, (ost_key *const[]){o->keys[0], o->keys[1], NULL});
    inquiry_expect(o, "rotated", OST_E_REMOTE, 503);
    usleep(1200000);
    inquiry_expect(o, "rotated", OST_OK, 200);
}

/* ---- what makes no sense ---- */

/* It would be shown what the others signed. */
static void an_issuer_without_keys_is_not_shown_the_tokens_of_others(void **state)
{
    static const char *const audiences[] = {"myapi"};
    ost_issuer issuers[] = {
        {.issuer = "https://a.example",
         .audiences = audiences,
         .audience_count = 1,
         .jwks_url = "http://127.0.0.1:1/"},
        {.issuer = "https://b.example",
         .audiences = audiences,
         .audience_count = 1,
         .introspection = {.client_id = "a",
                           .client_secret = "b",
                           .endpoint = "http://127.0.0.1:1/",
                           .no_keys = true}},
    };
    const ost_guard_config config = {.issuers = issuers, .issuer_count = 2};
    ost_guard *guard = NULL;
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_E_CONFIG);
    issuers[1].introspection.token_prefix = "b_";
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_OK);
    ost_guard_free(guard);
}

static void prefixes_must_tell_issuers_apart(void **state)
{
    static const char *const audiences[] = {"myapi"};
    static const struct {
        const char *first, *second;
        ost_result expected;
    } cases[] = {
        {NULL, NULL, OST_E_CONFIG}, {"a", "a", OST_E_CONFIG}, {"a", "ab", OST_E_CONFIG},
        {"ab", "a", OST_E_CONFIG},  {"a", "b", OST_OK},       {NULL, "b", OST_OK},
        {"a", NULL, OST_OK},        {"", "b", OST_E_CONFIG},  {"a b", NULL, OST_E_CONFIG},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_issuer issuers[2] = {0};
        const char *const prefixes[] = {cases[i].first, cases[i].second};
        for (int k = 0; k < 2; k++) {
            issuers[k] = (ost_issuer){
                .issuer = k == 0 ? "https://a.example" : "https://b.example",
                .audiences = audiences,
                .audience_count = 1,
                .jwks_url = "http://127.0.0.1:1/",
                .introspection = {.client_id = "a",
                                  .client_secret = "b",
                                  .endpoint = "http://127.0.0.1:1/",
                                  .token_prefix = prefixes[k]},
            };
        }
        ost_guard *guard = NULL;
        ost_error error = {0};
        const ost_guard_config config = {.issuers = issuers, .issuer_count = 2};
        assert_int_equal(ost_guard_new(&config, &guard, &error), cases[i].expected);
        ost_guard_free(guard);
    }
}

static void configurations_that_make_no_sense(void **state)
{
    online *o = *state;
    ost_key *secret;
    assert_int_equal(ost_key_generate(OST_HS256, 0, "s", &secret, NULL), OST_OK);
    const struct {
        ost_introspection introspection;
        const char *jwks_url;
    } cases[] = {
        {{.client_secret = "x"}, NULL},
        {{.every_token = true}, NULL},
        {{.require_signed = true}, NULL},
        {{.client_id = ""}, NULL},
        {{.client_id = "a"}, NULL},
        {{.client_id = "a", .client_secret = ""}, NULL},
        {{.client_id = "a", .client_secret = "b", .key = o->keys[0]}, NULL},
        {{.client_id = "a", .client_secret = "b", .auth = (ost_client_auth)7}, NULL},
        {{.client_id = "a", .auth = OST_PRIVATE_KEY_JWT}, NULL},
        {{.client_id = "a", .auth = OST_PRIVATE_KEY_JWT, .key = secret}, NULL},
        {{.client_id = "a", .auth = OST_PRIVATE_KEY_JWT, .key = o->keys[0], .client_secret = "b"},
         NULL},
        {{.client_id = "a",
          .auth = OST_PRIVATE_KEY_JWT,
          .key = o->keys[0],
          .key_algorithm = OST_RS256},
         NULL},
        {{.client_id = "a", .client_secret = "b"}, "https://id.example/keys"},
        {{.client_id = "a", .client_secret = "b", .endpoint = "http://id.example/"}, NULL},
        {{.client_id = "a", .client_secret = "b", .endpoint = "x"}, NULL},
        {{.client_id = "a", .client_secret = "b", .no_keys = true}, NULL},
        {{.client_id = "a",
          .client_secret = "b",
          .no_keys = true,
          .every_token = true,
          .endpoint = "https://id.example/"},
         NULL},
        {{.client_id = "a",
          .client_secret = "b",
          .no_keys = true,
          .require_signed = true,
          .endpoint = "https://id.example/"},
         NULL},
        {{.client_id = "a", .client_secret = "b", .lifetime = 3601}, NULL},
        {{.client_id = "a", .client_secret = "b", .inactive_rate = 10001}, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const ost_issuer issuer = {.issuer = "https://id.example",
                                   .insecure_any_audience = true,
                                   .jwks_url = cases[i].jwks_url,
                                   .introspection = cases[i].introspection};
        const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
        ost_guard *guard = NULL;
        ost_error error = {0};
        if (ost_guard_new(&config, &guard, &error) != OST_E_CONFIG)
            fail_msg("case %zu", i);
        assert_true(error.detail[0] != '\0');
        assert_null(guard);
    }
    ost_key_unref(secret);
}

static void every_allocation_may_fail(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    ost_introspection asking = inquiry_by_secret;
    asking.token_prefix = "a";
    const ost_issuer issuer = {.issuer = o->issuer->name,
                               .audiences = audiences,
                               .audience_count = 1,
                               .introspection = asking};
    const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
    for (uint64_t n = 1;; n++) {
        ost_guard *guard = NULL;
        memory_fail_at(n);
        ost_result result = ost_guard_new(&config, &guard, NULL);
        memory_fail_at(0);
        if (result == OST_OK) {
            ost_guard_free(guard);
            break;
        }
        assert_int_equal(result, OST_E_MEMORY);
    }
    inquiry_begin(o, inquiry_by_secret);
    memory_fail_at(1);
    ost_verdict verdict = online_check_now(o, o->guard, OST_TEXT("opaque"), true);
    memory_fail_at(0);
    assert_true(verdict.decision == OST_WAIT || verdict.status == 503);
    inquiry_expect(o, "opaque", OST_OK, 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, inquiry_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_an_endpoint_nobody_can_be_asked),
        TEST(an_endpoint_that_is_not_in_sight_is_not_waited_for),
        TEST(a_configured_endpoint_stays),
        TEST(a_token_may_come_before_the_discovery_is_done),
        TEST(a_discovery_that_fails_ends_the_waiting),
        TEST(a_secret_may_go_into_the_body),
        TEST(a_key_may_prove_who_asks),
        TEST(answers_may_have_to_be_signed),
        TEST(an_issuer_without_keys_is_not_shown_the_tokens_of_others),
        TEST(prefixes_must_tell_issuers_apart),
        TEST(configurations_that_make_no_sense),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("guard-introspector_config", tests, online_make_keys,
                                       online_free_keys);
}
