/* SPDX-License-Identifier: Apache-2.0 */
/* ECDH and the Concat KDF of NIST SP 800-56A §5.8.1 as RFC 7518 §4.6.2 fills it in. */
#include "jose/jwe/key_agreement.h"

#include <string.h>

#include "base/text.h"
#include "jose/crypto_auto.h"

#define SECRET_SIZE CURVE_MAX_SIZE
#define HASH_SIZE 32

/* Of two keys on one curve, whose points were looked at when the keys were made: that these agree
 * upon nothing does not happen. */
static ost_result agree(const ost_key *ours, const ost_key *theirs, unsigned char ret[SECRET_SIZE],
                        size_t *ret_len)
{
    size_t len = SECRET_SIZE;
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, ours->pkey, NULL);
    if (context == NULL || EVP_PKEY_derive_init(context) != 1 ||
        EVP_PKEY_derive_set_peer_ex(context, theirs->pkey, 1) != 1 ||
        EVP_PKEY_derive(context, ret, &len) != 1)
        return OST_E_CRYPTO;
    *ret_len = len;
    return OST_OK;
}

static unsigned char *put_number(unsigned char *at, size_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (unsigned char)(number >> shift);
    return at;
}

static unsigned char *put_text(unsigned char *at, ost_text text)
{
    if (text.len > 0)
        memcpy(at, text.data, text.len);
    return at + text.len;
}

static unsigned char *put_counted(unsigned char *at, ost_text text)
{
    return put_text(put_number(at, text.len), text);
}

/* As many rounds of SHA-256 over counter, secret and info as the key is long. */
static ost_result derive(ost_text secret, const agreement_info *info, ost_arena *arena,
                         unsigned char *ret)
{
    size_t len = 4 + secret.len + 12 + info->algorithm.len + info->apu.len + info->apv.len + 4;
    unsigned char *input = ost_arena_alloc(arena, len), hash[HASH_SIZE];
    if (input == NULL)
        return OST_E_MEMORY;
    unsigned char *at = put_text(input + 4, secret);
    at = put_counted(at, info->algorithm);
    at = put_counted(at, info->apu);
    at = put_counted(at, info->apv);
    put_number(at, info->size * 8);
    ost_result result = OST_OK;
    for (size_t done = 0, round = 1; done < info->size && result == OST_OK; round++) {
        put_number(input, round);
        result = ost_sha256(text_of_bytes(input, len), hash);
        size_t piece = info->size - done < HASH_SIZE ? info->size - done : HASH_SIZE;
        memcpy(ret + done, hash, piece);
        done += piece;
    }
    wipe(input, len);
    wipe(hash, sizeof hash);
    return result;
}

static bool same_curve(const ost_key *a, const ost_key *b)
{
    const char *of_a = key_curve_name(a), *of_b = key_curve_name(b);
    return a->type == b->type && of_a != NULL && of_b != NULL && strcmp(of_a, of_b) == 0;
}

ost_result key_agreement_derive(const ost_key *ours, const ost_key *theirs,
                                const agreement_info *info, ost_arena *arena, unsigned char *ret)
{
    unsigned char secret[SECRET_SIZE];
    size_t len;
    if (!same_curve(ours, theirs))
        return OST_E_DECRYPTION;
    ost_result result = agree(ours, theirs, secret, &len);
    if (result == OST_OK)
        result = derive(text_of_bytes(secret, len), info, arena, ret);
    wipe(secret, sizeof secret);
    return result;
}

ost_result key_agreement_ephemeral(const ost_key *peer, ost_key **ret_key)
{
    ost_key *key = key_new(peer->type);
    if (key == NULL)
        return OST_E_MEMORY;
    ost_result result = peer->type == OST_KEY_EC ? key_ec_generate(peer->curve, key)
                                                 : key_okp_generate(peer->curve, key);
    if (result == OST_OK)
        *ret_key = key;
    else
        ost_key_unref(key);
    return result;
}
