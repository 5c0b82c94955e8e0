/* SPDX-License-Identifier: Apache-2.0 */
/* Getting the content encryption key into a message, one function a way. */
#include <openssl/rand.h>
#include <string.h>

#include "base/or_default.h"
#include "base/text.h"
#include "jose/jwe/aes.h"
#include "jose/jwe/cek.h"
#include "jose/jwe/key_agreement.h"
#include "jose/jwe/key_transport.h"
#include "jose/jwe/password_key.h"

#define PBES2_COUNT_DEFAULT 300000
#define PBES2_SALT_SIZE 16

/* One key on its way in. */
typedef struct sealing {
    const ost_key *key;
    ost_alg alg;
    ost_enc enc;
    const way_facts *way;
    const ost_jwe_options *options;
    ost_arena *arena;
} sealing;

static ost_result copy(const sealing *s, const unsigned char *bytes, size_t len, ost_text *ret)
{
    char *copied = ost_arena_copy(s->arena, text_of_bytes(bytes, len));
    if (copied == NULL)
        return OST_E_MEMORY;
    *ret = (ost_text){copied, len};
    return OST_OK;
}

static ost_result wrap(const sealing *s, ost_text kek, const content_key *cek, sealed_cek *sealed)
{
    unsigned char wrapped[CEK_MAX_SIZE + WRAP_OVERHEAD];
    ost_result result = aes_wrap(kek, text_of_bytes(cek->data, cek->size), wrapped);
    return result == OST_OK ? copy(s, wrapped, cek->size + WRAP_OVERHEAD, &sealed->encrypted_key)
                            : result;
}

static ost_result seal_rsa(const sealing *s, const content_key *cek, sealed_cek *sealed)
{
    unsigned char bytes[KEY_MEMBER_MAX];
    size_t len;
    if (s->way->hash == NULL)
        return OST_E_ALGORITHM;
    ost_result result =
        key_transport_seal(s->key, s->way->hash, text_of_bytes(cek->data, cek->size), bytes, &len);
    return result == OST_OK ? copy(s, bytes, len, &sealed->encrypted_key) : result;
}

static ost_result seal_gcm(const sealing *s, const content_key *cek, sealed_cek *sealed)
{
    unsigned char iv[GCM_IV_SIZE], tag[GCM_TAG_SIZE], bytes[CEK_MAX_SIZE];
    if (RAND_bytes(iv, sizeof iv) != 1)
        return OST_E_CRYPTO;
    ost_result result =
        aes_gcm_seal(text_of_bytes(s->key->secret, s->key->secret_size), iv, (ost_text){0},
                     text_of_bytes(cek->data, cek->size), bytes, tag);
    if (result == OST_OK)
        result = copy(s, iv, sizeof iv, &sealed->iv);
    if (result == OST_OK)
        result = copy(s, tag, sizeof tag, &sealed->tag);
    return result == OST_OK ? copy(s, bytes, cek->size, &sealed->encrypted_key) : result;
}

static ost_result seal_direct(const sealing *s, content_key *cek)
{
    if (s->key->secret_size != cek->size)
        return OST_E_ARGUMENT;
    memcpy(cek->data, s->key->secret, cek->size);
    return OST_OK;
}

static ost_result seal_agreed(const sealing *s, content_key *cek, sealed_cek *sealed)
{
    unsigned char agreed[CEK_MAX_SIZE];
    bool direct = s->way->kek_size == 0;
    const agreement_info info = {
        .algorithm = text_of(direct ? ost_enc_name(s->enc) : ost_alg_name(s->alg)),
        .apu = s->options->apu,
        .apv = s->options->apv,
        .size = direct ? cek->size : s->way->kek_size,
    };
    ost_key *ephemeral;
    ost_result result = key_agreement_ephemeral(s->key, &ephemeral);
    if (result != OST_OK)
        return result;
    result = key_agreement_derive(ephemeral, s->key, &info, s->arena, agreed);
    if (result == OST_OK && direct)
        memcpy(cek->data, agreed, cek->size);
    else if (result == OST_OK)
        result = wrap(s, text_of_bytes(agreed, info.size), cek, sealed);
    wipe(agreed, sizeof agreed);
    if (result == OST_OK)
        sealed->ephemeral = ephemeral;
    else
        ost_key_unref(ephemeral);
    return result;
}

static ost_result seal_with_password(const sealing *s, const content_key *cek, sealed_cek *sealed)
{
    unsigned char salt[PBES2_SALT_SIZE], kek[CEK_MAX_SIZE];
    sealed->count = OR_DEFAULT(s->options->pbes2_count, PBES2_COUNT_DEFAULT);
    if (sealed->count < PBES2_COUNT_MIN)
        return OST_E_ARGUMENT;
    if (RAND_bytes(salt, sizeof salt) != 1)
        return OST_E_CRYPTO;
    ost_result result = password_key_derive(s->key, s->alg, text_of_bytes(salt, sizeof salt),
                                            sealed->count, s->arena, kek);
    if (result == OST_OK)
        result = copy(s, salt, sizeof salt, &sealed->salt);
    if (result == OST_OK)
        result = wrap(s, text_of_bytes(kek, s->way->kek_size), cek, sealed);
    wipe(kek, sizeof kek);
    return result;
}

ost_result cek_seal(const ost_key *key, ost_alg alg, ost_enc enc, const ost_jwe_options *options,
                    ost_arena *arena, content_key *cek, sealed_cek *ret_sealed)
{
    const sealing s = {key, alg, enc, way_find(alg), options, arena};
    *ret_sealed = (sealed_cek){0};
    switch (s.way->way) {
    case WAY_RSA:
        return seal_rsa(&s, cek, ret_sealed);
    case WAY_WRAP:
        return wrap(&s, text_of_bytes(key->secret, key->secret_size), cek, ret_sealed);
    case WAY_GCM:
        return seal_gcm(&s, cek, ret_sealed);
    case WAY_DIRECT:
        return seal_direct(&s, cek);
    case WAY_AGREE:
        return seal_agreed(&s, cek, ret_sealed);
    case WAY_PASSWORD:
    default:
        return seal_with_password(&s, cek, ret_sealed);
    }
}
