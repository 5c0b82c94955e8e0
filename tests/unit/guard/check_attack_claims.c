/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks with well-signed tokens that are not meant for us: 22 to 28, 39 to 42 and 44 of the list
 * in docs/development/verification.md. */
#include <string.h>

#include "fixture.h"
#include "forge.h"

#include "base/array.h"

#define WITHOUT_TIMES GOOD_NAMES ",\"aud\":\"myapi\",\"typ\":\"Bearer\""

static void attack_22_times(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *times;
        ost_result reason;
    } bad[] = {
        {"\"iat\":1699999990", OST_E_CLAIM_MISSING},
        {"\"exp\":\"1700000300\"", OST_E_CLAIM_TYPE},
        {"\"exp\":null", OST_E_CLAIM_TYPE},
        {"\"exp\":true", OST_E_CLAIM_TYPE},
        {"\"exp\":[1700000300]", OST_E_CLAIM_TYPE},
        {"\"exp\":{}", OST_E_CLAIM_TYPE},
        {"\"exp\":1e300", OST_E_CLAIM_TYPE},
        {"\"exp\":9007199254740994", OST_E_CLAIM_TYPE},
        {"\"exp\":18446744073709551616", OST_E_CLAIM_TYPE},
        {"\"exp\":-1", OST_E_CLAIM_TYPE},
        {"\"exp\":-1e300", OST_E_CLAIM_TYPE},
        {"\"exp\":NaN", OST_E_TOKEN_FORMAT},
        {"\"exp\":Infinity", OST_E_TOKEN_FORMAT},
        {"\"exp\":0x7fffffff", OST_E_TOKEN_FORMAT},
        {"\"exp\":1e999", OST_E_TOKEN_FORMAT},
        {"\"exp\":0", OST_E_EXPIRED},
        {"\"exp\":1699999970", OST_E_EXPIRED},
        {"\"exp\":1700000300,\"nbf\":1700000031", OST_E_NOT_YET},
        {"\"exp\":1700000300,\"nbf\":\"0\"", OST_E_CLAIM_TYPE},
        {"\"exp\":1700000300,\"nbf\":1e300", OST_E_CLAIM_TYPE},
        {"\"exp\":1700000300,\"iat\":1700000031", OST_E_NOT_YET},
        {"\"exp\":1700000300,\"iat\":\"now\"", OST_E_CLAIM_TYPE},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char *claims = ost_arena_format(f->arena, "{%s," WITHOUT_TIMES "}", bad[i].times);
        fixture_refuses_claims(f, claims, bad[i].reason);
    }
    /* Half a second of skew, and up to 30 seconds, are forgiven. */
    static const char *const good[] = {"\"exp\":1700000000.5", "\"exp\":1699999971",
                                       "\"exp\":1700000300,\"iat\":1700000000.5",
                                       "\"exp\":1700000300,\"nbf\":1700000030,\"iat\":1700000030"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        char *claims = ost_arena_format(f->arena, "{%s," WITHOUT_TIMES "}", good[i]);
        fixture_allows(f, fixture_token(f, claims));
    }
}

static void attack_23_issuer_that_looks_alike(void **state)
{
    fixture *f = *state;
    static const char *const names[] = {
        "\"" FIXTURE_ISSUER "/\"",
        "\"https://id.example.org/realms/A\"",
        "\"https://ID.example.org/realms/a\"",
        "\"HTTPS://id.example.org/realms/a\"",
        "\"http://id.example.org/realms/a\"",
        "\"https://id.example.org/realms\"",
        "\"https://id.example.org/realms/ab\"",
        "\"https://id.example.org/realms/a/../a\"",
        "\"https://id.example.org:443/realms/a\"",
        "\"id.example.org/realms/a\"",
        "\"https://evil.example/?" FIXTURE_ISSUER "\"",
        "\" " FIXTURE_ISSUER "\"",
        "\"\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *claims = ost_arena_format(
            f->arena, "{" GOOD_TIMES ",\"aud\":\"myapi\",\"typ\":\"Bearer\",\"iss\":%s}", names[i]);
        fixture_refuses_claims(f, claims, OST_E_ISSUER);
    }
    fixture_refuses_claims(f, "{" GOOD_TIMES ",\"aud\":\"myapi\"}", OST_E_ISSUER);
    fixture_refuses_claims(f, "{" GOOD_TIMES ",\"aud\":\"myapi\",\"iss\":[\"" FIXTURE_ISSUER "\"]}",
                           OST_E_CLAIM_TYPE);
    fixture_refuses_claims(f, "{" GOOD_TIMES ",\"aud\":\"myapi\",\"iss\":null}", OST_E_CLAIM_TYPE);
}

