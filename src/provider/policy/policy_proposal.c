/* SPDX-License-Identifier: Apache-2.0 */
/* What executors demand of clients that are made or changed; see policy_executor.h. What they
 * configure by themselves they do not ask for. */
#include "base/array.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"
#include "provider/proof/attribute.h"

#define TRUE_STRING OST_TEXT("\"true\"")

static bool configures(const ost_json *configuration)
{
    return policy_switch(configuration, "auto-configure");
}

const policy_refusal *policy_edit_put(policy_edits *edits, bool attribute, const char *name,
                                      ost_text json)
{
    static const policy_refusal too_many = {500, "server_error", "too many executors", false};
    if (edits->count == ARRAY_LEN(edits->list))
        return &too_many;
    edits->list[edits->count++] = (policy_edit){attribute, name, json};
    return NULL;
}

/* ---- flows and scopes ---- */

const policy_refusal *propose_no_implicit_grant(const ost_json *configuration, const policy_case *c,
                                                policy_edits *edits)
{
    static const policy_refusal refused = {400, "invalid_client_metadata",
                                           "Invalid client metadata: implicit flow enabled", false};
    if (configures(configuration))
        return policy_edit_put(edits, false, "implicitFlowEnabled", OST_TEXT("false"));
    return policy_switch(c->proposed, "implicitFlowEnabled") ? &refused : NULL;
}

const policy_refusal *propose_no_password_grant(const ost_json *configuration, const policy_case *c,
                                                policy_edits *edits)
{
    static const policy_refusal refused = {
        400, "invalid_client_metadata",
        "Invalid client metadata: resource owner password credentials grant enabled", false};
    if (configures(configuration))
        return policy_edit_put(edits, false, "directAccessGrantsEnabled", OST_TEXT("false"));
    return policy_switch(c->proposed, "directAccessGrantsEnabled") ? &refused : NULL;
}

const policy_refusal *propose_consent(const ost_json *configuration, const policy_case *c,
                                      policy_edits *edits)
{
    static const policy_refusal refused = {400, "invalid_registration",
                                           "Client is required to enable consentRequired", false};
    if (configures(configuration))
        return policy_edit_put(edits, false, "consentRequired", OST_TEXT("true"));
    return policy_switch(c->proposed, "consentRequired") ? NULL : &refused;
}

const policy_refusal *propose_no_full_scope(const ost_json *configuration, const policy_case *c,
                                            policy_edits *edits)
{
    static const policy_refusal refused = {400, "invalid_registration",
                                           "Not permitted to enable fullScopeAllowed", false};
    bool full = true;
    if (configures(configuration))
        return policy_edit_put(edits, false, "fullScopeAllowed", OST_TEXT("false"));
    return ost_json_boolean(ost_json_get(c->proposed, "fullScopeAllowed"), &full) && !full
               ? NULL
               : &refused;
}

/* ---- proofs ---- */

const policy_refusal *propose_code_challenge(const ost_json *configuration, const policy_case *c,
                                             policy_edits *edits)
{
    static const policy_refusal refused = {400, "invalid_client_metadata",
                                           "Invalid client metadata: code_challenge_method", false};
    static const char name[] = "pkce.code.challenge.method";
    if (configures(configuration))
        return policy_edit_put(edits, true, name, OST_TEXT("\"S256\""));
    return text_is(attribute_text(c->proposed, name), "S256") ? NULL : &refused;
}

const policy_refusal *propose_key_binding(const ost_json *configuration, const policy_case *c,
                                          policy_edits *edits)
{
    static const policy_refusal refused = {
        400, "invalid_client_metadata", "Invalid client metadata: DPoP token is disabled", false};
    static const char name[] = "dpop.bound.access.tokens";
    if (configures(configuration))
        return policy_edit_put(edits, true, name, TRUE_STRING);
    return text_says_true(attribute_text(c->proposed, name)) ? NULL : &refused;
}

const policy_refusal *propose_certificate_binding(const ost_json *configuration,
                                                  const policy_case *c, policy_edits *edits)
{
    static const policy_refusal refused = {
        400, "invalid_client_metadata", "Invalid client metadata: MTLS token in disabled", false};
    static const char name[] = "tls.client.certificate.bound.access.tokens";
    if (configures(configuration))
        return policy_edit_put(edits, true, name, TRUE_STRING);
    return text_says_true(attribute_text(c->proposed, name)) ? NULL : &refused;
}

const policy_refusal *propose_authenticator(const ost_json *configuration, const policy_case *c,
                                            policy_edits *edits)
{
    static const policy_refusal refused = {400, "invalid_client_metadata",
                                           "Invalid client metadata: token_endpoint_auth_method",
                                           false};
    const ost_json *allowed = ost_json_get(configuration, "allowed-client-authenticators");
    const ost_json *first = ost_json_get(configuration, "default-client-authenticator");
    ost_text kind = policy_text(c->proposed, "clientAuthenticatorType");
    const policy_refusal *refusal = NULL;
    if (kind.len == 0 && ost_json_text(first, &kind))
        refusal = policy_edit_put(edits, false, "clientAuthenticatorType", ost_json_source(first));
    if (refusal != NULL || policy_switch(c->proposed, "publicClient"))
        return refusal;
    return json_list_has(allowed, kind) ? NULL : &refused;
}

