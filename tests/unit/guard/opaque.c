/* SPDX-License-Identifier: Apache-2.0 */
/* Which tokens their issuer is asked about, which issuer that is, and what a JWT that it is asked
 * about says of itself.
 */
#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "inquiry.h"

/* ---- which tokens ---- */

static void what_cannot_be_a_token_is_not_asked_about(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    char *large = ost_arena_alloc(o->arena, 17000);
    memset(large, 'a', 16 * 1024 + 1);
    inquiry_expect(o, large, OST_E_CEILING, 401);
    const ost_text header = OST_TEXT("Bearer a,b");
    const ost_credentials credentials = {.authorization = &header, .authorization_count = 1};
    ost_verdict verdict;
    ost_guard_check(o->guard, &fixture_any, &credentials, true, o->arena, &verdict);
    assert_int_equal(verdict.status, 400);
    inquiry_expect(o, "a\"b", OST_E_TOKEN_FORMAT, 401);
    assert_int_equal(inquiry_questions(o), 0);
}

static void jwts_speak_for_themselves(void **state)
{
    online *o = *state;
    inquiry_begin(o, inquiry_by_secret);
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check(o, o->guard, token).decision, OST_ALLOW);
    inquiry_expect(o, "eyJhbGciOiJub25lIn0.e30.", OST_E_TOKEN_FORMAT, 401);
    assert_int_equal(inquiry_questions(o), 0);
    inquiry_expect(o, "ya29.not.jwt", OST_OK, 200);
    inquiry_expect(o, "eyJhbGciOiJub25lIn0.e30", OST_OK, 200);
    assert_int_equal(inquiry_questions(o), 2);
}

static void every_token_is_verified_and_asked_about(void **state)
{
    online *o = *state;
    ost_introspection config = inquiry_by_secret;
    config.every_token = true;
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ",\"scope\":\"from_issuer\""));
    inquiry_begin(o, config);
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    ost_text forged = online_token(o, o->issuer, o->keys[1]);
    assert_int_equal(online_check(o, o->guard, forged).reason, OST_E_KEY_UNKNOWN);
    assert_int_equal(inquiry_questions(o), 0);
    for (int i = 0; i < 3; i++) {
        ost_verdict verdict = online_check(o, o->guard, token);
        assert_int_equal(verdict.decision, OST_ALLOW);
        assert_true(ost_identity_has_scope(verdict.identity, "from_issuer"));
    }
    assert_int_equal(inquiry_questions(o), 1);
    assert_int_equal(
        online_metric(o, o->guard, "ostiary_guard_signature_cache_total{outcome=\"hit\"}"), 2);
    fake_issuer_answer(o->issuer, FAKE_GOOD, "{\"active\":false}");
    atomic_fetch_add(&inquiry_now, 30);
    assert_int_equal(online_check(o, o->guard, token).reason, OST_E_INACTIVE);
}

static void an_issuer_may_have_no_keys(void **state)
{
    online *o = *state;
    ost_introspection config = inquiry_by_secret;
    config.no_keys = true;
    config.endpoint =
        fake_issuer_url(o->issuer, "/realms/a/protocol/openid-connect/token/introspect");
    inquiry_begin(o, config);
    inquiry_expect(o, "opaque", OST_OK, 200);
    ost_text token = online_token(o, o->issuer, o->keys[0]);
    assert_int_equal(online_check(o, o->guard, token).decision, OST_ALLOW);
    assert_int_equal(inquiry_questions(o), 2);
    assert_int_equal(atomic_load(&o->issuer->discoveries), 0);
    assert_int_equal(atomic_load(&o->issuer->key_fetches), 0);
}

/* ---- which issuer ---- */

static void the_prefix_decides_whom_to_ask(void **state)
{
    online *o = *state;
    static const char *const audiences[] = {"myapi"};
    fake_issuer *others[2] = {fake_issuer_start(), fake_issuer_start()};
    const ost_issuer issuers[] = {
        {.issuer = others[0]->name,
         .audiences = audiences,
         .audience_count = 1,
         .introspection = {.client_id = "a", .client_secret = "b", .token_prefix = "a_"}},
        {.issuer = o->issuer->name,
         .audiences = audiences,
         .audience_count = 1,
         .introspection = {.client_id = "a", .client_secret = "b"}},
        {.issuer = others[1]->name, .audiences = audiences, .audience_count = 1},
    };
    const ost_guard_config config = {
        .issuers = issuers, .issuer_count = 3, .context = &inquiry_context};
    assert_int_equal(ost_guard_new(&config, &o->guard, NULL), OST_OK);
    inquiry_expect(o, "a_1", OST_E_INACTIVE, 401);
    assert_int_equal(atomic_load(&others[0]->questions), 1);
    assert_int_equal(inquiry_questions(o), 0);
    inquiry_expect(o, "b_1", OST_OK, 200);
    inquiry_expect(o, others[1]->name, OST_E_TOKEN_FORMAT, 401); /* ':' */
    assert_int_equal(inquiry_questions(o), 1);
    assert_int_equal(atomic_load(&others[0]->questions), 1);
    assert_int_equal(atomic_load(&others[1]->questions), 0);
    ost_guard_free(o->guard);
    o->guard = NULL;
    fake_issuer_stop(others[0]);
    fake_issuer_stop(others[1]);
}

