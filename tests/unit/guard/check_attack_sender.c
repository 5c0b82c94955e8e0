/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks 41 and 42: tokens that are bound to a sender, used by another (RFC 9449, RFC 8705); and
 * what routes and challenges say of senders. */
#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "prover.h"

/* ---- 41: DPoP ---- */

static void attack_41_bound_token_as_bearer(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    ost_text proof = prover_proof(f, token, (proof_parts){0});
    prover_refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, NULL, 0), OST_E_SENDER);
    prover_refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, &proof, 1),
                   OST_E_SENDER);
    /* And also once it is remembered. */
    prover_allowed(prover_show(f, f->guard, &fixture_any, token, proof));
    prover_refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, NULL, 0), OST_E_SENDER);
    /* Out of a session there is nobody to prove anything. */
    ost_verdict verdict;
    const ost_credentials session = {.bearer = token};
    ost_guard_check(f->guard, &fixture_any, &session, false, f->arena, &verdict);
    prover_refused(verdict, OST_E_SENDER);
}

static void attack_41_unbound_token_as_dpop(void **state)
{
    fixture *f = *state;
    ost_text token = fixture_token(f, "{" GOOD_CLAIMS "}");
    prover_refused(prover_try(f, token, (proof_parts){0}), OST_E_SENDER);
}

/* A program that does not say under which address it was asked cannot judge a proof. */
static void attack_41_without_an_address(void **state)
{
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    ost_text proof = prover_proof(f, token, (proof_parts){0});
    ost_text authorization =
        text_of(ost_arena_format(f->arena, "DPoP %.*s", (int)token.len, token.data));
    const ost_credentials credentials = {
        .authorization = &authorization, .authorization_count = 1, .dpop = &proof, .dpop_count = 1};
    ost_verdict verdict;
    ost_guard_check(f->guard, &fixture_any, &credentials, false, f->arena, &verdict);
    prover_refused(verdict, OST_E_SENDER);
}

/* Nor does it offer what it cannot judge. */
static void dpop_is_offered_by_who_can_take_it(void **state)
{
    fixture *f = *state;
    const ost_text get = OST_TEXT("GET"), url = OST_TEXT(PROVER_URL);
    const ost_credentials knowing[] = {
        {0}, {.method = get}, {.url = url}, {.method = get, .url = url}};
    for (size_t i = 0; i < ARRAY_LEN(knowing); i++) {
        ost_verdict verdict;
        ost_guard_check(f->guard, &fixture_any, &knowing[i], false, f->arena, &verdict);
        assert_int_equal(verdict.status, 401);
        assert_true((strstr(verdict.challenge.data, "DPoP") != NULL) == (i == 3));
    }
}

static void attack_41_confirmations_that_are_not_understood(void **state)
{
    fixture *f = *state;
    static const char *const confirmations[] = {
        "{}",
        "[]",
        "null",
        "\"x\"",
        "{\"kid\":\"x\"}",
        "{\"jwk\":{}}",
        "{\"jkt\":7}",
        "{\"jkt\":\"short\"}",
        "{\"jkt\":\"0123456789012345678901234567890123456789012\",\"x\":1}",
        "{\"x5t#S256\":\"\"}",
        "{\"kc-jkt-type\":\"DPoP\"}",
        "{\"kc-jkt-type\":\"DPoP\",\"jkt\":7}",
    };
    for (size_t i = 0; i < ARRAY_LEN(confirmations); i++) {
        ost_text token = fixture_token(
            f, ost_arena_format(f->arena, "{" GOOD_CLAIMS ",\"cnf\":%s}", confirmations[i]));
        prover_refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, NULL, 0),
                       OST_E_SENDER);
        prover_refused(prover_try(f, token, (proof_parts){0}), OST_E_SENDER);
    }
}

/* Keycloak 26 tells the kind of the key beside it. */
static void keys_whose_kind_is_told(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *kind;
        bool good;
    } told[] = {{"\"DPoP\"", true}, {"\"dpop\"", false}, {"\"attestation\"", false}, {"7", false}};
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        const char *claims = ost_arena_format(
            f->arena, "{" GOOD_CLAIMS ",\"cnf\":{\"jkt\":\"%s\",\"kc-jkt-type\":%s}}",
            prover_thumbprint(f->arena, f->ec), told[i].kind);
        ost_text token = fixture_token(f, claims);
        if (told[i].good)
            prover_allowed(prover_try(f, token, (proof_parts){0}));
        else
            prover_refused(prover_try(f, token, (proof_parts){0}), OST_E_SENDER);
        prover_refused(prover_check(f, f->guard, &fixture_any, "Bearer", token, NULL, 0),
                       OST_E_SENDER);
    }
}

