/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of the guard, one by one, and what a check costs. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "fixture.h"
#include "forge.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define CLAIMS "{" GOOD_CLAIMS ",\"scope\":\"read\",\"acr\":\"1\"}"

static void challenge_is(ost_verdict verdict, int status, const char *challenge)
{
    if (verdict.status != status || !text_is(verdict.challenge, challenge)) {
        fail_msg("%d %.*s", verdict.status, (int)verdict.challenge.len, verdict.challenge.data);
    }
}

/* ---- being let in ---- */

static void an_identity_says_who_it_is(void **state)
{
    fixture *f = *state;
    static const char claims[] =
        "{" GOOD_CLAIMS ",\"scope\":\"openid read\",\"preferred_username\":\"Alice\","
        "\"realm_access\":{\"roles\":[\"user\"]},"
        "\"resource_access\":{\"myapi\":{\"roles\":[\"editor\"]}}}";
    ost_text token = fixture_token(f, claims);
    for (int round = 0; round < 2; round++) { /* the second is remembered */
        ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, token);
        const ost_identity *who = verdict.identity;
        assert_int_equal(verdict.decision, OST_ALLOW);
        assert_int_equal(verdict.reason, OST_OK);
        assert_int_equal(verdict.status, 200);
        assert_int_equal(verdict.challenge.len, 0);
        assert_true(text_is(ost_identity_subject(who), "alice"));
        assert_true(text_is(ost_identity_issuer(who), FIXTURE_ISSUER));
        assert_true(text_is(ost_identity_client(who), "web"));
        assert_true(text_is(ost_identity_username(who), "Alice"));
        assert_true(ost_identity_has_scope(who, "read"));
        assert_false(ost_identity_has_scope(who, "write"));
        assert_true(ost_identity_has_realm_role(who, "user"));
        assert_false(ost_identity_has_realm_role(who, "editor"));
        assert_true(ost_identity_has_client_role(who, "myapi", "editor"));
        assert_false(ost_identity_has_client_role(who, "other", "editor"));
        assert_int_equal(ost_claims_expiry(ost_identity_claims(who)), NOW + 300);
    }
}

static void an_open_route_looks_at_nothing(void **state)
{
    fixture *f = *state;
    const ost_policy open = {.open = true};
    const ost_text fields[] = {OST_TEXT("Bearer x"), OST_TEXT("Bearer y")};
    const ost_credentials credentials = {.authorization = fields, .authorization_count = 2};
    ost_verdict verdict;
    ost_guard_check(f->guard, &open, &credentials, false, f->arena, &verdict);
    assert_int_equal(verdict.decision, OST_ALLOW);
    assert_int_equal(verdict.status, 200);
    assert_null(verdict.identity);
}

static void a_token_from_a_session_counts_without_a_field(void **state)
{
    fixture *f = *state;
    ost_verdict verdict;
    ost_credentials credentials = {.bearer = fixture_token(f, CLAIMS)};
    ost_guard_check(f->guard, &fixture_any, &credentials, false, f->arena, &verdict);
    assert_int_equal(verdict.decision, OST_ALLOW);
    /* What the program itself unsealed is not a malformed request. */
    credentials.bearer = OST_TEXT("not a token");
    ost_guard_check(f->guard, &fixture_any, &credentials, false, f->arena, &verdict);
    assert_int_equal(verdict.status, 401);
    assert_int_equal(verdict.reason, OST_E_TOKEN_FORMAT);
}

/* ---- the table of answers ---- */

static void no_token(void **state)
{
    fixture *f = *state;
    ost_verdict verdict;
    ost_guard_check(f->guard, &fixture_any, &(ost_credentials){0}, true, f->arena, &verdict);
    challenge_is(verdict, 401, "Bearer realm=\"items\"");
    assert_int_equal(verdict.reason, OST_E_TOKEN_MISSING);
    assert_true(text_is(verdict.message, "Not authenticated"));
    verdict = fixture_check_header(f, f->guard, &fixture_any, OST_TEXT("Basic YTpi"));
    challenge_is(verdict, 401, "Bearer realm=\"items\"");
}

