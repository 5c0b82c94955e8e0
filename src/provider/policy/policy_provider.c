/* SPDX-License-Identifier: Apache-2.0 */
/* Names of executors and conditions; see policy_provider.h. */
#include "provider/policy/policy_provider.h"

#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"

static const char *const executors[] = {"auth-flow-enforcer",
                                        "confidential-client",
                                        "consent-required",
                                        "downscope-assertion-grant-enforcer",
                                        "dpop-bind-enforcer",
                                        "full-scope-disabled",
                                        "holder-of-key-enforcer",
                                        "intent-client-bind-checker",
                                        "jwt-claim-enforcer",
                                        "pkce-enforcer",
                                        "registration-access-token-rotation-disabled",
                                        "reject-implicit-grant",
                                        "reject-request",
                                        "reject-ropc-grant",
                                        "saml-avoid-redirect",
                                        "saml-secure-client-uris",
                                        "saml-signature-enforcer",
                                        "secret-rotation",
                                        "secure-ciba-req-sig-algorithm",
                                        "secure-ciba-session",
                                        "secure-ciba-signed-authn-req",
                                        "secure-client-authentication-assertion",
                                        "secure-client-authenticator",
                                        "secure-client-uris",
                                        "secure-client-uris-pattern",
                                        "secure-logout",
                                        "secure-par-content",
                                        "secure-redirect-uris-enforcer",
                                        "secure-request-object",
                                        "secure-response-type",
                                        "secure-session",
                                        "secure-signature-algorithm",
                                        "secure-signature-algorithm-signed-jwt",
                                        "suppress-refresh-token-rotation",
                                        "tls-client-auth-ca-subject-dn",
                                        "use-lightweight-access-token",
                                        NULL};

static const char *const conditions[] = {"acr-condition",
                                         "any-client",
                                         "client-access-type",
                                         "client-attributes",
                                         "client-roles",
                                         "client-scopes",
                                         "client-type",
                                         "client-updater-context",
                                         "client-updater-source-groups",
                                         "client-updater-source-host",
                                         "client-updater-source-roles",
                                         "grant-type",
                                         "identity-provider-alias",
                                         NULL};

static const char *const switches[] = {"allow-front-channel-logout",
                                       "allow-http-scheme",
                                       "allow-ipv4-loopback-address",
                                       "allow-ipv6-loopback-address",
                                       "allow-only-refresh-token-binding",
                                       "allow-open-redirect",
                                       "allow-private-use-uri-scheme",
                                       "allow-token-response-type",
                                       "allow-wildcard-context-path",
                                       "allow-wildcard-redirects",
                                       "auto-configure",
                                       "encryption-required",
                                       "enforce-authorization-code-binding-to-dpop",
                                       "enforced",
                                       "oauth-2-0-compliant",
                                       "oauth-2-1-compliant",
                                       "require-client-assertion",
                                       "verify-nbf",
                                       NULL};

static const char *const lists[] = {"allow-permitted-domains", "allowed-client-authenticators",
                                    "allowed-patterns", "client-uri-fields", NULL};

static const char *const numbers[] = {"allowed-clock-skew",
                                      "auth-flow-loa",
                                      "available-period",
                                      "expiration-period",
                                      "remaining-rotation-period",
                                      "rotated-expiration-period",
                                      NULL};

static const char *const periods[] = {"expiration-period", "remaining-rotation-period",
                                      "rotated-expiration-period", NULL};

bool policy_has_executor(ost_text name)
{
    return text_is_one_of(name, executors);
}

bool policy_has_condition(ost_text name)
{
    return text_is_one_of(name, conditions);
}

/* Keycloak's console writes switches as strings; an empty one is not set. */
static bool is_switch(const ost_json *value)
{
    ost_text text;
    if (ost_json_text(value, &text))
        return text.len == 0 || text_is(text, "true") || text_is(text, "false");
    return ost_json_is(value, OST_JSON_BOOL) || ost_json_is(value, OST_JSON_NULL);
}

static bool is_number(const ost_json *value)
{
    ost_text text;
    int64_t number;
    uint64_t read;
    if (ost_json_text(value, &text))
        return text.len == 0 || text_to_unsigned(text, INT32_MAX, &read);
    return ost_json_is(value, OST_JSON_NULL) || ost_json_integer(value, &number);
}

static bool is_list_of_texts(const ost_json *value)
{
    ost_text text;
    if (!ost_json_is(value, OST_JSON_ARRAY))
        return ost_json_is(value, OST_JSON_NULL);
    const ost_json *at = ost_json_first(value);
    while (at != NULL && ost_json_text(at, &text))
        at = ost_json_next(at);
    return at == NULL;
}

/* Of secrets: neither the one before nor the time in which a client may have it made anew is longer
 * than a secret is good. */
static bool is_in_order(const ost_json *configuration)
{
    int64_t period = policy_number(configuration, "expiration-period", SECRET_PERIOD);
    return period > 0 &&
           policy_number(configuration, "rotated-expiration-period", SECRET_PERIOD_AFTER) <=
               period &&
           policy_number(configuration, "remaining-rotation-period", SECRET_PERIOD_LAST) <= period;
}

bool policy_executor_configured(const ost_json *configuration)
{
    if (!ost_json_is(configuration, OST_JSON_OBJECT))
        return false;
    for (const ost_json *at = ost_json_first(configuration); at != NULL; at = ost_json_next(at)) {
        if (text_is_one_of(ost_json_name(at), switches) && !is_switch(at))
            return false;
        if (text_is_one_of(ost_json_name(at), numbers) && !is_number(at))
            return false;
        if (text_is_one_of(ost_json_name(at), lists) && !is_list_of_texts(at))
            return false;
        if (text_is_one_of(ost_json_name(at), periods) && !is_in_order(configuration))
            return false;
    }
    return true;
}
