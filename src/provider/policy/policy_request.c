/* SPDX-License-Identifier: Apache-2.0 */
/* What executors demand of requests; see policy_executor.h. Keycloak looks at fewer requests of a
 * client that must not be public, or must prove itself in certain ways: here every request counts
 * in which clients prove themselves. */
#include "base/base64url.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"
#include "provider/proof/attribute.h"

#define REFUSAL(name, ...) static const policy_refusal name = {__VA_ARGS__}

static bool is_authorization(const policy_case *c)
{
    return c->event == POLICY_AUTHORIZATION || c->event == POLICY_PUSHED;
}

static bool is_token_request(const policy_case *c)
{
    return c->event >= POLICY_TOKEN && c->event <= POLICY_CIBA_TOKEN && c->event != POLICY_DEVICE &&
           c->event != POLICY_CIBA && c->event != POLICY_CIBA_REQUEST;
}

/* Of those at which a client proves who it is. */
static bool is_proved(const policy_case *c)
{
    return c->event >= POLICY_PUSHING && c->event <= POLICY_LOGOUT;
}

/* ---- kinds of clients and grants ---- */

const policy_refusal *check_confidential_client(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(public_client, 400, "invalid_client", "invalid client access type: public", false);
    REFUSAL(bearer_only, 400, "invalid_client", "invalid client access type: bearer only", false);
    (void)configuration;
    if (!is_authorization(c) && !is_token_request(c) && c->event != POLICY_CIBA &&
        c->event != POLICY_DEVICE)
        return NULL;
    if (policy_switch(c->client, "publicClient"))
        return &public_client;
    return policy_switch(c->client, "bearerOnly") ? &bearer_only : NULL;
}

const policy_refusal *check_implicit_grant(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(implicit, 400, "invalid_request", "Implicit/Hybrid flow is prohibited.", false);
    REFUSAL(untyped, 400, "invalid_request", "No response type.", false);
    (void)configuration;
    if (c->event == POLICY_PUSHED && !c->typed)
        return &untyped;
    if (c->event == POLICY_PUSHED && !c->only_code)
        return &implicit;
    return is_authorization(c) && c->implicit ? &implicit : NULL;
}

const policy_refusal *check_password_grant(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(prohibited, 400, "invalid_grant",
            "resource owner password credentials grant is prohibited.", false);
    (void)configuration;
    return c->event == POLICY_PASSWORD ? &prohibited : NULL;
}

/* ---- authorization requests ---- */

const policy_refusal *check_code_challenge(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(no_method, 400, "invalid_request", "Missing parameter: code_challenge_method", false);
    REFUSAL(method, 400, "invalid_request", "Invalid parameter: invalid code_challenge_method",
            false);
    REFUSAL(no_challenge, 400, "invalid_request", "Missing parameter: code_challenge", false);
    REFUSAL(not_proved, 400, "invalid_grant", "PKCE code verifier not specified", false);
    (void)configuration;
    if (c->event == POLICY_CODE)
        return c->challenge.len > 0 && text_is(c->challenge_method, "S256") ? NULL : &not_proved;
    if (!is_authorization(c))
        return NULL;
    if (c->challenge_method.len == 0)
        return &no_method;
    if (!text_is(c->challenge_method, "S256"))
        return &method;
    return c->challenge.len == 0 ? &no_challenge : NULL;
}

const policy_refusal *check_secure_uri(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(insecure, 400, "invalid_request", "Invalid redirect_uri", false);
    bool local = policy_switch(configuration, "allow-http-on-localhost") &&
                 (text_starts(c->redirect_uri, "http://localhost:") ||
                  text_starts(c->redirect_uri, "http://localhost/") ||
                  text_starts(c->redirect_uri, "http://127.0.0.1:") ||
                  text_starts(c->redirect_uri, "http://127.0.0.1/"));
    return is_authorization(c) && !local && !policy_uri_is_secure(c->redirect_uri) ? &insecure
                                                                                   : NULL;
}

const policy_refusal *check_pushed(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(unpushed, 400, "invalid_request", "PAR request_uri not included.", true);
    REFUSAL(more, 400, "invalid_request", "PAR request did not include necessary parameters", true);
    (void)configuration;
    if (c->event != POLICY_PREAUTHORIZATION)
        return NULL;
    if (!c->pushed)
        return &unpushed;
    return c->more ? &more : NULL;
}

