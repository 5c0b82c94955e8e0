/* SPDX-License-Identifier: Apache-2.0 */
/* Getting the content encryption key out of a message, one function a way. */
#include <string.h>

#include "base/base64url.h"
#include "base/or_default.h"
#include "base/text.h"
#include "jose/jwe/aes.h"
#include "jose/jwe/cek.h"
#include "jose/jwe/key_agreement.h"
#include "jose/jwe/key_transport.h"
#include "jose/jwe/password_key.h"

#define PBES2_COUNT_MAX 1000000

/* One key on its way out. */
typedef struct opening {
    const jwe_message *message;
    const jwe_recipient *recipient;
    const ost_key *key;
    const way_facts *way;
    const ost_jwe_rules *rules;
    ost_arena *arena;
    size_t cek_size;
} opening;

/* A base64url member of the header; absent is the empty text, which `required` does not take. */
static ost_result member_bytes(const opening *o, const char *name, size_t max, bool required,
                               ost_text *ret_bytes)
{
    ost_text encoded = {0}, bytes = {0};
    const ost_json *member = jwe_member(o->message, o->recipient, name);
    if (member == NULL)
        return required ? OST_E_DECRYPTION : OST_OK;
    if (!ost_json_text(member, &encoded) || encoded.len > BASE64URL_LEN(max))
        return OST_E_DECRYPTION;
    ost_result result = base64url_decode_to(o->arena, encoded, &bytes);
    if (result == OST_E_MEMORY)
        return result;
    if (result != OST_OK || (required && bytes.len == 0))
        return OST_E_DECRYPTION;
    *ret_bytes = bytes;
    return OST_OK;
}

static ost_result unwrap(const opening *o, ost_text kek, content_key *ret)
{
    unsigned char *bytes = ost_arena_alloc(o->arena, o->recipient->encrypted_key.len + 1);
    size_t len;
    if (bytes == NULL)
        return OST_E_MEMORY;
    /* The length is known before anything is unwrapped. */
    if (o->recipient->encrypted_key.len != o->cek_size + WRAP_OVERHEAD)
        return OST_E_DECRYPTION;
    ost_result result = aes_unwrap(kek, o->recipient->encrypted_key, bytes, &len);
    if (result == OST_OK && len != o->cek_size)
        result = OST_E_DECRYPTION;
    if (result == OST_OK)
        memcpy(ret->data, bytes, len);
    wipe(bytes, o->recipient->encrypted_key.len);
    return result;
}

/* RFC 7518 §4.7.1. */
static ost_result open_gcm(const opening *o, content_key *ret)
{
    ost_text iv, tag, key = text_of_bytes(o->key->secret, o->key->secret_size);
    ost_result result = member_bytes(o, "iv", GCM_IV_SIZE, true, &iv);
    if (result == OST_OK)
        result = member_bytes(o, "tag", GCM_TAG_SIZE, true, &tag);
    if (result != OST_OK)
        return result;
    if (iv.len != GCM_IV_SIZE || tag.len != GCM_TAG_SIZE ||
        o->recipient->encrypted_key.len != o->cek_size)
        return OST_E_DECRYPTION;
    return aes_gcm_open(key, text_bytes(iv), (ost_text){0}, o->recipient->encrypted_key,
                        text_bytes(tag), ret->data);
}

static ost_result open_direct(const opening *o, content_key *ret)
{
    if (o->recipient->encrypted_key.len != 0 || o->key->secret_size != o->cek_size)
        return OST_E_DECRYPTION;
    if (o->key->content != NULL && ost_enc_of(text_of(o->key->content)) != o->message->enc)
        return OST_E_DECRYPTION;
    memcpy(ret->data, o->key->secret, o->cek_size);
    return OST_OK;
}

/* §4.6.1.1: an ephemeral public key on the curve of ours. Whether it is of that kind is seen before
 * a key is made of it: anybody sends one, and to look through the private numbers of an RSA key
 * would take seconds. */