static void attack_24_no_audience(void **state)
{
    fixture *f = *state;
    fixture_refuses_claims(f, "{" GOOD_TIMES "," GOOD_NAMES "}", OST_E_AUDIENCE);
    fixture_refuses_claims(f, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":[]}", OST_E_AUDIENCE);
}

static void attack_25_audience_that_looks_alike(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *audience;
        ost_result reason;
    } bad[] = {
        {"\"myap\"", OST_E_AUDIENCE},
        {"\"myapi2\"", OST_E_AUDIENCE},
        {"\"xmyapi\"", OST_E_AUDIENCE},
        {"\"MyApi\"", OST_E_AUDIENCE},
        {"\"myapi \"", OST_E_AUDIENCE},
        {"\"account myapi\"", OST_E_AUDIENCE},
        {"\"account,myapi\"", OST_E_AUDIENCE},
        {"\"*\"", OST_E_AUDIENCE},
        {"\"\"", OST_E_AUDIENCE},
        {"[\"account\",\"myapi2\"]", OST_E_AUDIENCE},
        {"7", OST_E_CLAIM_TYPE},
        {"null", OST_E_CLAIM_TYPE},
        {"true", OST_E_CLAIM_TYPE},
        {"{\"myapi\":1}", OST_E_CLAIM_TYPE},
        {"[7,\"myapi\"]", OST_E_CLAIM_TYPE},
        {"[\"myapi\",null]", OST_E_CLAIM_TYPE},
        {"[[\"myapi\"]]", OST_E_CLAIM_TYPE},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char *claims = ost_arena_format(f->arena, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":%s}",
                                        bad[i].audience);
        fixture_refuses_claims(f, claims, bad[i].reason);
    }
    fixture_allows(
        f, fixture_token(f, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":[\"account\",\"myapi\"]}"));
}

/* Keycloak says so in the claim; other providers' tokens give themselves away. */
static void attack_26_id_token(void **state)
{
    fixture *f = *state;
    static const char *const additions[] = {
        "\"typ\":\"ID\"",       "\"typ\":\"id\"",      "\"typ\":\"bearer\"",
        "\"typ\":\"\"",         "\"typ\":7",           "\"typ\":null",
        "\"typ\":[\"Bearer\"]", "\"nonce\":\"n-0S6\"", "\"at_hash\":\"77Qm\"",
        "\"c_hash\":\"LDkt\"",  "\"s_hash\":\"LDkt\"", "\"code\":\"c0de\",\"state\":\"s\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(additions); i++) {
        char *claims = ost_arena_format(
            f->arena, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"myapi\",%s}", additions[i]);
        fixture_refuses_claims(f, claims, OST_E_TOKEN_TYPE);
    }
    /* Keycloak's access tokens carry the nonce of the login too. */
    fixture_allows(f, fixture_token(f, "{" GOOD_CLAIMS ",\"nonce\":\"n-0S6\"}"));
    fixture_allows(f, fixture_token(f, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"myapi\"}"));
}

static void attack_27_refresh_and_logout_tokens(void **state)
{
    fixture *f = *state;
    static const char *const kinds[] = {"Refresh", "Offline", "Logout",       "Registration",
                                        "DPoP",    "RPT",     "Serialized-ID"};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        char *claims = ost_arena_format(
            f->arena, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"myapi\",\"typ\":\"%s\"}", kinds[i]);
        fixture_refuses_claims(f, claims, OST_E_TOKEN_TYPE);
    }
    static const char events[] =
        "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"myapi\","
        "\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}}";
    fixture_refuses_claims(f, events, OST_E_TOKEN_TYPE);
    static const char *const types[] = {"logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE",
                                        "at+jwt2",    "",         "application/", "jwt "};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        char *header = ost_arena_format(f->arena,
                                        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":"
                                        "\"%s\"}",
                                        types[i]);
        fixture_refuses(f, forge(f->arena, header, "{" GOOD_CLAIMS "}", f->rsa, FORGE_PKCS1),
                        OST_E_TOKEN_TYPE);
    }
    static const char *const good[] = {"JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        char *header = ost_arena_format(
            f->arena, "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":\"%s\"}", good[i]);
        fixture_allows(f, forge(f->arena, header, "{" GOOD_CLAIMS "}", f->rsa, FORGE_PKCS1));
    }
}

