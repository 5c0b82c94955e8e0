/* SPDX-License-Identifier: Apache-2.0 */
/* The claims that Keycloak 24 puts into an access token; see token.h. */
#include "token.h"

#include "base/context.h"
#include "base/text.h"

static const char claims_format[] =
    "{\"exp\":%lld,\"iat\":%lld,\"auth_time\":%lld,\"jti\":\"6a0dd71f-%04d-4c1e-b9c6-"
    "2d0ddc2f5c2e\","
    "\"iss\":\"%s\",\"aud\":[\"%s\",\"account\"],"
    "\"sub\":\"f7b9a0b4-3c0f-4d1c-9c43-2f3b6a3a1d55\",\"typ\":\"Bearer\",\"azp\":\"myclient\","
    "\"session_state\":\"5c0a9a1e-7b7f-4f6c-8f6b-0f8b7b0c9e11\",\"acr\":\"1\","
    "\"allowed-origins\":[\"http://localhost:8000\"],\"realm_access\":{\"roles\":["
    "\"default-roles-myrealm\",\"offline_access\",\"uma_authorization\"]},\"resource_access\":{"
    "\"account\":{\"roles\":[\"manage-account\",\"manage-account-links\",\"view-profile\"]}},"
    "\"scope\":\"openid email profile\",\"sid\":\"5c0a9a1e-7b7f-4f6c-8f6b-0f8b7b0c9e11\","
    "\"email_verified\":true,\"name\":\"Alice Liddell\",\"preferred_username\":\"alice\","
    "\"given_name\":\"Alice\",\"family_name\":\"Liddell\",\"email\":\"alice@example.org\"}";

bool token_make(const token_recipe *facts, int variant, ost_arena *arena, ost_text *ret_token)
{
    long long issued = facts->now - 100;
    const char *claims =
        ost_arena_format(arena, claims_format, (long long)(facts->now + facts->lifetime + variant),
                         issued, issued, variant, facts->issuer, facts->audience);
    ost_text token;
    if (claims == NULL ||
        ost_jws_sign(text_of(claims), facts->key, facts->alg, "JWT", arena, &token) != OST_OK)
        return false;
    const char *copy = ost_arena_format(arena, "%.*s", (int)token.len, token.data);
    if (copy == NULL)
        return false;
    *ret_token = text_of(copy);
    return true;
}