static void malformed_requests(void **state)
{
    fixture *f = *state;
    static const char *const fields[] = {"Bearer",           "Bearer ",    "Bearer a b",
                                         "Bearer \"a.b.c\"", "Bearer a,b", "Bearer a.b.c, Basic x"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        ost_verdict verdict = fixture_check_header(f, f->guard, &fixture_any, text_of(fields[i]));
        challenge_is(verdict, 400,
                     "Bearer realm=\"items\", error=\"invalid_request\", error_description=\""
                     "The Authorization header is malformed or repeated\"");
        assert_int_equal(verdict.reason, OST_E_FORMAT);
    }
}

static void refused_tokens(void **state)
{
    fixture *f = *state;
    ost_guard *plain =
        fixture_guard(f, (ost_issuer){0},
                      (ost_guard_config){.resource_metadata = "https://api.example/.well-known/x"});
    f->now = NOW + 1000;
    ost_verdict verdict = fixture_check(f, plain, &fixture_any, fixture_token(f, CLAIMS));
    challenge_is(verdict, 401,
                 "Bearer realm=\"ostiary\", error=\"invalid_token\", "
                 "error_description=\"the token has expired\", "
                 "resource_metadata=\"https://api.example/.well-known/x\"");
    assert_true(text_is(verdict.message, "the token has expired"));
    assert_true(text_is(verdict.explanation, "expired 700 seconds ago"));
    /* In development the client is told as well. */
    verdict = fixture_check(f, f->guard, &fixture_any, fixture_token(f, CLAIMS));
    challenge_is(verdict, 401,
                 "Bearer realm=\"items\", error=\"invalid_token\", "
                 "error_description=\"expired 700 seconds ago\"");
    ost_guard_free(plain);
}

static void missing_scopes_and_roles(void **state)
{
    fixture *f = *state;
    ost_guard *plain = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.realm = "items"});
    ost_text token = fixture_token(f, CLAIMS);
    const ost_policy both = {.scopes = LIST("read", "write")};
    const ost_policy one = {.any_scopes = LIST("write", "delete")};
    const ost_policy role = {.scopes = LIST("read"), .realm_roles = LIST("admin")};
    challenge_is(fixture_check(f, plain, &both, token), 403,
                 "Bearer realm=\"items\", error=\"insufficient_scope\", scope=\"read write\", "
                 "error_description=\"the token lacks a scope\"");
    challenge_is(fixture_check(f, plain, &one, token), 403,
                 "Bearer realm=\"items\", error=\"insufficient_scope\", scope=\"write delete\", "
                 "error_description=\"the token lacks a scope\"");
    challenge_is(fixture_check(f, plain, &role, token), 403,
                 "Bearer realm=\"items\", error=\"insufficient_scope\", "
                 "error_description=\"the token lacks a role\"");
    ost_guard_free(plain);
}

static void step_up(void **state)
{
    fixture *f = *state;
    ost_guard *plain = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.realm = "items"});
    const ost_policy stronger = {.acr_values = LIST("2", "3"), .max_age = 60};
    challenge_is(fixture_check(f, plain, &stronger, fixture_token(f, CLAIMS)), 401,
                 "Bearer realm=\"items\", error=\"insufficient_user_authentication\", "
                 "acr_values=\"2 3\", max_age=\"60\", "
                 "error_description=\"a stronger or fresher login is needed\"");
    ost_guard_free(plain);
}

