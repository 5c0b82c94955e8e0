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

/* Whatever issuer it names. */
static ost_result read_signed(call *c, ost_text token, const ost_claims **ret_claims)
{
    ost_unverified_jws jws;
    ost_text payload;
    ost_result result =
        ost_jws_read_unverified(token, OST_ALG_BIT(OST_HS512), c->arena, &jws, NULL);
    if (result != OST_OK)
        return result;
    const ost_key *key = jws.kid.len > 0 ? key_ring_internal(c->entry->keys, jws.kid) : NULL;
    if (key == NULL)
        return OST_E_KEY_UNKNOWN;
    result = ost_jws_verify(&jws, key, c->arena, &payload);
    return result == OST_OK ? ost_claims_read(payload, c->arena, ret_claims, NULL) : result;
}

ost_result internal_token_read(call *c, ost_text token, const char *typ,
                               const ost_claims **ret_claims)
{
    const ost_claims *claims;
    ost_result result = read_signed(c, token, &claims);
    if (result != OST_OK)
        return result;
    if (!text_is(ost_claims_issuer(claims), c->issuer))
        return OST_E_ISSUER;
    if (!text_is(ost_claims_text(claims, "typ"), typ))
        return OST_E_TOKEN_TYPE;
    *ret_claims = claims;
    return OST_OK;
}

ost_result internal_token_seek_key(call *c, ost_text token)
{
    ost_unverified_jws jws;
    ost_result result = ost_jws_read_unverified(token, OST_ALGS_SIGNATURE, c->arena, &jws, NULL);
    if (result == OST_E_MEMORY)
        return result;
    if (result != OST_OK || jws.kid.len == 0)
        return OST_E_KEY_UNKNOWN;
    result = store_key_find(c->provider->store, text_of(c->realm->name), jws.kid,
                            text_of(ost_alg_name(jws.alg)));
    if (result == OST_OK)
        return OST_E_BUSY; /* it will be known here in a moment */
    return result == OST_E_NOT_FOUND ? OST_E_KEY_UNKNOWN : result;
}

/* What is wrong with the token, and not with us. */
static ost_result judge(call *c, ost_text token, ost_result result)
{
    if (result == OST_E_KEY_UNKNOWN)
        return internal_token_seek_key(c, token);
    return result == OST_E_CRYPTO ? OST_E_BUSY : result;
}

ost_result internal_token_find(call *c, ost_text token, const char *typ,
                               const ost_claims **ret_claims)
{
    return judge(c, token, internal_token_read(c, token, typ, ret_claims));
}

ost_result internal_token_find_refresh(call *c, ost_text token, const ost_claims **ret_claims)
{
    ost_result result = internal_token_find(c, token, "Refresh", ret_claims);
    return result == OST_E_TOKEN_TYPE ? internal_token_read(c, token, "Offline", ret_claims)
                                      : result;
}

ost_result internal_token_check_realm(call *c, ost_text issuer)
{
    const char *end = call_format(c, "/realms/%s", c->realm_path);
    if (end == NULL)
        return OST_E_MEMORY;
    return text_ends(issuer, end) ? OST_OK : OST_E_ISSUER;
}

ost_result internal_token_find_ending(call *c, ost_text token, const ost_claims **ret_claims)
{
    const ost_claims *claims;
    ost_result result = read_signed(c, token, &claims);
    if (result != OST_OK)
        return judge(c, token, result);
    result = internal_token_check_realm(c, ost_claims_issuer(claims));
    if (result != OST_OK)
        return result;
    ost_text typ = ost_claims_text(claims, "typ");
    if (!text_is(typ, "Refresh") && !text_is(typ, "Offline"))
        return OST_E_TOKEN_TYPE;
    *ret_claims = claims;
    return OST_OK;
}
