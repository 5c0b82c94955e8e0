/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypting: RFC 7516 §5.1, in both serializations. */
#include <openssl/err.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/compact.h"
#include "jose/compressed.h"
#include "jose/jwe/content.h"
#include "jose/jwe/jwe_write.h"

/* One message on its way. */
typedef struct writing {
    const ost_recipient *recipients;
    size_t count;
    ost_enc enc;
    const ost_jwe_options *options;
    ost_arena *arena;
    content_key cek;
    sealed_cek keys[JWE_RECIPIENTS_MAX];
    ost_text protected_encoded;
    ost_text content; /* compressed, if it is to be */
    sealed_content sealed;
} writing;

static void end_writing(writing *w)
{
    for (size_t i = 0; i < w->count; i++)
        ost_key_unref(w->keys[i].ephemeral);
    wipe(&w->cek, sizeof w->cek);
}

static ost_result seal_keys(writing *w)
{
    ost_result result = OST_OK;
    w->cek.size = enc_find(w->enc)->cek_size;
    if (RAND_priv_bytes(w->cek.data, (int)w->cek.size) != 1)
        return OST_E_CRYPTO;
    for (size_t i = 0; result == OST_OK && i < w->count; i++) {
        const ost_recipient *r = &w->recipients[i];
        result = cek_seal(r->key, r->alg, w->enc, w->options, w->arena, &w->cek, &w->keys[i]);
    }
    return result;
}

/* What is of the content, and, for a single recipient, all the rest. */
static ost_result make_protected(writing *w)
{
    ost_text header;
    ost_result result = OST_OK;
    ost_json_writer *writer = ost_json_writer_new(w->arena, HEADER_MAX);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    if (w->count == 1)
        result = jwe_write_recipient_members(writer, &w->recipients[0], &w->keys[0], w->options);
    jwe_write_content_members(writer, w->enc, w->options);
    ost_json_close_object(writer);
    if (result == OST_OK)
        result = ost_json_writer_finish(writer, &header);
    if (result == OST_OK && BASE64URL_LEN(header.len) > HEADER_MAX)
        result = OST_E_CEILING;
    return result == OST_OK ? base64url_encode_to(w->arena, header, &w->protected_encoded) : result;
}

static ost_result seal(writing *w, ost_text content, ost_text authenticated)
{
    w->content = content;
    ost_result result =
        w->options->deflate ? compressed_write(content, w->arena, &w->content) : OST_OK;
    return result == OST_OK
               ? content_seal(w->enc, &w->cek, authenticated, w->content, w->arena, &w->sealed)
               : result;
}

static ost_result writing_finish(writing *w, ost_result result, ost_error *error)
{
    end_writing(w);
    if (result == OST_OK)
        return OST_OK;
    return ost_error_set(error, result, "the content was not encrypted: %s",
                         ost_result_sentence(result));
}

/* ---- compact ---- */

static char *put(char *at, ost_text bytes)
{
    *at++ = '.';
    return at + base64url_encode(text_bytes(bytes), bytes.len, at);
}

static ost_result join_compact(writing *w, ost_text *ret_token)
{
    const ost_text parts[] = {w->keys[0].encrypted_key, w->sealed.iv, w->sealed.ciphertext,
                              w->sealed.tag};
    size_t room = w->protected_encoded.len + 1;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        room += 1 + BASE64URL_LEN(parts[i].len);
    if (room > TOKEN_MAX)
        return OST_E_CEILING;
    char *token = ost_arena_alloc(w->arena, room);
    if (token == NULL)
        return OST_E_MEMORY;
    memcpy(token, w->protected_encoded.data, w->protected_encoded.len);
    char *at = token + w->protected_encoded.len;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        at = put(at, parts[i]);
    *ret_token = (ost_text){token, (size_t)(at - token)};
    return OST_OK;
}

static const ost_jwe_options plain = {0};

