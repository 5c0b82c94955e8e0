/* SPDX-License-Identifier: Apache-2.0 */
/* Logout tokens and no others; see logout_claims.h. */
#include "guard/logout/logout_claims.h"

#include "base/array.h"
#include "base/shown.h"
#include "base/text.h"

#define EVENT "http://schemas.openid.net/event/backchannel-logout"

ost_result logout_claims_check_type(ost_text typ, ost_error *error)
{
    if (typ.data == NULL || ost_typ_is(typ, "logout+jwt") || ost_typ_is(typ, "JWT"))
        return OST_OK;
    return ost_error_set(error, OST_E_TOKEN_TYPE,
                         "the header's typ is \"%.*s\", a logout token has logout+jwt",
                         SHOWN(typ, 60));
}

/* An ID or access token must not end a session, nor the other way round: events tells them apart,
 * and nonce must not be there so that this is never taken for an ID token (§2.4). */
static ost_result check_kind(const ost_claims *claims, ost_error *error)
{
    const ost_json *events = ost_claims_get(claims, "events");
    const ost_json *typ = ost_claims_get(claims, "typ");
    if (!ost_json_is(ost_json_get(events, EVENT), OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_TOKEN_TYPE,
                             "the token has no events with " EVENT ": it is no logout token");
    if (ost_claims_get(claims, "nonce") != NULL)
        return ost_error_set(error, OST_E_TOKEN_TYPE, "a logout token must not have a nonce");
    /* Keycloak's claim, which every token of its has. */
    if (typ != NULL && !ost_json_equals(typ, OST_TEXT("Logout")))
        return ost_error_set(error, OST_E_TOKEN_TYPE,
                             "the claim typ is %.*s, a logout token has \"Logout\"",
                             SHOWN(ost_json_source(typ), 60));
    return OST_OK;
}

/* A claim that is there is a text that says something. */
static ost_result read_text(const ost_claims *claims, const char *name, ost_text *ret_text,
                            ost_error *error)
{
    const ost_json *value = ost_claims_get(claims, name);
    *ret_text = (ost_text){0};
    if (value == NULL || (ost_json_text(value, ret_text) && ret_text->len > 0))
        return OST_OK;
    return ost_error_set(error, OST_E_CLAIM_TYPE, "the claim %s is empty, or not a text", name);
}

ost_result logout_claims_read(const ost_claims *claims, logout_claims *ret_claims, ost_error *error)
{
    logout_claims read = {0};
    double issued = 0;
    ost_result result = check_kind(claims, error);
    if (result == OST_OK)
        result = read_text(claims, "sid", &read.sid, error);
    if (result == OST_OK)
        result = read_text(claims, "sub", &read.sub, error);
    if (result == OST_OK)
        result = read_text(claims, "jti", &read.jti, error);
    if (result != OST_OK)
        return result;
    if (read.sid.len == 0 && read.sub.len == 0)
        return ost_error_set(error, OST_E_CLAIM_MISSING, "the token has neither sid nor sub");
    if (read.jti.len == 0)
        return ost_error_set(error, OST_E_CLAIM_MISSING, "the token has no jti");
    if (!ost_json_number(ost_claims_get(claims, "iat"), &issued))
        return ost_error_set(error, OST_E_CLAIM_MISSING, "the token has no iat");
    read.iat = (int64_t)issued;
    read.until = read.iat + LOGOUT_AGE_MAX;
    if (ost_claims_expiry(claims) < read.until)
        read.until = ost_claims_expiry(claims);
    *ret_claims = read;
    return OST_OK;
}