/* Whoever has stolen a bound token does not learn by it what the route demands. */
static void attack_41_a_stolen_token_tells_nothing(void **state)
{
    static const char *const scopes[] = {"items:write", NULL};
    static const ost_policy policy = {.scopes = scopes};
    fixture *f = *state;
    ost_text token = prover_token(f, f->ec, "");
    prover_refused(prover_check(f, f->guard, &policy, "Bearer", token, NULL, 0), OST_E_SENDER);
    ost_verdict verdict =
        prover_show(f, f->guard, &policy, token, prover_proof(f, token, (proof_parts){0}));
    assert_int_equal(verdict.reason, OST_E_SCOPE);
    assert_int_equal(verdict.status, 403);
}

/* ---- 42: certificates ---- */

#define CERTIFICATE "this stands for the DER of a certificate"

static ost_verdict show_certificate(fixture *f, const ost_policy *policy, const char *bound_to,
                                    ost_text shown, const char *more)
{
    unsigned char hash[32];
    ost_text thumbprint;
    assert_int_equal(ost_sha256(text_of(bound_to), hash), OST_OK);
    assert_int_equal(base64url_encode_to(f->arena, text_of_bytes(hash, sizeof hash), &thumbprint),
                     OST_OK);
    const char *claims = ost_arena_format(
        f->arena, "{" GOOD_CLAIMS ",\"cnf\":{\"x5t#S256\":\"%s\"%s}}", thumbprint.data, more);
    ost_text token = fixture_token(f, claims);
    ost_text authorization =
        text_of(ost_arena_format(f->arena, "Bearer %.*s", (int)token.len, token.data));
    const ost_credentials credentials = {
        .authorization = &authorization, .authorization_count = 1, .certificate = shown};
    ost_verdict verdict;
    ost_guard_check(f->guard, policy, &credentials, false, f->arena, &verdict);
    return verdict;
}

static void attack_42_certificates(void **state)
{
    fixture *f = *state;
    prover_allowed(show_certificate(f, &fixture_any, CERTIFICATE, OST_TEXT(CERTIFICATE), ""));
    prover_refused(show_certificate(f, &fixture_any, CERTIFICATE, OST_TEXT("another"), ""),
                   OST_E_SENDER);
    prover_refused(show_certificate(f, &fixture_any, CERTIFICATE, (ost_text){0}, ""), OST_E_SENDER);
    prover_refused(show_certificate(f, &fixture_any, "", (ost_text){0}, ""), OST_E_SENDER);
    prover_refused(show_certificate(f, &fixture_any, CERTIFICATE, OST_TEXT(CERTIFICATE),
                                    ",\"jkt\":\"0123456789012345678901234567890123456789012\""),
                   OST_E_SENDER);
}

/* ---- what routes ask for ---- */

static void routes_ask_for_their_kind_of_sender(void **state)
{
    fixture *f = *state;
    const ost_policy dpop = {.sender = OST_SENDER_DPOP}, mtls = {.sender = OST_SENDER_MTLS},
                     bound = {.sender = OST_SENDER_BOUND}, unknown = {.sender = (ost_sender)9};
    ost_text plain = fixture_token(f, "{" GOOD_CLAIMS "}"), token = prover_token(f, f->ec, "");
    const ost_text certificate = OST_TEXT(CERTIFICATE);
    prover_refused(fixture_check(f, f->guard, &dpop, plain), OST_E_SENDER);
    prover_refused(fixture_check(f, f->guard, &mtls, plain), OST_E_SENDER);
    prover_refused(fixture_check(f, f->guard, &bound, plain), OST_E_SENDER);
    prover_refused(fixture_check(f, f->guard, &unknown, plain), OST_E_SENDER);
    const ost_policy *const good[] = {&dpop, &bound};
    for (size_t i = 0; i < 2; i++) {
        ost_text proof = prover_proof(f, token, (proof_parts){0});
        prover_allowed(prover_show(f, f->guard, good[i], token, proof));
    }
    prover_refused(prover_show(f, f->guard, &mtls, token, prover_proof(f, token, (proof_parts){0})),
                   OST_E_SENDER);
    prover_allowed(show_certificate(f, &mtls, CERTIFICATE, certificate, ""));
    prover_allowed(show_certificate(f, &bound, CERTIFICATE, certificate, ""));
    prover_refused(show_certificate(f, &dpop, CERTIFICATE, certificate, ""), OST_E_SENDER);
}

/* ---- challenges ---- */

#define ALGS "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"

static void challenge_is(ost_verdict verdict, const char *expected)
{
    if (!text_is(verdict.challenge, expected))
        fail_msg("%.*s", (int)verdict.challenge.len, verdict.challenge.data);
}