ost_result ost_jwe_encrypt(ost_text content, const ost_key *key, ost_alg alg, ost_enc enc,
                           const ost_jwe_options *options, ost_arena *arena, ost_text *ret_token,
                           ost_error *error)
{
    const ost_recipient recipient = {key, alg};
    writing w = {&recipient, 1, enc, options != NULL ? options : &plain, arena, .cek = {.size = 0}};
    if (ret_token == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the token");
    ost_result result = jwe_write_check(&recipient, 1, enc, w.options, error);
    if (result != OST_OK)
        return result;
    if (w.options->aad.len > 0)
        return ost_error_set(error, OST_E_ARGUMENT, "aad is for the JSON serialization only");
    if (content.len > TOKEN_MAX)
        return ost_error_set(error, OST_E_CEILING, "content of %zu bytes", content.len);
    ERR_set_mark();
    result = seal_keys(&w);
    if (result == OST_OK)
        result = make_protected(&w);
    if (result == OST_OK)
        result = seal(&w, content, w.protected_encoded);
    if (result == OST_OK)
        result = join_compact(&w, ret_token);
    ERR_pop_to_mark();
    return writing_finish(&w, result, error);
}

/* ---- JSON ---- */

static void put_bytes(writing *w, ost_json_writer *writer, const char *name, ost_text bytes,
                      ost_result *result)
{
    ost_text encoded;
    if (*result != OST_OK)
        return;
    *result = base64url_encode_to(w->arena, bytes, &encoded);
    if (*result == OST_OK)
        ost_json_member_text(writer, name, encoded);
}

/* Most members are absent where they would be empty (RFC 7516 §7.2.1). */
static void put_if_any(writing *w, ost_json_writer *writer, const char *name, ost_text bytes,
                       ost_result *result)
{
    if (bytes.len > 0)
        put_bytes(w, writer, name, bytes, result);
}

static void put_recipients(writing *w, ost_json_writer *writer, ost_result *result)
{
    ost_json_put_name(writer, OST_TEXT("recipients"));
    ost_json_open_array(writer);
    for (size_t i = 0; i < w->count && *result == OST_OK; i++) {
        ost_json_open_object(writer);
        ost_json_put_name(writer, OST_TEXT("header"));
        ost_json_open_object(writer);
        *result = jwe_write_recipient_members(writer, &w->recipients[i], &w->keys[i], w->options);
        ost_json_close_object(writer);
        put_if_any(w, writer, "encrypted_key", w->keys[i].encrypted_key, result);
        ost_json_close_object(writer);
    }
    ost_json_close_array(writer);
}

static ost_result write_json(writing *w, ost_text *ret_json)
{
    ost_result result = OST_OK;
    ost_json_writer *writer = ost_json_writer_new(w->arena, JWE_JSON_MAX);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    ost_json_member_text(writer, "protected", w->protected_encoded);
    if (w->count > 1)
        put_recipients(w, writer, &result);
    else
        put_if_any(w, writer, "encrypted_key", w->keys[0].encrypted_key, &result);
    put_if_any(w, writer, "aad", w->options->aad, &result);
    put_if_any(w, writer, "iv", w->sealed.iv, &result);
    put_bytes(w, writer, "ciphertext", w->sealed.ciphertext, &result);
    put_if_any(w, writer, "tag", w->sealed.tag, &result);
    ost_json_close_object(writer);
    return result == OST_OK ? ost_json_writer_finish(writer, ret_json) : result;
}

static ost_result join_aad(writing *w, ost_text *ret_authenticated)
{
    ost_text encoded;
    *ret_authenticated = w->protected_encoded;
    if (w->options->aad.len == 0)
        return OST_OK;
    ost_result result = base64url_encode_to(w->arena, w->options->aad, &encoded);
    if (result != OST_OK)
        return result;
    char *joined = ost_arena_format(w->arena, "%s.%s", w->protected_encoded.data, encoded.data);
    if (joined == NULL)
        return OST_E_MEMORY;
    *ret_authenticated = text_of(joined);
    return OST_OK;
}

ost_result ost_jwe_json_encrypt(ost_text content, const ost_recipient *recipients, size_t count,
                                ost_enc enc, const ost_jwe_options *options, ost_arena *arena,
                                ost_text *ret_json, ost_error *error)
{
    writing w = {recipients,        count, enc, options != NULL ? options : &plain, arena,
                 .cek = {.size = 0}};
    ost_text authenticated;
    if (ret_json == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the JSON");
    ost_result result = jwe_write_check(recipients, count, enc, w.options, error);
    if (result != OST_OK)
        return result;
    if (content.len > JWE_CONTENT_MAX || w.options->aad.len > HEADER_MAX)
        return ost_error_set(error, OST_E_CEILING, "content of %zu bytes, aad of %zu", content.len,
                             w.options->aad.len);
    ERR_set_mark();
    result = seal_keys(&w);
    if (result == OST_OK)
        result = make_protected(&w);
    if (result == OST_OK)
        result = join_aad(&w, &authenticated);
    if (result == OST_OK)
        result = seal(&w, content, authenticated);
    if (result == OST_OK)
        result = write_json(&w, ret_json);
    ERR_pop_to_mark();
    return writing_finish(&w, result, error);
}
