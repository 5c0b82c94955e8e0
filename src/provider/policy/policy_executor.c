/* SPDX-License-Identifier: Apache-2.0 */
/* The executors that are enforced; see policy_executor.h. */
#include "provider/policy/policy_executor.h"

#include "base/array.h"
#include "base/text.h"

static const policy_executor executors[] = {
    {"confidential-client", check_confidential_client, NULL, NULL, 0, NULL},
    {"consent-required", NULL, propose_consent, NULL, 0, NULL},
    {.name = "downscope-assertion-grant-enforcer", .effect = POLICY_DOWNSCOPES},
    {"dpop-bind-enforcer", check_key_binding, propose_key_binding,
     "allow-only-refresh-token-binding", 0, NULL},
    {"full-scope-disabled", NULL, propose_no_full_scope, NULL, 0, NULL},
    {"holder-of-key-enforcer", check_certificate_binding, propose_certificate_binding, NULL, 0,
     NULL},
    {"jwt-claim-enforcer", check_token_claim, NULL, NULL, 0, NULL},
    {"pkce-enforcer", check_code_challenge, propose_code_challenge, NULL, 0, NULL},
    {.name = "registration-access-token-rotation-disabled", .effect = POLICY_KEEPS_REGISTRATION},
    {"reject-implicit-grant", check_implicit_grant, propose_no_implicit_grant, NULL, 0, NULL},
    {"reject-request", check_anything, propose_nothing, NULL, 0, NULL},
    {"reject-ropc-grant", check_password_grant, propose_no_password_grant, NULL, 0, NULL},
    {.name = SECRET_ROTATION, .propose = propose_secret_end, .renew = renew_secret},
    {"secure-ciba-req-sig-algorithm", NULL, propose_backchannel_algorithm, NULL, 0, NULL},
    {"secure-ciba-session", check_backchannel_session, NULL, NULL, 0, NULL},
    {"secure-ciba-signed-authn-req", check_backchannel_object, NULL, NULL, 0, NULL},
    {"secure-client-authentication-assertion", check_assertion_audience, NULL, NULL, 0, NULL},
    {"secure-client-authenticator", check_authenticator, propose_authenticator, NULL, 0, NULL},
    {"secure-client-uris-pattern", NULL, propose_uri_patterns, NULL, 0, NULL},
    {"secure-client-uris", check_secure_uri, propose_secure_uris, NULL, 0, NULL},
    {"secure-logout", NULL, propose_logout, NULL, 0, NULL},
    {"secure-par-content", check_pushed, NULL, NULL, 0, NULL},
    {"secure-redirect-uris-enforcer", check_redirect_uri, propose_redirect_uris, NULL, 0, NULL},
    {"secure-request-object", check_request_object, NULL, "encryption-required", 0, NULL},
    {"secure-response-type", check_response_type, propose_detached_signature, NULL, 0, NULL},
    {"secure-session", check_session, NULL, NULL, 0, NULL},
    {"secure-signature-algorithm", NULL, propose_algorithms, NULL, 0, NULL},
    {"secure-signature-algorithm-signed-jwt", check_assertion_algorithm, NULL, NULL, 0, NULL},
    {.name = "suppress-refresh-token-rotation", .effect = POLICY_KEEPS_REFRESH},
    {.name = "use-lightweight-access-token", .effect = POLICY_LIGHTENS},
};

const policy_executor *policy_executor_find(ost_text name)
{
    for (size_t i = 0; i < ARRAY_LEN(executors); i++) {
        if (text_is(name, executors[i].name))
            return &executors[i];
    }
    return NULL;
}

bool policy_algorithm_is_secure(ost_text algorithm)
{
    static const char *const secure[] = {"PS256", "PS384", "PS512", "ES256",
                                         "ES384", "ES512", NULL};
    return text_is_one_of(algorithm, secure);
}

bool policy_uri_is_secure(ost_text uri)
{
    return text_starts(uri, "https://") && text_find(uri, '*', 0) == uri.len;
}
