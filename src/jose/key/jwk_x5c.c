/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing a JWK with the certificates it brings along: RFC 7517 §4.7–4.9. Two readers, one of
 * which takes the numbers and the other the certificate, must not end up with two keys. */
#include "jose/key/jwk_x5c.h"

#include "base/base64url.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/key/jwk_member.h"
#include "jose/key/key_der.h"

#define CHAIN_MAX 10
#define CERTIFICATE_MAX ((size_t)16 * 1024) /* bytes of one, decoded */

static ost_result malformed(ost_error *error, const char *sentence)
{
    return ost_error_set(error, OST_E_KEY_FORMAT, "%s", sentence);
}

/* Some issuers encode the hexadecimal digits of the digest instead of its bytes. They mean the
 * same, and their keys are as good. */
static bool is_hex_of(ost_text encoded, const unsigned char *hash, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char seen[2 * EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE];
    size_t seen_len;
    if (encoded.len != BASE64URL_LEN(2 * len) ||
        base64url_decode(encoded, seen, &seen_len) != OST_OK)
        return false;
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = digits[hash[i] >> 4];
        hex[2 * i + 1] = digits[hash[i] & 15];
    }
    return text_equal_ignoring_case((ost_text){hex, 2 * len},
                                    (ost_text){(const char *)seen, seen_len});
}

static ost_result check_digest(const ost_json *jwk, const char *name, const char *algorithm,
                               ost_text der, ost_error *error)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char expected[BASE64URL_LEN(EVP_MAX_MD_SIZE)];
    ost_text encoded = {0};
    size_t len = 0;
    const ost_json *member = jwk_get(jwk, name);
    if (member == NULL)
        return OST_OK;
    if (EVP_Q_digest(NULL, algorithm, NULL, der.data, der.len, hash, &len) != 1)
        return ost_error_set(error, OST_E_CRYPTO, "%s failed", algorithm);
    ost_text same = {expected, base64url_encode(hash, len, expected)};
    if (ost_json_text(member, &encoded) &&
        (text_equal(encoded, same) || is_hex_of(encoded, hash, len)))
        return OST_OK;
    return ost_error_set(error, OST_E_KEY_FORMAT, "\"%s\" is not that of the certificate", name);
}

static ost_result check_first(const ost_json *jwk, ost_text der, const ost_key *key,
                              ost_error *error)
{
    pkey_auto EVP_PKEY *theirs = der_read(DER_CERTIFICATE, der);
    if (theirs == NULL)
        return malformed(error, "\"x5c\" does not begin with a certificate");
    pkey_auto EVP_PKEY *ours = key_pkey(key);
    if (ours == NULL)
        return ost_error_set(error, OST_E_CRYPTO, "out of memory");
    if (EVP_PKEY_eq(ours, theirs) != 1)
        return malformed(error, "the certificate in \"x5c\" is of another key");
    ost_result result = check_digest(jwk, "x5t", "SHA1", der, error);
    if (result == OST_OK)
        result = check_digest(jwk, "x5t#S256", "SHA256", der, error);
    return result;
}

/* Only the first certificate is of interest; of the others it is seen that they are there. */
static ost_result check_entry(const ost_json *entry, size_t number, const ost_json *jwk,
                              const ost_key *key, ost_arena *arena, ost_error *error)
{
    ost_text encoded;
    size_t len;
    if (!ost_json_text(entry, &encoded) || encoded.len > CERTIFICATE_MAX / 3 * 4)
        return malformed(error, "\"x5c\" holds more than certificates in base64");
    unsigned char *der = ost_arena_alloc(arena, encoded.len + 1);
    if (der == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (base64_decode(encoded, der, &len) != OST_OK)
        return malformed(error, "\"x5c\" is not strict base64");
    ost_text text = {(const char *)der, len};
    if (number == 0)
        return check_first(jwk, text, key, error);
    return der_is_sequence(text) ? OST_OK : malformed(error, "\"x5c\" is not in DER");
}

ost_result jwk_check_x5c(const ost_json *jwk, const ost_key *key, ost_error *error)
{
    const ost_json *chain = jwk_get(jwk, "x5c");
    size_t number = 0;
    ost_result result = OST_OK;
    if (chain == NULL || (ost_json_is(chain, OST_JSON_ARRAY) && ost_json_count(chain) == 0))
        return OST_OK; /* an empty chain says as little as none */
    if (!ost_json_is(chain, OST_JSON_ARRAY) || ost_json_count(chain) > CHAIN_MAX)
        return malformed(error, "\"x5c\" is not an array of a few certificates");
    if (key->type == OST_KEY_OCT)
        return malformed(error, "\"x5c\" with a secret");
    ost_arena *arena = ost_arena_new(CHAIN_MAX * CERTIFICATE_MAX * 2);
    if (arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    const ost_json *entry = ost_json_first(chain);
    for (; result == OST_OK && entry != NULL; entry = ost_json_next(entry))
        result = check_entry(entry, number++, jwk, key, arena, error);
    ost_arena_free(arena);
    return result;
}