/* ---- a JWT that is asked about ---- */

static ost_verdict show_jwt(online *o, const char *more, ost_text certificate)
{
    ost_text token = {0};
    const char *claims = ost_arena_format(
        o->arena, "{\"iss\":\"%s\",\"aud\":\"myapi\",\"sub\":\"alice\",\"exp\":%lld%s}",
        o->issuer->name, (long long)atomic_load(&inquiry_now) + 3600, more);
    assert_int_equal(ost_jws_sign(text_of(claims), o->keys[0], OST_ES256, "JWT", o->arena, &token),
                     OST_OK);
    const ost_credentials credentials = {.bearer = token, .certificate = certificate};
    ost_verdict verdict = online_check(o, o->guard, token);
    if (certificate.len > 0) /* the answer is there by now */
        ost_guard_check(o->guard, &fixture_any, &credentials, false, o->arena, &verdict);
    return verdict;
}

/* The issuer answers for the token, and leaves things out. */
static void what_a_jwt_says_of_itself_remains_true(void **state)
{
    static const char *const clients[] = {"web"};
    static const struct {
        const char *more;
        ost_result expected;
    } cases[] = {
        {"", OST_OK},
        {",\"azp\":\"web\"", OST_OK},
        {",\"typ\":\"ID\",\"nonce\":\"n\"", OST_E_TOKEN_TYPE},
        {",\"typ\":\"Refresh\"", OST_E_TOKEN_TYPE},
        {",\"events\":{}", OST_E_TOKEN_TYPE},
        {",\"azp\":\"evil\"", OST_E_CLIENT},
        {",\"status\":{\"status_list\":{\"idx\":1,\"uri\":\"https://a/b\"}}", OST_E_STATUS},
        {",\"cnf\":{\"x5t#S256\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}", OST_E_SENDER},
    };
    online *o = *state;
    ost_introspection config = inquiry_by_secret;
    config.every_token = true;
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, ",\"client_id\":\"web\""));
    o->guard = inquiry_guard(
        o, (ost_issuer){.introspection = config, .clients = clients, .client_count = 1});
    assert_true(ost_guard_wait_ready(o->guard, 5));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_verdict verdict = show_jwt(o, cases[i].more, (ost_text){0});
        if (verdict.reason != cases[i].expected)
            fail_msg("%s: %s", cases[i].more, ost_result_name(verdict.reason));
    }
}

/* By a certificate, says the token; by a key, or by another certificate, says the issuer. */
static void what_both_say_of_the_sender_is_checked(void **state)
{
    static const char *const others[] = {"jkt", "x5t#S256"};
    const ost_text der = OST_TEXT("this stands for the DER of a certificate");
    online *o = *state;
    unsigned char hash[32];
    char x5t[44];
    ost_introspection config = inquiry_by_secret;
    config.every_token = true;
    assert_int_equal(ost_sha256(der, hash), OST_OK);
    x5t[base64url_encode(hash, sizeof hash, x5t)] = '\0';
    const char *own = ost_arena_format(o->arena, ",\"cnf\":{\"x5t#S256\":\"%s\"}", x5t);
    inquiry_begin(o, config);
    assert_int_equal(show_jwt(o, own, der).reason, OST_OK);
    fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, own)); /* twice the same */
    assert_int_equal(show_jwt(o, own, der).reason, OST_OK);
    for (size_t i = 0; i < 2; i++) {
        const char *said = ost_arena_format(
            o->arena, ",\"cnf\":{\"%s\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}",
            others[i]);
        fake_issuer_answer(o->issuer, FAKE_GOOD, inquiry_good(o, said));
        assert_int_equal(show_jwt(o, own, der).reason, OST_E_SENDER);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, inquiry_start, online_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_a_token_is_not_asked_about),
        TEST(jwts_speak_for_themselves),
        TEST(every_token_is_verified_and_asked_about),
        TEST(an_issuer_may_have_no_keys),
        TEST(the_prefix_decides_whom_to_ask),
        TEST(what_a_jwt_says_of_itself_remains_true),
        TEST(what_both_say_of_the_sender_is_checked),
    };
    return cmocka_run_group_tests_name("guard-opaque", tests, online_make_keys, online_free_keys);
}