/* What a token says reaches neither the header field nor the log as it is. */
static void what_is_told_is_harmless(void **state)
{
    fixture *f = *state;
    static const char claims[] = "{" GOOD_TIMES ",\"azp\":\"a\\r\\nb\\u001b[31m\\u007f\","
                                 "\"iss\":\"" FIXTURE_ISSUER "\","
                                 "\"aud\":\"x\\\", scope=\\\"admin\\r\\nSet-Cookie: a=b\"}";
    ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, fixture_token(f, claims));
    assert_int_equal(verdict.reason, OST_E_AUDIENCE);
    for (size_t i = 0; i < verdict.challenge.len; i++)
        assert_in_range(verdict.challenge.data[i], 0x20, 0x7e);
    for (size_t i = 0; i < verdict.explanation.len; i++) {
        unsigned char c = (unsigned char)verdict.explanation.data[i];
        assert_true(c >= 0x20 && c != 0x7f);
    }
    /* Six quotes: of the realm, the error and the description. */
    size_t quotes = 0;
    for (size_t i = 0; i < verdict.challenge.len; i++)
        quotes += verdict.challenge.data[i] == '"';
    assert_int_equal(quotes, 6);
}

/* U+009B begins a terminal's commands as well as ESC and a bracket do. */
static void upper_controls_are_not_told(void **state)
{
    fixture *f = *state;
    static const char claims[] = "{" GOOD_TIMES ",\"azp\":\"a\\u009b31m\\u0085\xc3\xa9\",\"iss\":"
                                 "\"" FIXTURE_ISSUER "\",\"aud\":\"\\u009b31m\"}";
    ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, fixture_token(f, claims));
    char *said = ost_arena_copy(f->arena, verdict.explanation);
    assert_int_equal(verdict.reason, OST_E_AUDIENCE);
    assert_null(strstr(said, "\xc2\x9b"));
    assert_null(strstr(said, "\xc2\x85"));
    assert_non_null(strstr(said, "client \"a??31m??\xc3\xa9\""));
}

/* A name that is cut in the midst of a character takes no other one with it. */
static void a_cut_spoils_nothing_else(void **state)
{
    fixture *f = *state;
    const char *claims =
        ost_arena_format(f->arena,
                         "{" GOOD_TIMES ",\"azp\":\"%079d\xc3\xa9\",\"iss\":\"" FIXTURE_ISSUER
                         "\",\"aud\":\"\xc3\xa9\"}",
                         0);
    ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, fixture_token(f, claims));
    char *said = ost_arena_copy(f->arena, verdict.explanation);
    assert_int_equal(verdict.reason, OST_E_AUDIENCE);
    assert_non_null(strstr(said, "\"\xc3\xa9\""));
    assert_non_null(strstr(said, "0?\""));
}

static void two_names_of_one_provider_are_explained(void **state)
{
    fixture *f = *state;
    ost_verdict verdict = fixture_check(
        f, f->guard, &fixture_any,
        fixture_token(f, "{" GOOD_TIMES ",\"aud\":\"myapi\",\"iss\":\"http://keycloak:8080/a\"}"));
    char *said = ost_arena_copy(f->arena, verdict.explanation);
    assert_int_equal(verdict.reason, OST_E_ISSUER);
    assert_non_null(strstr(said, FIXTURE_ISSUER));
    assert_non_null(strstr(said, "http://keycloak:8080/a"));
    assert_non_null(strstr(said, "discovery URL"));
}

/* ---- what it costs ---- */

static void size_of_a_token_is_bounded(void **state)
{
    fixture *f = *state;
    ost_guard *small = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.max_token = 300});
    ost_text token = fixture_token(f, CLAIMS);
    assert_true(token.len > 300);
    ost_verdict verdict = fixture_check(f, small, &fixture_any, token);
    assert_int_equal(verdict.reason, OST_E_CEILING);
    assert_int_equal(verdict.status, 401);
    ost_guard_free(small);
}