/* The one that everybody meets: it is refused, and the operator is told what to do. */
static void attack_28_token_of_another_client(void **state)
{
    fixture *f = *state;
    ost_text token =
        fixture_token(f, "{" GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"account\",\"typ\":\"Bearer\"}");
    ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, token);
    assert_int_equal(verdict.reason, OST_E_AUDIENCE);
    char *said = ost_arena_copy(f->arena, verdict.explanation);
    assert_non_null(strstr(said, "myapi"));
    assert_non_null(strstr(said, "account"));
    assert_non_null(strstr(said, "client \"web\""));
    assert_non_null(strstr(said, "Add mapper"));
    static const char *const clients[] = {"web", "mobile"};
    ost_guard *guard = fixture_guard(f, (ost_issuer){.clients = clients, .client_count = 2},
                                     (ost_guard_config){0});
    static const struct {
        const char *client;
        ost_result reason;
    } cases[] = {
        {"\"azp\":\"web\"", OST_OK},
        {"\"client_id\":\"mobile\"", OST_OK},
        {"\"azp\":\"other\"", OST_E_CLIENT},
        {"\"azp\":\"other\",\"client_id\":\"web\"", OST_E_CLIENT},
        {"\"azp\":[\"web\"]", OST_E_CLIENT},
        {"\"azp\":null,\"client_id\":\"web\"", OST_E_CLIENT},
        {"\"azp\":\"web \"", OST_E_CLIENT},
        {"\"azp\":\"\"", OST_E_CLIENT},
        {"\"x\":1", OST_E_CLIENT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *claims = ost_arena_format(
            f->arena, "{" GOOD_TIMES ",\"iss\":\"" FIXTURE_ISSUER "\",\"aud\":\"myapi\",%s}",
            cases[i].client);
        verdict = fixture_check(f, guard, &fixture_any, fixture_token(f, claims));
        assert_int_equal(verdict.reason, cases[i].reason);
        assert_int_equal(verdict.status, cases[i].reason == OST_OK ? 200 : 401);
    }
    ost_guard_free(guard);
}

static void attack_39_two_authorization_fields(void **state)
{
    fixture *f = *state;
    ost_text token = fixture_token(f, "{" GOOD_CLAIMS "}");
    const ost_text good =
        text_of(ost_arena_format(f->arena, "Bearer %.*s", (int)token.len, token.data));
    const ost_text others[] = {good, OST_TEXT("Basic YTpi"), OST_TEXT("Bearer x"), OST_TEXT("")};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        for (int order = 0; order < 2; order++) {
            const ost_text fields[] = {order == 0 ? good : others[i],
                                       order == 0 ? others[i] : good};
            const ost_credentials credentials = {.authorization = fields, .authorization_count = 2};
            ost_verdict verdict;
            ost_guard_check(f->guard, &fixture_any, &credentials, false, f->arena, &verdict);
            assert_int_equal(verdict.status, 400);
            assert_null(verdict.identity);
            assert_true(text_starts(verdict.challenge,
                                    "Bearer realm=\"items\", error=\"invalid_request\""));
        }
    }
}

/* What is not in the credentials is not looked for: a token in the URL is as good as none. */
static void attack_40_token_elsewhere(void **state)
{
    fixture *f = *state;
    ost_verdict verdict;
    ost_guard_check(f->guard, &fixture_any, &(ost_credentials){0}, false, f->arena, &verdict);
    assert_int_equal(verdict.status, 401);
    assert_int_equal(verdict.reason, OST_E_TOKEN_MISSING);
    assert_true(text_is(verdict.challenge, "Bearer realm=\"items\""));
}

