/* Verifying a JWS: RFC 7515 §5.2 steps 6–8, with the algorithms of RFC 7518 §3 and RFC 8037 §3.1.
 * The key decides what is checked; the token's algorithm must be one that it serves. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <sodium.h>

#include "base64url.h"
#include "ecdsa.h"
#include "key.h"
#include "prepared.h"

/* The one length that a signature of this key and algorithm has. */
static size_t signature_size(const ost_key *key, const alg_facts *facts)
{
    return facts->signature_size > 0 ? facts->signature_size : (key->bits + 7) / 8;
}

static ost_result read_signature(ost_text encoded, size_t size, unsigned char *ret)
{
    size_t len;
    if (encoded.len != BASE64URL_LEN(size))
        return OST_E_SIGNATURE;
    return base64url_decode(encoded, ret, &len) == OST_OK ? OST_OK : OST_E_TOKEN_FORMAT;
}

static bool mac_matches(const prepared_use *use, ost_text input, const unsigned char *bytes,
                        size_t size)
{
    unsigned char mac[HASH_MAX_SIZE];
    size_t len;
    return prepared_mac(use, input, mac, &len) && len == size &&
           CRYPTO_memcmp(mac, bytes, size) == 0;
}

static bool pkey_accepts(const prepared_use *use, const unsigned char *bytes, size_t size,
                         const unsigned char *hash, size_t hash_size)
{
    ERR_set_mark(); /* a refused signature leaves nothing in the library's error queue */
    int accepted = EVP_PKEY_verify(use->contexts->pkey, bytes, size, hash, hash_size);
    ERR_pop_to_mark();
    return accepted == 1;
}

static bool hash_accepted(const ost_key *key, const prepared_use *use, ost_text input,
                          const unsigned char *bytes, size_t size)
{
    const alg_facts *facts = alg_find(use->contexts->alg);
    unsigned char hash[HASH_MAX_SIZE], der[ECDSA_DER_MAX];
    size_t hash_size;
    if (!prepared_digest(use, input, hash, &hash_size))
        return false;
    if (facts->padding == PADDING_PKCS1)
        return rsa_pkcs1_verify(key->rsa, use->contexts->rsa, facts->hash, hash, bytes, size);
    if (facts->padding == PADDING_PSS)
        return pkey_accepts(use, bytes, size, hash, hash_size);
    return ecdsa_to_der(facts->curve, bytes, der, &size) &&
           pkey_accepts(use, der, size, hash, hash_size);
}

static ost_result check_signature(const ost_key *key, ost_alg alg, ost_text input,
                                  const unsigned char *bytes, size_t size)
{
    const alg_facts *facts = alg_find(alg);
    prepared_use use;
    bool matches;
    if (facts->type == OST_KEY_OKP) {
        matches = crypto_sign_verify_detached(bytes, (const unsigned char *)input.data, input.len,
                                              key->okp_public) == 0;
        return matches ? OST_OK : OST_E_SIGNATURE;
    }
    ost_result result = prepared_take(key, alg, false, &use);
    if (result != OST_OK)
        return result;
    matches = facts->type == OST_KEY_OCT ? mac_matches(&use, input, bytes, size)
                                         : hash_accepted(key, &use, input, bytes, size);
    prepared_give(&use);
    return matches ? OST_OK : OST_E_SIGNATURE;
}

ost_result ost_jws_verify(const ost_unverified_jws *jws, const ost_key *key, ost_arena *arena,
                          ost_text *ret_payload)
{
    unsigned char bytes[SIGNATURE_MAX_SIZE];
    ost_text payload;
    if (!ost_key_serves(key, jws->alg) || (key->ops & KEY_VERIFY) == 0)
        return OST_E_KEY_USE;
    size_t size = signature_size(key, alg_find(jws->alg));
    ost_result result = read_signature(jws->signature_encoded, size, bytes);
    if (result == OST_OK)
        result = base64url_decode_to(arena, jws->payload_encoded, &payload);
    if (result == OST_E_BASE64)
        result = OST_E_TOKEN_FORMAT;
    if (result == OST_OK)
        result = check_signature(key, jws->alg, jws->signing_input, bytes, size);
    if (result == OST_OK)
        *ret_payload = payload;
    return result;
}
