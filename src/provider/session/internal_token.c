/* SPDX-License-Identifier: Apache-2.0 */
/* Internal tokens; see internal_token.h. */
#include "provider/session/internal_token.h"

#include "base/text.h"

bool internal_token_make(call *c, ost_text claims, const char *typ, ost_text *ret_token)
{
    const ost_key *key = key_ring_internal(c->entry->keys, (ost_text){0});
    if (key == NULL || ost_jws_sign(claims, key, OST_HS512, typ, c->arena, ret_token) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return true;
}

ost_result internal_token_read(call *c, ost_text token, const char *typ,
                               const ost_claims **ret_claims)
{
    ost_unverified_jws jws;
    ost_text payload;
    const ost_claims *claims;
    ost_result result =
        ost_jws_read_unverified(token, OST_ALG_BIT(OST_HS512), c->arena, &jws, NULL);
    if (result != OST_OK)
        return result;
    const ost_key *key = jws.kid.len > 0 ? key_ring_internal(c->entry->keys, jws.kid) : NULL;
    if (key == NULL)
        return OST_E_KEY_UNKNOWN;
    result = ost_jws_verify(&jws, key, c->arena, &payload);
    if (result == OST_OK)
        result = ost_claims_read(payload, c->arena, &claims, NULL);
    if (result != OST_OK)
        return result;
    if (!text_is(ost_claims_issuer(claims), c->issuer))
        return OST_E_ISSUER;
    if (!text_is(ost_claims_text(claims, "typ"), typ))
        return OST_E_TOKEN_TYPE;
    *ret_claims = claims;
    return OST_OK;
}

ost_result internal_token_read_refresh(call *c, ost_text token, const ost_claims **ret_claims)
{
    ost_result result = internal_token_read(c, token, "Refresh", ret_claims);
    return result == OST_E_TOKEN_TYPE ? internal_token_read(c, token, "Offline", ret_claims)
                                      : result;
}