/* Neither a token that is remembered, nor one that is not, nor a refusal. */
static void the_steady_state_allocates_nothing(void **state)
{
    fixture *f = *state;
    ost_guard *forgetful = fixture_guard(f, (ost_issuer){0}, (ost_guard_config){.no_cache = true});
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    const ost_text good = fixture_token(f, CLAIMS);
    const ost_text rsa = forge(f->arena, RSA_HEADER, CLAIMS, f->rsa, FORGE_PKCS1);
    const ost_text late = fixture_token(f, "{\"exp\":1," GOOD_NAMES ",\"aud\":\"myapi\"}");
    const ost_text garbage = OST_TEXT("a.b.c");
    const ost_text tokens[] = {good, rsa, late, garbage, {0}};
    ost_guard *const guards[] = {f->guard, forgetful};
    uint64_t before = 0;
    for (int round = 0; round < 40; round++) {
        if (round == 20) /* by now the thread has shares of its own in what it asks for often */
            before = memory_count();
        for (size_t g = 0; g < 2; g++) {
            for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
                const ost_credentials credentials = {.bearer = tokens[i]};
                ost_verdict verdict;
                ost_guard_check(guards[g], &fixture_any, &credentials, false, arena, &verdict);
                assert_int_equal(verdict.decision, i < 2 ? OST_ALLOW : OST_REFUSE);
                ost_arena_reset(arena);
            }
        }
    }
    assert_int_equal(memory_count(), before);
    ost_arena_free(arena);
    ost_guard_free(forgetful);
}

/* RFC 9068 §4, where an issuer keeps to it. */
static void access_token_profile(void **state)
{
    fixture *f = *state;
    static const char header[] = "{\"alg\":\"ES256\",\"typ\":\"%s\",\"kid\":\"ec\"}";
    static const char claims[] = "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"myapi\"%s}";
    static const struct {
        const char *typ, *more;
        ost_result reason;
    } cases[] = {
        {"at+jwt", ",\"client_id\":\"web\",\"jti\":\"1\"", OST_OK},
        {"application/at+JWT", ",\"client_id\":\"web\",\"jti\":\"1\"", OST_OK},
        {"JWT", ",\"client_id\":\"web\",\"jti\":\"1\"", OST_E_TOKEN_TYPE},
        {"at+jwt", ",\"client_id\":\"web\"", OST_E_CLAIM_MISSING},
        {"at+jwt", ",\"jti\":\"1\"", OST_E_CLAIM_MISSING},
        {"at+jwt", ",\"client_id\":\"\",\"jti\":\"1\"", OST_E_CLAIM_MISSING},
    };
    ost_guard *guard =
        fixture_guard(f, (ost_issuer){.access_token_profile = true}, (ost_guard_config){0});
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text token =
            forge(f->arena, ost_arena_format(f->arena, header, cases[i].typ),
                  ost_arena_format(f->arena, claims, cases[i].more), f->ec, FORGE_PKCS1);
        assert_int_equal(fixture_check(f, guard, &fixture_any, token).reason, cases[i].reason);
    }
    ost_guard_free(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_identity_says_who_it_is, fixture_reset),
        cmocka_unit_test_setup(an_open_route_looks_at_nothing, fixture_reset),
        cmocka_unit_test_setup(a_token_from_a_session_counts_without_a_field, fixture_reset),
        cmocka_unit_test_setup(no_token, fixture_reset),
        cmocka_unit_test_setup(malformed_requests, fixture_reset),
        cmocka_unit_test_setup(refused_tokens, fixture_reset),
        cmocka_unit_test_setup(missing_scopes_and_roles, fixture_reset),
        cmocka_unit_test_setup(step_up, fixture_reset),
        cmocka_unit_test_setup(what_is_told_is_harmless, fixture_reset),
        cmocka_unit_test_setup(upper_controls_are_not_told, fixture_reset),
        cmocka_unit_test_setup(a_cut_spoils_nothing_else, fixture_reset),
        cmocka_unit_test_setup(two_names_of_one_provider_are_explained, fixture_reset),
        cmocka_unit_test_setup(size_of_a_token_is_bounded, fixture_reset),
        cmocka_unit_test_setup(access_token_profile, fixture_reset),
        cmocka_unit_test_setup(the_steady_state_allocates_nothing, fixture_reset),
    };
    return cmocka_run_group_tests_name("guard-check", tests, fixture_start, fixture_end);
}
