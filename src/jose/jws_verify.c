/* Verifying a JWS: RFC 7515 §5.2 steps 6–8. */
#include "base64url.h"
#include "signature.h"

static ost_result read_signature(ost_text encoded, size_t size, unsigned char *ret)
{
    size_t len;
    if (encoded.len != BASE64URL_LEN(size))
        return OST_E_SIGNATURE;
    return base64url_decode(encoded, ret, &len) == OST_OK ? OST_OK : OST_E_TOKEN_FORMAT;
}

ost_result ost_jws_verify(const ost_unverified_jws *jws, const ost_key *key, ost_arena *arena,
                          ost_text *ret_payload)
{
    unsigned char bytes[SIGNATURE_MAX_SIZE];
    ost_text payload;
    if (!ost_key_serves(key, jws->alg))
        return OST_E_KEY_USE;
    size_t size = signature_size(key, jws->alg);
    ost_result result = read_signature(jws->signature_encoded, size, bytes);
    if (result == OST_OK)
        result = base64url_decode_to(arena, jws->payload_encoded, &payload);
    if (result == OST_E_BASE64)
        result = OST_E_TOKEN_FORMAT;
    if (result == OST_OK)
        result = signature_check(key, jws->alg, jws->signing_input, bytes, size);
    if (result == OST_OK)
        *ret_payload = payload;
    return result;
}
