/* Signing a compact JWS: RFC 7515 §5.1, with the algorithms of RFC 7518 §3 and RFC 8037 §3.1. */
#include <openssl/err.h>
#include <sodium.h>
#include <string.h>

#include "base64url.h"
#include "compact.h"
#include "ecdsa.h"
#include "key.h"
#include "prepared.h"

static bool sign_with_pkey(const prepared_use *use, const alg_facts *facts, ost_text input,
                           unsigned char *ret, size_t *ret_size)
{
    unsigned char hash[HASH_MAX_SIZE], made[SIGNATURE_MAX_SIZE];
    size_t hash_size, size = sizeof made;
    if (!prepared_digest(use, input, hash, &hash_size))
        return false;
    ERR_set_mark();
    int done = EVP_PKEY_sign(use->contexts->pkey, made, &size, hash, hash_size);
    ERR_pop_to_mark();
    if (done != 1)
        return false;
    if (facts->type == OST_KEY_EC) {
        *ret_size = facts->signature_size;
        return ecdsa_from_der(facts->curve, made, size, ret);
    }
    memcpy(ret, made, size);
    *ret_size = size;
    return true;
}

static ost_result make_signature(const ost_key *key, ost_alg alg, ost_text input,
                                 unsigned char *ret, size_t *ret_size)
{
    const alg_facts *facts = alg_find(alg);
    prepared_use use;
    if (facts->type == OST_KEY_OKP) {
        crypto_sign_detached(ret, NULL, (const unsigned char *)input.data, input.len,
                             key->okp_secret);
        *ret_size = facts->signature_size;
        return OST_OK;
    }
    ost_result result = prepared_take(key, alg, true, &use);
    if (result != OST_OK)
        return result;
    bool done = facts->type == OST_KEY_OCT ? prepared_mac(&use, input, ret, ret_size)
                                           : sign_with_pkey(&use, facts, input, ret, ret_size);
    prepared_give(&use);
    return done ? OST_OK : OST_E_CRYPTO;
}

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

ost_result ost_jws_sign(ost_text payload, const ost_key *key, ost_alg alg, const char *typ,
                        ost_arena *arena, ost_text *ret_token)
{
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t size, len = 0;
    ost_text header;
    if (!key->is_private || !ost_key_serves(key, alg) || (key->ops & KEY_SIGN) == 0)
        return OST_E_KEY_USE;
    ost_result result = make_header(key, alg, typ, arena, &header);
    if (result != OST_OK)
        return result;
    /* What would not be read again is not written. */
    if (BASE64URL_LEN(header.len) > HEADER_MAX || payload.len > TOKEN_MAX)
        return OST_E_CEILING;
    size_t room = BASE64URL_LEN(header.len) + BASE64URL_LEN(payload.len) +
                  BASE64URL_LEN(sizeof signature) + 2;
    char *token = ost_arena_alloc(arena, room + 1);
    if (token == NULL)
        return OST_E_MEMORY;
    len += base64url_encode((const unsigned char *)header.data, header.len, token);
    token[len++] = '.';
    len += base64url_encode((const unsigned char *)payload.data, payload.len, token + len);
    result = make_signature(key, alg, (ost_text){token, len}, signature, &size);
    if (result != OST_OK)
        return result;
    token[len++] = '.';
    len += base64url_encode(signature, size, token + len);
    if (len > TOKEN_MAX)
        return OST_E_CEILING;
    *ret_token = (ost_text){token, len};
    return OST_OK;
}
