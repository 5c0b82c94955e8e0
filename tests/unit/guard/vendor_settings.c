/* SPDX-License-Identifier: Apache-2.0 */
/* Whole checks of tokens as the vendors' documents show them, with the settings that
 * docs/usage/vendors.md names for each, and with too few of them. Made by hand. */

#include "base/array.h"
#include "fixture.h"

#define TIMES "\"iat\":1699999990,\"exp\":1700000300"
#define COGNITO "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x"
#define COGNITO_ACCESS                                                                             \
    TIMES ",\"sub\":\"s\",\"iss\":\"" COGNITO "\",\"token_use\":\"access\",\"client_id\":"         \
          "\"myapi\""
#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define ENTRA_1 "https://sts.windows.net/" TENANT "/"
#define ENTRA_2 "https://login.microsoftonline.com/" TENANT "/v2.0"
#define OKTA "https://x.okta.com/oauth2/default"
#define AUTH0 "https://x.eu.auth0.com/"
#define ADFS "http://adfs.example.org/adfs/services/trust"
#define GITHUB "https://token.actions.githubusercontent.com"
#define GITLAB "https://gitlab.example.org"
#define CLUSTER "https://kubernetes.default.svc.cluster.local"
#define SPIFFE "https://oidc.example.org"
#define GOOGLE "https://accounts.google.com"
#define APPLE "https://appleid.apple.com"
#define AUD ",\"aud\":\"myapi\""

static const struct {
    const char *what, *issuer, *claims, *scope;
    bool client_is_audience;
    ost_result reason;
} cases[] = {
    {"Cognito", COGNITO, COGNITO_ACCESS ",\"scope\":\"shop/read\"", "shop/read", true, OST_OK},
    {"Cognito, not told", COGNITO, COGNITO_ACCESS, NULL, false, OST_E_AUDIENCE},
    {"Cognito, of another client", COGNITO,
     TIMES ",\"iss\":\"" COGNITO "\",\"token_use\":\"access\",\"client_id\":\"other\"", NULL, true,
     OST_E_AUDIENCE},
    {"Cognito, by another claim", COGNITO,
     TIMES ",\"iss\":\"" COGNITO "\",\"token_use\":\"access\",\"azp\":\"myapi\"", NULL, true,
     OST_E_AUDIENCE},
    {"Cognito, without token_use", COGNITO,
     TIMES ",\"iss\":\"" COGNITO "\",\"client_id\":\"myapi\"", NULL, true, OST_E_AUDIENCE},
    {"Cognito, an aud that is another", COGNITO, COGNITO_ACCESS ",\"aud\":\"other\"", NULL, true,
     OST_E_AUDIENCE},
    {"Cognito, an empty aud", COGNITO, COGNITO_ACCESS ",\"aud\":[]", NULL, true, OST_E_AUDIENCE},
    {"Cognito, bound to this API", COGNITO, COGNITO_ACCESS AUD, NULL, true, OST_OK},
    {"Cognito, ID", COGNITO, TIMES ",\"iss\":\"" COGNITO "\",\"token_use\":\"id\"" AUD, NULL, true,
     OST_E_TOKEN_TYPE},
    {"Okta", OKTA, TIMES ",\"iss\":\"" OKTA "\",\"cid\":\"c\",\"scp\":[\"openid\",\"read\"]" AUD,
     "read", false, OST_OK},
    {"Okta, less", OKTA, TIMES ",\"iss\":\"" OKTA "\",\"cid\":\"c\",\"scp\":[\"reader\"]" AUD,
     "read", false, OST_E_SCOPE},
    {"a blank within an entry", OKTA, TIMES ",\"iss\":\"" OKTA "\",\"scp\":[\"a read\"]" AUD,
     "read", false, OST_E_SCOPE},
    {"scope counts where it is there", OKTA,
     TIMES ",\"iss\":\"" OKTA "\",\"scope\":\"\",\"scp\":[\"read\"]" AUD, "read", false,
     OST_E_SCOPE},
    {"an scp that is neither", OKTA, TIMES ",\"iss\":\"" OKTA "\",\"scp\":{\"read\":true}" AUD,
     "read", false, OST_E_SCOPE},
    {"Entra v1", ENTRA_1,
     TIMES ",\"iss\":\"" ENTRA_1 "\",\"appid\":\"c\",\"tid\":\"" TENANT
           "\",\"ver\":\"1.0\",\"scp\":\"user read\"" AUD,
     "read", false, OST_OK},
    {"Entra v2", ENTRA_2,
     TIMES ",\"iss\":\"" ENTRA_2 "\",\"azp\":\"c\",\"tid\":\"" TENANT
           "\",\"ver\":\"2.0\",\"scp\":\"user read\"" AUD,
     "read", false, OST_OK},
    {"Entra v1 where v2 is trusted", ENTRA_2, TIMES ",\"iss\":\"" ENTRA_1 "\",\"ver\":\"1.0\"" AUD,
     NULL, false, OST_E_ISSUER},
    {"Auth0", AUTH0,
     TIMES ",\"iss\":\"" AUTH0 "\",\"azp\":\"c\",\"scope\":\"openid read\","
           "\"aud\":[\"myapi\",\"https://x.eu.auth0.com/userinfo\"]",
     "read", false, OST_OK},
    {"Auth0 without its slash", AUTH0, TIMES ",\"iss\":\"https://x.eu.auth0.com\"" AUD, NULL, false,
     OST_E_ISSUER},
    {"AD FS", ADFS,
     TIMES ",\"iss\":\"" ADFS "\",\"apptype\":\"Public\",\"appid\":\"c\",\"ver\":\"1.0\","
           "\"authmethod\":\"a\",\"scp\":\"openid read\"" AUD,
     "read", false, OST_OK},
    {"GitHub Actions", GITHUB,
     TIMES ",\"iss\":\"" GITHUB "\",\"sub\":\"repo:o/r:ref:refs/heads/main\"" AUD, NULL, false,
     OST_OK},
    {"GitLab CI", GITLAB,
     TIMES ",\"iss\":\"" GITLAB "\",\"sub\":\"project_path:g/p:ref_type:branch:ref:main\"" AUD,
     NULL, false, OST_OK},
    {"Kubernetes", CLUSTER,
     TIMES ",\"iss\":\"" CLUSTER "\",\"aud\":[\"myapi\"],\"sub\":\"system:serviceaccount:n:a\"",
     NULL, false, OST_OK},
    {"Kubernetes, for its own API", CLUSTER,
     TIMES ",\"iss\":\"" CLUSTER "\",\"aud\":[\"" CLUSTER "\"]", NULL, false, OST_E_AUDIENCE},
    {"SPIFFE", SPIFFE, TIMES ",\"iss\":\"" SPIFFE "\",\"aud\":[\"myapi\"],\"sub\":\"spiffe://d/w\"",
     NULL, false, OST_OK},
    {"SPIFFE without an issuer", SPIFFE, TIMES ",\"aud\":[\"myapi\"],\"sub\":\"spiffe://d/w\"",
     NULL, false, OST_E_ISSUER},
    {"Google, ID", GOOGLE, TIMES ",\"iss\":\"" GOOGLE "\",\"azp\":\"c\",\"at_hash\":\"h\"" AUD,
     NULL, false, OST_E_TOKEN_TYPE},
    {"Apple, ID", APPLE, TIMES ",\"iss\":\"" APPLE "\",\"nonce\":\"n\"" AUD, NULL, false,
     OST_E_TOKEN_TYPE},
};