/* Proofs of possession are not read yet, so whatever asks for one is refused. */
static void attack_41_42_bound_token_as_bearer(void **state)
{
    fixture *f = *state;
    static const char *const bindings[] = {
        "{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\"}",
        "{\"x5t#S256\":\"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2\"}",
        "{\"jwk\":{}}",
        "{}",
        "null",
        "\"\"",
        "[]",
    };
    for (size_t i = 0; i < ARRAY_LEN(bindings); i++) {
        char *claims = ost_arena_format(f->arena, "{" GOOD_CLAIMS ",\"cnf\":%s}", bindings[i]);
        fixture_refuses_claims(f, claims, OST_E_SENDER);
    }
    ost_text token = fixture_token(f, "{" GOOD_CLAIMS "}");
    char *dpop = ost_arena_format(f->arena, "DPoP %.*s", (int)token.len, token.data);
    ost_verdict verdict = fixture_check_header(f, f->guard, &fixture_any, text_of(dpop));
    assert_int_equal(verdict.status, 401);
    assert_null(verdict.identity);
}

static void attack_44_remembered_token_elsewhere(void **state)
{
    fixture *f = *state;
    static const char *const other[] = {"billing", NULL};
    static const char *const scopes[] = {"write", NULL};
    static const char *const roles[] = {"admin", NULL};
    static const char *const strong[] = {"2", NULL};
    static const char *const client_roles[] = {"myapi:admin", NULL};
    static const ost_claim_rule rules[] = {{"acr", OST_CLAIM_EQUALS, "2"}, {0}};
    const struct {
        ost_policy policy;
        ost_result reason;
        int status;
    } routes[] = {
        {{.audiences = other}, OST_E_AUDIENCE, 401},
        {{.algorithms = OST_ALG_BIT(OST_RS256)}, OST_E_ALGORITHM, 401},
        {{.scopes = scopes}, OST_E_SCOPE, 403},
        {{.any_scopes = scopes}, OST_E_SCOPE, 403},
        {{.realm_roles = roles}, OST_E_ROLE, 403},
        {{.acr_values = strong}, OST_E_STEP_UP, 401},
        {{.max_age = 60}, OST_E_STEP_UP, 401},
        {{.any_realm_roles = roles}, OST_E_ROLE, 403},
        {{.any_client_roles = client_roles}, OST_E_ROLE, 403},
        {{.clients = other}, OST_E_CLIENT, 401},
        {{.claims = rules}, OST_E_CLAIM, 403},
        {{.sender = OST_SENDER_BOUND}, OST_E_SENDER, 401},
        {{.sender = OST_SENDER_DPOP}, OST_E_SENDER, 401},
        {{.sender = OST_SENDER_MTLS}, OST_E_SENDER, 401},
    };
    ost_text token = fixture_token(f, "{" GOOD_CLAIMS ",\"scope\":\"read\",\"acr\":\"1\"}");
    for (int round = 0; round < 3; round++) {
        fixture_allows(f, token);
        for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
            ost_verdict verdict = fixture_check(f, f->guard, &routes[i].policy, token);
            assert_int_equal(verdict.decision, OST_REFUSE);
            assert_int_equal(verdict.reason, routes[i].reason);
            assert_int_equal(verdict.status, routes[i].status);
        }
    }
    /* Nor does it outlive itself. */
    f->now = NOW + 300 + 29;
    fixture_allows(f, token);
    f->now = NOW + 300 + 30;
    fixture_refuses(f, token, OST_E_EXPIRED);
    f->now = NOW - 60;
    fixture_refuses(f, token, OST_E_NOT_YET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(attack_22_times, fixture_reset),
        cmocka_unit_test_setup(attack_23_issuer_that_looks_alike, fixture_reset),
        cmocka_unit_test_setup(attack_24_no_audience, fixture_reset),
        cmocka_unit_test_setup(attack_25_audience_that_looks_alike, fixture_reset),
        cmocka_unit_test_setup(attack_26_id_token, fixture_reset),
        cmocka_unit_test_setup(attack_27_refresh_and_logout_tokens, fixture_reset),
        cmocka_unit_test_setup(attack_28_token_of_another_client, fixture_reset),
        cmocka_unit_test_setup(attack_39_two_authorization_fields, fixture_reset),
        cmocka_unit_test_setup(attack_40_token_elsewhere, fixture_reset),
        cmocka_unit_test_setup(attack_41_42_bound_token_as_bearer, fixture_reset),
        cmocka_unit_test_setup(attack_44_remembered_token_elsewhere, fixture_reset),
    };
    return cmocka_run_group_tests_name("guard-check_attack_claims", tests, fixture_start,
                                       fixture_end);
}
