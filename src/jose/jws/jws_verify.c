/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying a JWS: RFC 7515 §5.2 steps 6–8. */
#include "base/base64url.h"
#include "jose/signature/signature.h"

/* Its length is known before it is decoded. */
static ost_result read_signature(const ost_unverified_jws *jws, const ost_key *key,
                                 ost_arena *arena, ost_text *ret_signature)
{
    if (jws->signature_encoded.len != BASE64URL_LEN(signature_size(key, jws->alg)))
        return OST_E_SIGNATURE;
    return base64url_decode_to(arena, jws->signature_encoded, ret_signature);
}

ost_result ost_jws_verify(const ost_unverified_jws *jws, const ost_key *key, ost_arena *arena,
                          ost_text *ret_payload)
{
    ost_text signature, payload;
    if (jws == NULL || ret_payload == NULL)
        return OST_E_ARGUMENT;
    if (!alg_signs(jws->alg) || !ost_key_serves(key, jws->alg))
        return OST_E_KEY_USE;
    ost_result result = read_signature(jws, key, arena, &signature);
    if (result == OST_OK)
        result = base64url_decode_to(arena, jws->payload_encoded, &payload);
    if (result == OST_E_BASE64)
        return OST_E_TOKEN_FORMAT;
    if (result == OST_OK)
        result = signature_check(key, jws->alg, jws->signing_input, signature);
    if (result == OST_OK)
        *ret_payload = payload;
    return result;
}