static void g12_tokens_by_the_settings_of_vendors(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *const scopes[] = {cases[i].scope, NULL};
        const ost_policy all = {.scopes = scopes}, any = {.any_scopes = scopes};
        ost_guard *guard =
            fixture_guard(f,
                          (ost_issuer){.issuer = cases[i].issuer,
                                       .client_is_audience = cases[i].client_is_audience},
                          (ost_guard_config){0});
        ost_text token = fixture_token(f, ost_arena_format(f->arena, "{%s}", cases[i].claims));
        ost_verdict verdict = fixture_check(f, guard, &all, token);
        if (verdict.reason != cases[i].reason)
            fail_msg("%s: %s, %.*s", cases[i].what, ost_result_name(verdict.reason),
                     (int)verdict.explanation.len, verdict.explanation.data);
        /* Remembered or not, and by either list of scopes. */
        verdict = fixture_check(f, guard, cases[i].scope != NULL ? &any : &all, token);
        assert_int_equal(verdict.reason, cases[i].reason);
        if (verdict.decision == OST_ALLOW && cases[i].scope != NULL)
            assert_true(ost_identity_has_scope(verdict.identity, cases[i].scope));
        ost_guard_free(guard);
    }
}

static void g12_a_client_as_audience_goes_with_little_else(void **state)
{
    static const char *const audiences[] = {"myapi"};
    const ost_issuer wrong[] = {
        {.issuer = COGNITO, .client_is_audience = true},
        {.issuer = COGNITO, .client_is_audience = true, .insecure_any_audience = true},
        {.issuer = COGNITO,
         .client_is_audience = true,
         .access_token_profile = true,
         .audiences = audiences,
         .audience_count = 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        ost_guard *guard = NULL;
        const ost_guard_config config = {.issuers = &wrong[i], .issuer_count = 1};
        assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_E_CONFIG);
        assert_null(guard);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(g12_tokens_by_the_settings_of_vendors, fixture_reset),
        cmocka_unit_test(g12_a_client_as_audience_goes_with_little_else),
    };
    return cmocka_run_group_tests_name("guard-vendor-settings", tests, fixture_start, fixture_end);
}
