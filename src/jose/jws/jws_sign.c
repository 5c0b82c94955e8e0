/* SPDX-License-Identifier: Apache-2.0 */
/* Signing a compact JWS: RFC 7515 §5.1. */
#include "base/base64url.h"
#include "jose/compact.h"
#include "jose/jws/jws_draft.h"
#include "jose/signature/signature.h"

static ost_result make_header(const ost_key *key, ost_alg alg, const char *typ, ost_arena *arena,
                              ost_text *ret_header)
{
    ost_json_writer *writer = ost_json_writer_new(arena, HEADER_MAX);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    ost_json_member_string(writer, "alg", ost_alg_name(alg));
    if (typ != NULL)
        ost_json_member_string(writer, "typ", typ);
    if (key->kid_len > 0)
        ost_json_member_text(writer, "kid", ost_key_kid(key));
    ost_json_close_object(writer);
    return ost_json_writer_finish(writer, ret_header);
}

ost_result jws_draft_begin(ost_text payload, const ost_key *key, ost_alg alg, const char *typ,
                           ost_arena *arena, jws_draft *ret_draft)
{
    ost_text header;
    size_t len = 0;
    if (!alg_signs(alg) || !ost_key_serves(key, alg))
        return OST_E_KEY_USE;
    ost_result result = make_header(key, alg, typ, arena, &header);
    if (result != OST_OK)
        return result;
    /* What would not be read again is not written. */
    if (BASE64URL_LEN(header.len) > HEADER_MAX || payload.len > TOKEN_MAX)
        return OST_E_CEILING;
    size_t room = BASE64URL_LEN(header.len) + BASE64URL_LEN(payload.len) +
                  BASE64URL_LEN(signature_size(key, alg)) + 2;
    char *token = ost_arena_alloc(arena, room + 1);
    if (token == NULL)
        return OST_E_MEMORY;
    len += base64url_encode((const unsigned char *)header.data, header.len, token);
    token[len++] = '.';
    len += base64url_encode((const unsigned char *)payload.data, payload.len, token + len);
    *ret_draft = (jws_draft){.token = token, .len = len};
    return OST_OK;
}

ost_text jws_draft_input(const jws_draft *draft)
{
    return (ost_text){draft->token, draft->len};
}

ost_result jws_draft_finish(const jws_draft *draft, const unsigned char *signature, size_t size,
                            ost_text *ret_token)
{
    size_t len = draft->len;
    draft->token[len++] = '.';
    len += base64url_encode(signature, size, draft->token + len);
    if (len > TOKEN_MAX)
        return OST_E_CEILING;
    *ret_token = (ost_text){draft->token, len};
    return OST_OK;
}

ost_result ost_jws_sign(ost_text payload, const ost_key *key, ost_alg alg, const char *typ,
                        ost_arena *arena, ost_text *ret_token)
{
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t size;
    jws_draft draft;
    if (ret_token == NULL)
        return OST_E_ARGUMENT;
    ost_result result = jws_draft_begin(payload, key, alg, typ, arena, &draft);
    if (result == OST_OK)
        result = signature_make(key, alg, jws_draft_input(&draft), signature, &size);
    return result == OST_OK ? jws_draft_finish(&draft, signature, size, ret_token) : result;
}
