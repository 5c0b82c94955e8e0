/* Verifying and making compact signatures (RFC 7515 §5). */
#include "base64url.h"
#include "signature.h"
#include "text.h"

#define MAX_PAYLOAD ((size_t)48 << 10)

ost_result ost_jws_verify(const ost_unverified_jws *jws, const ost_key *key, ost_arena *arena,
                          ost_text *ret_payload)
{
    unsigned char signature[ALG_MAX_SIGNATURE];
    size_t len;
    ost_text payload;
    if (BASE64URL_MAX_BYTES(jws->signature_encoded.len) > sizeof signature ||
        base64url_decode(jws->signature_encoded, signature, &len) != OST_OK)
        return OST_E_SIGNATURE;
    ost_result result = signature_check(key, jws->alg, jws->signing_input,
                                        (ost_text){(const char *)signature, len});
    if (result != OST_OK)
        return result;
    result = base64url_decode_to(arena, jws->payload_encoded, &payload);
    if (result != OST_OK)
        return result == OST_E_BASE64 ? OST_E_TOKEN_FORMAT : result;
    *ret_payload = payload;
    return OST_OK;
}

static ost_result write_header(const ost_key *key, ost_alg alg, const char *typ, ost_arena *arena,
                               ost_text *ret_header)
{
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    ost_json_member_string(writer, "alg", ost_alg_name(alg));
    if (typ != NULL)
        ost_json_member_string(writer, "typ", typ);
    if (key->kid != NULL)
        ost_json_member_string(writer, "kid", key->kid);
    ost_json_close_object(writer);
    return ost_json_writer_finish(writer, ret_header);
}

ost_result ost_jws_sign(ost_text payload, const ost_key *key, ost_alg alg, const char *typ,
                        ost_arena *arena, ost_text *ret_token)
{
    unsigned char signature[ALG_MAX_SIGNATURE];
    size_t signature_len;
    ost_text header;
    if (payload.len > MAX_PAYLOAD)
        return OST_E_CEILING;
    ost_result result = write_header(key, alg, typ, arena, &header);
    if (result != OST_OK)
        return result;
    char *token = ost_arena_alloc(arena, BASE64URL_LEN(header.len) + BASE64URL_LEN(payload.len) +
                                             BASE64URL_LEN(sizeof signature) + 3);
    if (token == NULL)
        return OST_E_MEMORY;
    size_t len = base64url_encode((const unsigned char *)header.data, header.len, token);
    token[len++] = '.';
    len += base64url_encode((const unsigned char *)payload.data, payload.len, token + len);
    result = signature_make(key, alg, (ost_text){token, len}, signature, &signature_len);
    if (result != OST_OK)
        return result;
    token[len++] = '.';
    len += base64url_encode(signature, signature_len, token + len);
    token[len] = '\0';
    *ret_token = (ost_text){token, len};
    return OST_OK;
}