/* ---- requests of any kind ---- */

const policy_refusal *check_anything(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(told, 400, "invalid_request", "Request not allowed", false);
    REFUSAL(shown, 400, "invalid_request", "Request not allowed", true);
    (void)configuration;
    return c->event == POLICY_PREAUTHORIZATION ? &shown : &told;
}

/* ---- how a client proves who it is ---- */

const policy_refusal *check_authenticator(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(refused, 400, "invalid_request",
            "Configured client authentication method not allowed for client", false);
    ost_text kind = policy_text(c->client, "clientAuthenticatorType");
    if (!is_proved(c) || policy_switch(c->client, "publicClient"))
        return NULL;
    if (kind.len == 0)
        kind = OST_TEXT("client-secret");
    return json_list_has(ost_json_get(configuration, "allowed-client-authenticators"), kind)
               ? NULL
               : &refused;
}

const policy_refusal *check_assertion_algorithm(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(required, 400, "invalid_request", "client assertion is required.", false);
    REFUSAL(insecure, 400, "invalid_request", "not allowed signature algorithm.", false);
    if (!is_proved(c))
        return NULL;
    if (c->assertion.len == 0)
        return policy_switch(configuration, "require-client-assertion") ? &required : NULL;
    return policy_algorithm_is_secure(c->assertion_alg) ? NULL : &insecure;
}

const policy_refusal *check_assertion_audience(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(refused, 400, "invalid_request", "invalid audience in client assertion", false);
    (void)configuration;
    return is_proved(c) && c->assertion.len > 0 && !c->assertion_for_issuer ? &refused : NULL;
}

/* ---- what tokens are bound to ---- */

/* Public clients that do not have every token bound bring a proof all the same, for the refresh
 * token's sake. */
bool binds_refresh_alone(const ost_json *configuration, const policy_case *c)
{
    return (c->event == POLICY_CODE || c->event == POLICY_REFRESH) &&
           policy_switch(c->client, "publicClient") &&
           !text_says_true(attribute_text(c->client, "dpop.bound.access.tokens")) &&
           policy_switch(configuration, "allow-only-refresh-token-binding");
}

const policy_refusal *check_key_binding(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(no_key, 400, "invalid_request", "Missing parameter: dpop_jkt", false);
    REFUSAL(no_proof, 400, "invalid_request", "DPoP proof is missing", false);
    REFUSAL(code, 400, "invalid_grant", "DPoP proof is missing", false);
    REFUSAL(missing, 400, "invalid_dpop_proof", "DPoP proof is missing", false);
    REFUSAL(other, 400, "invalid_token", "DPoP proof and token binding verification failed", false);
    if (is_authorization(c))
        return policy_switch(configuration, "enforce-authorization-code-binding-to-dpop") &&
                       c->jkt.len == 0
                   ? &no_key
                   : NULL;
    if (!c->proof && binds_refresh_alone(configuration, c))
        return c->event == POLICY_CODE ? &code : &missing;
    if (is_token_request(c))
        return !c->proof && text_says_true(attribute_text(c->client, "dpop.bound.access.tokens"))
                   ? &no_proof
                   : NULL;
    if (c->event != POLICY_REVOKE && c->event != POLICY_USERINFO)
        return NULL;
    if (!c->proof)
        return &missing;
    return c->proved || c->unknown ? NULL : &other;
}

const policy_refusal *check_certificate_binding(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(missing, 400, "invalid_request",
            "Client Certification missing for MTLS HoK Token Binding", false);
#define OTHER "Client certificate missing, or its thumbprint and one in the token did NOT match"
    REFUSAL(refresh, 400, "invalid_grant", OTHER, false);
    REFUSAL(other, 401, "not_allowed", OTHER, false);
    (void)configuration;
    if (c->event == POLICY_REFRESH)
        return c->bound ? NULL : &refresh;
    if (is_token_request(c))
        return c->certificate ? NULL : &missing;
    bool brings =
        c->event == POLICY_REVOKE || c->event == POLICY_LOGOUT || c->event == POLICY_USERINFO;
    return brings && !c->bound && !c->unknown ? &other : NULL;
}
