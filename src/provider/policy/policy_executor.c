/* SPDX-License-Identifier: Apache-2.0 */
/* The executors that are enforced; see policy_executor.h. */
#include "provider/policy/policy_executor.h"

#include "base/array.h"
#include "base/text.h"

#define DEMANDS(executor, of_requests, of_clients)                                                 \
    {                                                                                              \
        .name = (executor), .check = (of_requests), .propose = (of_clients)                        \
    }

static const policy_executor executors[] = {
    {.name = "auth-flow-enforcer", .choose = choose_flow, .fault = fault_of_flow},
    DEMANDS("confidential-client", check_confidential_client, NULL),
    DEMANDS("consent-required", NULL, propose_consent),
    {.name = "downscope-assertion-grant-enforcer", .effect = POLICY_DOWNSCOPES},
    {.name = "dpop-bind-enforcer",
     .check = check_key_binding,
     .propose = propose_key_binding,
     .effect = POLICY_BINDS_REFRESH_ALONE,
     .effect_when = binds_refresh_alone},
    DEMANDS("full-scope-disabled", NULL, propose_no_full_scope),
    DEMANDS("holder-of-key-enforcer", check_certificate_binding, propose_certificate_binding),
    {.name = "intent-client-bind-checker",
     .check = check_intent,
     .question = ask_about_intent,
     .fault = fault_of_intent},
    DEMANDS("jwt-claim-enforcer", check_token_claim, NULL),
    DEMANDS("pkce-enforcer", check_code_challenge, propose_code_challenge),
    {.name = "registration-access-token-rotation-disabled", .effect = POLICY_KEEPS_REGISTRATION},
    DEMANDS("reject-implicit-grant", check_implicit_grant, propose_no_implicit_grant),
    DEMANDS("reject-request", check_anything, propose_nothing),
    DEMANDS("reject-ropc-grant", check_password_grant, propose_no_password_grant),
    {.name = SECRET_ROTATION,
     .propose = propose_secret_end,
     .renew = renew_secret,
     .ends = end_of_secret},
    DEMANDS("secure-ciba-req-sig-algorithm", NULL, propose_backchannel_algorithm),
    DEMANDS("secure-ciba-session", check_backchannel_session, NULL),
    DEMANDS("secure-ciba-signed-authn-req", check_backchannel_object, NULL),
    DEMANDS("secure-client-authentication-assertion", check_assertion_audience, NULL),
    DEMANDS("secure-client-authenticator", check_authenticator, propose_authenticator),
    DEMANDS("secure-client-uris-pattern", NULL, propose_uri_patterns),
    DEMANDS("secure-client-uris", check_secure_uri, propose_secure_uris),
    DEMANDS("secure-logout", NULL, propose_logout),
    DEMANDS("secure-par-content", check_pushed, NULL),
    DEMANDS("secure-redirect-uris-enforcer", check_redirect_uri, propose_redirect_uris),
    DEMANDS("secure-request-object", check_request_object, NULL),
    DEMANDS("secure-response-type", check_response_type, propose_detached_signature),
    DEMANDS("secure-session", check_session, NULL),
    DEMANDS("secure-signature-algorithm", NULL, propose_algorithms),
    DEMANDS("secure-signature-algorithm-signed-jwt", check_assertion_algorithm, NULL),
    {.name = "suppress-refresh-token-rotation", .effect = POLICY_KEEPS_REFRESH},
    DEMANDS("tls-client-auth-ca-subject-dn", NULL, propose_authority),
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