/* The attribute has one of the secure algorithms, or none and gets the standard one. */
static const policy_refusal *propose_algorithm(const ost_json *standard, const policy_case *c,
                                               const char *name, policy_edits *edits)
{
    static const policy_refusal refused = {400, "invalid_request",
                                           "not allowed signature algorithm.", false};
    ost_text own = attribute_text(c->proposed, name), algorithm = {0};
    (void)!ost_json_text(standard, &algorithm);
    if (own.len == 0)
        return policy_edit_put(edits, true, name,
                               policy_algorithm_is_secure(algorithm) ? ost_json_source(standard)
                                                                     : OST_TEXT("\"PS256\""));
    return policy_algorithm_is_secure(own) ? NULL : &refused;
}

const policy_refusal *propose_algorithms(const ost_json *configuration, const policy_case *c,
                                         policy_edits *edits)
{
    static const char *const names[] = {
        "user.info.response.signature.alg", "request.object.signature.alg",
        "id.token.signed.response.alg", "token.endpoint.auth.signing.alg",
        "access.token.signed.response.alg"};
    const ost_json *standard = ost_json_get(configuration, "default-algorithm");
    const policy_refusal *refusal = NULL;
    for (size_t i = 0; i < ARRAY_LEN(names) && refusal == NULL; i++)
        refusal = propose_algorithm(standard, c, names[i], edits);
    return refusal;
}

const policy_refusal *propose_backchannel_algorithm(const ost_json *configuration,
                                                    const policy_case *c, policy_edits *edits)
{
    static const char name[] = "ciba.backchannel.auth.request.signing.alg";
    return propose_algorithm(ost_json_get(configuration, "default-algorithm"), c, name, edits);
}

/* ---- answers and logouts ---- */

const policy_refusal *propose_detached_signature(const ost_json *configuration,
                                                 const policy_case *c, policy_edits *edits)
{
    static const policy_refusal refused = {
        400, "invalid_client_metadata",
        "Invalid client metadata: ID Token as detached signature in disabled", false};
    static const char name[] = "id.token.as.detached.signature";
    if (configures(configuration))
        return policy_edit_put(edits, true, name, TRUE_STRING);
    return text_says_true(attribute_text(c->proposed, name)) ? NULL : &refused;
}

const policy_refusal *propose_logout(const ost_json *configuration, const policy_case *c,
                                     policy_edits *edits)
{
    static const policy_refusal refused = {
        400, "invalid_registration", "Front-channel logout is not allowed for this client", false};
    (void)edits;
    if (policy_switch(configuration, "allow-front-channel-logout"))
        return NULL;
    return policy_switch(c->proposed, "frontchannelLogout") ||
                   attribute_text(c->proposed, "frontchannel.logout.url").len > 0
               ? &refused
               : NULL;
}

const policy_refusal *propose_nothing(const ost_json *configuration, const policy_case *c,
                                      policy_edits *edits)
{
    (void)edits;
    return check_anything(configuration, c);
}

/* ---- addresses ---- */

/* Of a string that may hold several; "+" and "-" stand for what is looked at elsewhere. */
static bool all_secure(ost_text addresses)
{
    ost_text one;
    while (attribute_next(&addresses, &one)) {
        if (!text_is(one, "+") && !text_is(one, "-") && !policy_uri_is_secure(one))
            return false;
    }
    return true;
}

static bool list_is_secure(const ost_json *list)
{
    ost_text one;
    const ost_json *at = ost_json_first(list);
    while (at != NULL && ost_json_text(at, &one) && all_secure(one))
        at = ost_json_next(at);
    return at == NULL;
}

#define INSECURE(what)                                                                             \
    {                                                                                              \
        400, "invalid_client_metadata", "Invalid " what, false                                     \
    }

static const struct {
    const char *name;
    enum { TEXT, LIST, ATTRIBUTE } kind;
    policy_refusal refusal;
} addresses[] = {
    {"rootUrl", TEXT, INSECURE("rootUrl")},
    {"adminUrl", TEXT, INSECURE("adminUrl")},
    {"baseUrl", TEXT, INSECURE("baseUrl")},
    {"backchannel.logout.url", ATTRIBUTE, INSECURE("logoutUrl")},
    {"redirectUris", LIST, INSECURE("redirectUris")},
    {"webOrigins", LIST, INSECURE("webOrigins")},
    {"jwks.url", ATTRIBUTE, INSECURE("jwksUri")},
    {"request.uris", ATTRIBUTE, INSECURE("requestUris")},
    {"ciba.backchannel.client.notification.endpoint", ATTRIBUTE,
     INSECURE("cibaClientNotificationEndpoint")},
    {"post.logout.redirect.uris", ATTRIBUTE, INSECURE("postLogoutUris")},
    {"logoUri", ATTRIBUTE, INSECURE("logoUri")},
    {"tosUri", ATTRIBUTE, INSECURE("tosUri")},
    {"policyUri", ATTRIBUTE, INSECURE("policyUri")},
};

const policy_refusal *propose_secure_uris(const ost_json *configuration, const policy_case *c,
                                          policy_edits *edits)
{
    (void)configuration;
    (void)edits;
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        const char *name = addresses[i].name;
        bool good = addresses[i].kind == LIST   ? list_is_secure(ost_json_get(c->proposed, name))
                    : addresses[i].kind == TEXT ? all_secure(policy_text(c->proposed, name))
                                                : all_secure(attribute_text(c->proposed, name));
        if (!good)
            return &addresses[i].refusal;
    }
    return NULL;
}
