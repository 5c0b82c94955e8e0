/* SPDX-License-Identifier: Apache-2.0 */
/* ID tokens that come back; see id_token_hint.h. */
#include "provider/session/id_token_hint.h"

#include "base/text.h"
#include "provider/realm/realm_key.h"

ost_result id_token_hint_read(call *c, ost_text hint, const ost_claims **ret_claims)
{
    const ost_keyset *keys = key_ring_verifiers(c->entry->keys);
    const ost_claims *claims;
    ost_unverified_jws jws;
    const ost_key *key;
    ost_text payload;
    ost_result result = ost_jws_read_unverified(hint, REALM_KEY_ALGS, c->arena, &jws, NULL);
    if (result == OST_OK)
        result = ost_keyset_find(keys, jws.kid, jws.alg, &key);
    if (result == OST_OK)
        result = ost_jws_verify(&jws, key, c->arena, &payload);
    if (result == OST_OK)
        result = ost_claims_read(payload, c->arena, &claims, NULL);
    if (result != OST_OK)
        return result;
    if (!text_is(ost_claims_issuer(claims), c->issuer))
        return OST_E_ISSUER;
    if (!text_is(ost_claims_text(claims, "typ"), "ID"))
        return OST_E_TOKEN_TYPE;
    *ret_claims = claims;
    return OST_OK;
}
