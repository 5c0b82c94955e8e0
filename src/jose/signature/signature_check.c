/* SPDX-License-Identifier: Apache-2.0 */
/* Checking signatures: RFC 7518 §3.2–3.5, RFC 8037 §3.1. The key decides what is checked; the
 * token's algorithm must be one that it serves. */
#include <openssl/crypto.h>

#include "jose/key/prepared.h"
#include "jose/signature/signature.h"
#include "jose/verify/rsa_pkcs1.h"
#include "jose/verify/rsa_pss.h"

size_t signature_size(const ost_key *key, ost_alg alg)
{
    size_t fixed = alg_find(alg)->signature_size;
    if (fixed > 0)
        return fixed;
    return key->type == OST_KEY_OKP ? 2 * key->curve->size : (key->bits + 7) / 8;
}

static ost_result check_mac(const prepared_use *use, ost_text input, const unsigned char *bytes,
                            size_t size)
{
    unsigned char mac[HASH_MAX_SIZE];
    size_t len;
    if (!prepared_mac(use, input, mac, &len))
        return OST_E_CRYPTO;
    return len == size && CRYPTO_memcmp(mac, bytes, size) == 0 ? OST_OK : OST_E_SIGNATURE;
}

static ost_result check_rsa(const ost_key *key, const prepared_use *use, const unsigned char *bytes,
                            size_t size, const unsigned char *hash)
{
    const prepared *contexts = use->contexts;
    const alg_facts *facts = alg_find(contexts->alg);
    return facts->padding == PADDING_PSS
               ? rsa_pss_verify(key->rsa, contexts->rsa, facts->hash, contexts->digest, hash, bytes,
                                size)
               : rsa_pkcs1_verify(key->rsa, contexts->rsa, facts->hash, hash, bytes, size);
}

static ost_result check_hash(const ost_key *key, const prepared_use *use, ost_text input,
                             const unsigned char *bytes, size_t size)
{
    const alg_facts *facts = alg_find(use->contexts->alg);
    unsigned char hash[HASH_MAX_SIZE];
    size_t hash_size;
    if (!prepared_digest(use, input, hash, &hash_size))
        return OST_E_CRYPTO;
    if (facts->type == OST_KEY_RSA)
        return check_rsa(key, use, bytes, size, hash);
    const ec_table *table =
        key_table_use(&key->working->table, key->working->key, key->pkey, key->curve->openssl);
    return ecdsa_verify(use->contexts->ecdsa, table, hash, hash_size, bytes);
}

ost_result signature_check(const ost_key *key, ost_alg alg, ost_text input, ost_text signature)
{
    const alg_facts *facts = alg_find(alg);
    const unsigned char *bytes = (const unsigned char *)signature.data;
    size_t size = signature.len;
    prepared_use use;
    if (!alg_signs(alg) || !key_may(key, alg, false))
        return OST_E_KEY_USE;
    if (size != signature_size(key, alg))
        return OST_E_SIGNATURE;
    if (facts->type == OST_KEY_OKP) {
        return signature_check_okp(key, input, bytes);
    }
    ost_result result = prepared_take(key, alg, false, &use);
    if (result != OST_OK)
        return result;
    result = facts->type == OST_KEY_OCT ? check_mac(&use, input, bytes, size)
                                        : check_hash(key, &use, input, bytes, size);
    prepared_give(&use);
    return result;
}