static void challenges_name_the_schemes(void **state)
{
    fixture *f = *state;
    const ost_policy dpop = {.sender = OST_SENDER_DPOP}, mtls = {.sender = OST_SENDER_MTLS};
    const ost_credentials none = {.method = OST_TEXT("GET"), .url = OST_TEXT(PROVER_URL)};
    ost_guard *plain = fixture_guard(
        f, (ost_issuer){0}, (ost_guard_config){.realm = "items", .resource_metadata = "https://m"});
    ost_verdict verdict;
    ost_guard_check(plain, &fixture_any, &none, false, f->arena, &verdict);
    challenge_is(verdict, "Bearer realm=\"items\", resource_metadata=\"https://m\", "
                          "DPoP realm=\"items\", algs=\"" ALGS "\"");
    ost_guard_check(plain, &mtls, &none, false, f->arena, &verdict);
    challenge_is(verdict, "Bearer realm=\"items\", resource_metadata=\"https://m\"");
    ost_guard_check(plain, &dpop, &none, false, f->arena, &verdict);
    challenge_is(verdict,
                 "DPoP realm=\"items\", algs=\"" ALGS "\", resource_metadata=\"https://m\"");
    ost_text token = prover_token(f, f->ec, "");
    verdict = prover_check(f, plain, &fixture_any, "DPoP", token, NULL, 0);
    challenge_is(verdict, "DPoP realm=\"items\", error=\"invalid_dpop_proof\", error_description="
                          "\"the proof of possession is not valid for this request\", algs=\"" ALGS
                          "\", resource_metadata=\"https://m\", Bearer realm=\"items\"");
    verdict = prover_check(f, plain, &fixture_any, "Bearer", token, NULL, 0);
    challenge_is(verdict, "Bearer realm=\"items\", error=\"invalid_token\", error_description="
                          "\"the token is bound to another sender\", resource_metadata="
                          "\"https://m\", DPoP realm=\"items\", algs=\"" ALGS "\"");
    ost_guard_free(plain);
}

/* One that is not among those that are taken unless it is asked for. */
static void challenges_name_what_is_configured(void **state)
{
    static const struct {
        ost_algs algorithms;
        const char *names;
    } cases[] = {
        {OST_ALG_BIT(OST_ES256) | OST_ALG_BIT(OST_ES256K), "ES256 ES256K"},
        {OST_ALG_BIT(OST_ES256K), "ES256K"},
        {OST_ALGS_DEFAULT | OST_ALG_BIT(OST_ES256K), ALGS " ES256K"},
    };
    fixture *f = *state;
    const ost_credentials none = {.method = OST_TEXT("GET"), .url = OST_TEXT(PROVER_URL)};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_guard *guard = fixture_guard(
            f, (ost_issuer){0},
            (ost_guard_config){.realm = "items", .dpop = {.algorithms = cases[i].algorithms}});
        ost_verdict verdict;
        ost_guard_check(guard, &fixture_any, &none, false, f->arena, &verdict);
        challenge_is(verdict, ost_arena_format(f->arena,
                                               "Bearer realm=\"items\", DPoP realm=\"items\", "
                                               "algs=\"%s\"",
                                               cases[i].names));
        assert_true(text_is(ost_guard_dpop_algorithms(guard), cases[i].names));
        ost_guard_free(guard);
    }
}

static void wrong_rules_are_told(void **state)
{
    fixture *f = *state;
    const ost_dpop_rules wrong[] = {
        {.algorithms = OST_ALG_BIT(OST_HS256)}, {.lifetime = 301},    {.leeway = 301},
        {.nonce_secret = OST_TEXT("short")},    {.proofs = SIZE_MAX},
    };
    static const char *const audiences[] = {"myapi"};
    const ost_issuer issuer = {
        .issuer = FIXTURE_ISSUER, .audiences = audiences, .audience_count = 1};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        const ost_guard_config config = {
            .issuers = &issuer, .issuer_count = 1, .context = &f->context, .dpop = wrong[i]};
        ost_guard *guard;
        ost_error error = {0};
        assert_int_equal(ost_guard_new(&config, &guard, &error), OST_E_CONFIG);
        assert_true(error.detail[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(attack_41_bound_token_as_bearer, fixture_reset),
        cmocka_unit_test_setup(attack_41_unbound_token_as_dpop, fixture_reset),
        cmocka_unit_test_setup(attack_41_without_an_address, fixture_reset),
        cmocka_unit_test_setup(dpop_is_offered_by_who_can_take_it, fixture_reset),
        cmocka_unit_test_setup(attack_41_confirmations_that_are_not_understood, fixture_reset),
        cmocka_unit_test_setup(keys_whose_kind_is_told, fixture_reset),
        cmocka_unit_test_setup(attack_41_a_stolen_token_tells_nothing, fixture_reset),
        cmocka_unit_test_setup(attack_42_certificates, fixture_reset),
        cmocka_unit_test_setup(routes_ask_for_their_kind_of_sender, fixture_reset),
        cmocka_unit_test_setup(challenges_name_the_schemes, fixture_reset),
        cmocka_unit_test_setup(challenges_name_what_is_configured, fixture_reset),
        cmocka_unit_test_setup(wrong_rules_are_told, fixture_reset),
    };
    return cmocka_run_group_tests(tests, fixture_start, fixture_end);
}
