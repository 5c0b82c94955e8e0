/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens as the vendors' documents show them: which kind each is, and whose. Made by hand. */

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "guard/claims_lookup.h"
#include "guard/token_kind.h"
#include "test.h"

static const struct {
    const char *vendor, *claims, *client;
    bool access;
} tokens[] = {
    {"Cognito, access",
     "{\"sub\":\"s\",\"iss\":\"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x\","
     "\"client_id\":\"c\",\"origin_jti\":\"o\",\"event_id\":\"e\",\"token_use\":\"access\","
     "\"scope\":\"openid\",\"auth_time\":1,\"exp\":2,\"iat\":1,\"jti\":\"j\",\"username\":\"u\"}",
     "c", true},
    {"Cognito, ID without a nonce",
     "{\"sub\":\"s\",\"iss\":\"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x\","
     "\"aud\":\"c\",\"token_use\":\"id\",\"auth_time\":1,\"exp\":2,\"iat\":1,"
     "\"cognito:username\":\"u\"}",
     "", false},
    {"Cognito, of a kind to come", "{\"token_use\":\"refresh\",\"client_id\":\"c\",\"exp\":2}", "c",
     false},
    {"a token_use that is not text", "{\"token_use\":[\"access\"],\"exp\":2}", "", false},
    {"Okta, access",
     "{\"ver\":1,\"jti\":\"AT.x\",\"iss\":\"https://x.okta.com/oauth2/default\","
     "\"aud\":\"api://default\",\"iat\":1,\"exp\":2,\"cid\":\"0oa\",\"uid\":\"00u\","
     "\"scp\":[\"openid\"],\"sub\":\"u\"}",
     "0oa", true},
    {"Entra v1, access",
     "{\"aud\":\"api://a\",\"iss\":\"https://sts.windows.net/t/\",\"iat\":1,\"nbf\":1,\"exp\":2,"
     "\"appid\":\"app\",\"appidacr\":\"1\",\"oid\":\"o\",\"tid\":\"t\",\"ver\":\"1.0\"}",
     "app", true},
    {"Entra v2, access",
     "{\"aud\":\"a\",\"iss\":\"https://login.microsoftonline.com/t/v2.0\",\"iat\":1,\"exp\":2,"
     "\"azp\":\"app\",\"azpacr\":\"1\",\"scp\":\"x\",\"tid\":\"t\",\"ver\":\"2.0\"}",
     "app", true},
    {"Auth0, access",
     "{\"iss\":\"https://x.eu.auth0.com/\",\"sub\":\"s\",\"aud\":[\"https://api\","
     "\"https://x.eu.auth0.com/userinfo\"],\"iat\":1,\"exp\":2,\"azp\":\"c\",\"scope\":\"openid\"}",
     "c", true},
    {"GitHub Actions",
     "{\"jti\":\"j\",\"sub\":\"repo:o/r:ref:refs/heads/main\",\"aud\":\"api\",\"ref\":\"r\","
     "\"repository\":\"o/r\",\"iss\":\"https://token.actions.githubusercontent.com\",\"nbf\":1,"
     "\"exp\":2,\"iat\":1}",
     "", true},
    {"Kubernetes, service account",
     "{\"aud\":[\"api\"],\"exp\":2,\"iat\":1,\"iss\":\"https://kubernetes.default.svc\","
     "\"kubernetes.io\":{\"namespace\":\"n\",\"serviceaccount\":{\"name\":\"a\",\"uid\":\"u\"}},"
     "\"nbf\":1,\"sub\":\"system:serviceaccount:n:a\"}",
     "", true},
    {"SPIFFE", "{\"aud\":[\"api\"],\"exp\":2,\"sub\":\"spiffe://d/w\"}", "", true},
    {"Google, ID",
     "{\"iss\":\"https://accounts.google.com\",\"azp\":\"c\",\"aud\":\"c\",\"sub\":\"s\","
     "\"at_hash\":\"h\",\"iat\":1,\"exp\":2}",
     "c", false},
    {"a client that two claims name",
     "{\"azp\":\"one\",\"cid\":\"two\",\"appid\":\"three\",\"exp\":2}", "one", true},
    {"a client that is not text", "{\"azp\":7,\"cid\":\"two\",\"exp\":2}", "", true},
};

static void g12_kinds_and_clients(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
        ost_arena *arena = ost_arena_new(1 << 16);
        const ost_claims *claims;
        ost_error error = {0};
        assert_int_equal(ost_claims_read(text_of(tokens[i].claims), arena, &claims, NULL), OST_OK);
        ost_result result = token_kind_check_claims(claims, &error);
        if (result != (tokens[i].access ? OST_OK : OST_E_TOKEN_TYPE) ||
            !text_is(claims_client(claims), tokens[i].client))
            fail_msg("%s: %s", tokens[i].vendor, error.detail);
        ost_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(g12_kinds_and_clients)};
    return cmocka_run_group_tests_name("guard-vendors", tests, NULL, NULL);
}
