/* SPDX-License-Identifier: Apache-2.0 */
/* What executors demand of authorization requests, and of those in the backchannel, beyond what
 * OAuth does: FAPI 1.0 and FAPI-CIBA; see policy_executor.h. A request that is pushed is judged
 * when it is pushed. */
#include "base/text.h"
#include "jose/jwt/numeric_date.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"

#define REFUSAL(name, error, description)                                                          \
    static const policy_refusal name = {400, error, description, false}

#define PERIOD 3600 /* seconds that a signed request is good (FAPI 1.0 Advanced §5.2.2-13) */
#define SKEW 15     /* seconds that the clocks may be apart (FAPI 2.0 §5.3.2.1-13) */

/* Once: when it is pushed, or when a browser brings it. */
static bool is_new(const policy_case *c)
{
    return c->event == POLICY_PUSHED || (c->event == POLICY_AUTHORIZATION && !c->pushed);
}

const policy_refusal *check_session(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(no_nonce, "invalid_request", "Missing parameter: nonce");
    REFUSAL(no_state, "invalid_request", "Missing parameter: state");
    (void)configuration;
    if (!is_new(c))
        return NULL;
    if (text_list_has(c->scope, OST_TEXT("openid")))
        return c->nonce ? NULL : &no_nonce;
    return c->state ? NULL : &no_state;
}

const policy_refusal *check_response_type(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(other, "invalid_request", "invalid response_type");
    if (!is_new(c))
        return NULL;
    if (c->only_code)
        return c->in_jwt ? NULL : &other;
    bool may_have_token = policy_switch(configuration, "allow-token-response-type");
    return c->hybrid && (!c->with_token || may_have_token) ? NULL : &other;
}

/* ---- request objects ---- */

/* What has been read is in time by the object's own reader, which lets the clocks differ. */
static bool date_of(const policy_case *c, const char *name, int64_t *ret_seconds)
{
    return numeric_date_read(ost_json_get(c->object, name), ret_seconds);
}

static const policy_refusal *check_period(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(no_exp, "invalid_request_object", "Missing parameter in the 'request' object: exp");
    REFUSAL(expired, "invalid_request_object", "Request Expired");
    REFUSAL(no_nbf, "invalid_request_object", "Missing parameter in the 'request' object: nbf");
    REFUSAL(early, "invalid_request_object", "Request not yet being processed");
    REFUSAL(lasting, "invalid_request_object", "Request's available period is long");
    int64_t exp, nbf;
    if (!date_of(c, "exp", &exp))
        return &no_exp;
    if (exp < c->now)
        return &expired;
    if (policy_is_off(configuration, "verify-nbf"))
        return NULL;
    if (!date_of(c, "nbf", &nbf))
        return &no_nbf;
    if (nbf > c->now + policy_number(configuration, "allowed-clock-skew", SKEW))
        return &early;
    return exp - nbf > policy_number(configuration, "available-period", PERIOD) ? &lasting : NULL;
}

const policy_refusal *check_request_object(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(missing, "invalid_request", "Missing parameter: 'request' or 'request_uri'");
    REFUSAL(no_scope, "invalid_request",
            "Parameter 'scope' missing in the request parameters or in 'request' object");
    REFUSAL(early, "invalid_request_object", "Request issued in the future");
    REFUSAL(no_audience, "invalid_request_object",
            "Missing parameter in the 'request' object: aud");
    REFUSAL(more, "invalid_request",
            "Invalid parameter. Parameters in 'request' object not matching with request "
            "parameters");
    REFUSAL(in_clear, "invalid_request_object", "Request object not encrypted");
    int64_t iat;
    if (!is_new(c))
        return NULL;
    if (c->object == NULL)
        return &missing;
    if (c->scope.data == NULL)
        return &no_scope;
    const policy_refusal *refusal = check_period(configuration, c);
    if (refusal != NULL)
        return refusal;
    if (date_of(c, "iat", &iat) &&
        iat > c->now + policy_number(configuration, "allowed-clock-skew", SKEW))
        return &early;
    if (ost_json_get(c->object, "aud") == NULL) /* one that is there names the issuer */
        return &no_audience;
    if (c->more)
        return &more;
    return policy_switch(configuration, "encryption-required") && !c->encrypted ? &in_clear : NULL;
}

/* ---- the backchannel ---- */

const policy_refusal *check_backchannel_session(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(missing, "invalid_request", "Missing parameter: binding_message");
    (void)configuration;
    return c->event == POLICY_CIBA_REQUEST && !c->binding ? &missing : NULL;
}

/* What else Keycloak looks for in a signed request its reader demands here of every one. */
const policy_refusal *check_backchannel_object(const ost_json *configuration, const policy_case *c)
{
    REFUSAL(missing, "invalid_request", "Missing parameter: 'request' or 'request_uri'");
    REFUSAL(lasting, "invalid_request", "signed authentication request's available period is long");
    int64_t exp, nbf;
    if (c->event != POLICY_CIBA_REQUEST)
        return NULL;
    if (!date_of(c, "exp", &exp) || !date_of(c, "nbf", &nbf))
        return &missing;
    return exp - nbf > policy_number(configuration, "available-period", PERIOD) ? &lasting : NULL;
}