static ost_result read_ephemeral(const opening *o, ost_key **ret_key)
{
    const ost_json *member = jwe_member(o->message, o->recipient, "epk");
    if (!ost_json_equals(ost_json_get(member, "kty"), text_of(key_type_name(o->key->type))) ||
        !ost_json_equals(ost_json_get(member, "crv"), text_of(key_curve_name(o->key))) ||
        ost_json_get(member, "d") != NULL)
        return OST_E_DECRYPTION;
    ost_result result = ost_key_import_json(member, ret_key, NULL);
    return result == OST_OK || result == OST_E_MEMORY || result == OST_E_CRYPTO ? result
                                                                                : OST_E_DECRYPTION;
}

static ost_result open_agreed(const opening *o, content_key *ret)
{
    unsigned char agreed[CEK_MAX_SIZE];
    bool direct = o->way->kek_size == 0;
    agreement_info info = {
        .algorithm =
            text_of(direct ? ost_enc_name(o->message->enc) : ost_alg_name(o->recipient->alg)),
        .size = direct ? o->cek_size : o->way->kek_size,
    };
    ost_key *ephemeral;
    if (direct && o->recipient->encrypted_key.len != 0)
        return OST_E_DECRYPTION;
    ost_result result = member_bytes(o, "apu", PARTY_MAX, false, &info.apu);
    if (result == OST_OK)
        result = member_bytes(o, "apv", PARTY_MAX, false, &info.apv);
    if (result == OST_OK)
        result = read_ephemeral(o, &ephemeral);
    if (result != OST_OK)
        return result;
    result = key_agreement_derive(o->key, ephemeral, &info, o->arena, agreed);
    ost_key_unref(ephemeral);
    if (result == OST_OK && direct)
        memcpy(ret->data, agreed, info.size);
    else if (result == OST_OK)
        result = unwrap(o, text_of_bytes(agreed, info.size), ret);
    wipe(agreed, sizeof agreed);
    return result;
}

static ost_result open_with_password(const opening *o, content_key *ret)
{
    unsigned char kek[CEK_MAX_SIZE];
    ost_text salt;
    int64_t count;
    size_t max = OR_DEFAULT(o->rules->pbes2_count_max, PBES2_COUNT_MAX);
    ost_result result = member_bytes(o, "p2s", PBES2_SALT_MAX, true, &salt);
    if (result != OST_OK)
        return result;
    if (salt.len < PBES2_SALT_MIN ||
        !ost_json_integer(jwe_member(o->message, o->recipient, "p2c"), &count) ||
        count < PBES2_COUNT_MIN)
        return OST_E_DECRYPTION;
    if (count > (int64_t)(max / o->message->count)) /* the ceiling is of all together */
        return OST_E_CEILING;
    result = password_key_derive(o->key, o->recipient->alg, salt, (unsigned)count, o->arena, kek);
    if (result == OST_OK)
        result = unwrap(o, text_of_bytes(kek, o->way->kek_size), ret);
    wipe(kek, sizeof kek);
    return result;
}

static ost_result open_by_way(const opening *o, content_key *ret)
{
    switch (o->way->way) {
    case WAY_RSA:
        return key_transport_open(o->key, o->way->hash, o->recipient->encrypted_key, o->cek_size,
                                  ret->data);
    case WAY_WRAP:
        return unwrap(o, text_of_bytes(o->key->secret, o->key->secret_size), ret);
    case WAY_GCM:
        return open_gcm(o, ret);
    case WAY_DIRECT:
        return open_direct(o, ret);
    case WAY_AGREE:
        return open_agreed(o, ret);
    case WAY_PASSWORD:
    default:
        return open_with_password(o, ret);
    }
}

ost_result cek_open(const jwe_message *message, const jwe_recipient *recipient, const ost_key *key,
                    const ost_jwe_rules *rules, ost_arena *arena, content_key *ret_cek)
{
    const opening o = {
        .message = message,
        .recipient = recipient,
        .key = key,
        .way = way_find(recipient->alg),
        .rules = rules,
        .arena = arena,
        .cek_size = enc_find(message->enc)->cek_size,
    };
    content_key cek = {.size = o.cek_size};
    ost_result result = open_by_way(&o, &cek);
    if (result == OST_OK)
        *ret_cek = cek;
    wipe(&cek, sizeof cek);
    return result;
}
