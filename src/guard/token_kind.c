/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens, and no others; see token_kind.h. */
#include "guard/token_kind.h"

#include "base/array.h"
#include "base/shown.h"

ost_result token_kind_check_header(ost_text typ, bool profile, ost_error *error)
{
    if (profile && !ost_typ_is(typ, "at+jwt")) { /* RFC 9068 §4 */
        return ost_error_set(error, OST_E_TOKEN_TYPE,
                             "the header's typ is \"%.*s\", this issuer's have at+jwt",
                             SHOWN(typ, 60));
    }
    /* RFC 9068 §2.1; Keycloak writes "JWT", and typ may be absent (RFC 7515 §4.1.9). */
    if (typ.data == NULL || ost_typ_is(typ, "JWT") || ost_typ_is(typ, "at+jwt"))
        return OST_OK;
    return ost_error_set(error, OST_E_TOKEN_TYPE,
                         "the header's typ is \"%.*s\", an access token has JWT or at+jwt",
                         SHOWN(typ, 60));
}

/* Keycloak says "DPoP" of the tokens that it binds to a key; one that is bound to none is not of
 * that kind. */
static bool is_bound_kind(const ost_claims *claims, const ost_json *typ)
{
    const ost_json *cnf = ost_claims_get(claims, "cnf");
    return ost_json_equals(typ, OST_TEXT("DPoP")) && ost_json_get(cnf, "jkt") != NULL;
}

ost_result token_kind_check_claims(const ost_claims *claims, ost_error *error)
{
    static const char *const foreign[] = {"nonce",  "nonce_supported", "at_hash", "c_hash",
                                          "s_hash", "events",          "code"};
    const ost_json *typ = ost_claims_get(claims, "typ"), *use = ost_claims_get(claims, "token_use");
    /* Nobody by name: every token that says so would be the same account's. */
    if (ost_json_equals(ost_claims_get(claims, "sub"), OST_TEXT("")))
        return ost_error_set(error, OST_E_CLAIM_MISSING, "the claim sub is empty");
    /* Cognito's ID tokens need not have a nonce, but this. */
    if (use != NULL && !ost_json_equals(use, OST_TEXT("access"))) {
        return ost_error_set(error, OST_E_TOKEN_TYPE,
                             "the claim token_use is %.*s, an access token has \"access\"",
                             SHOWN(ost_json_source(use), 60));
    }
    /* Keycloak says what kind it is: Bearer, ID, Refresh, Offline, Logout, … */
    if (typ != NULL) {
        ost_text seen = ost_json_source(typ);
        if (ost_json_equals(typ, OST_TEXT("Bearer")) || is_bound_kind(claims, typ))
            return OST_OK;
        return ost_error_set(error, OST_E_TOKEN_TYPE,
                             "the claim typ is %.*s, an access token has \"Bearer\"",
                             SHOWN(seen, 60));
    }
    /* Other providers do not say, but ID and logout tokens and responses to a login (JARM) have
     * these, and access tokens do not. Apple says nonce_supported where there is no nonce. */
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
        if (ost_claims_get(claims, foreign[i]) != NULL) {
            return ost_error_set(error, OST_E_TOKEN_TYPE,
                                 "the claim %s is one of another kind of token", foreign[i]);
        }
    }
    return OST_OK;
}
