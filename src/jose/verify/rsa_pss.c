/* SPDX-License-Identifier: Apache-2.0 */
/* EMSA-PSS verification (RFC 8017 §9.1.2), step by step; see rsa_pss.h. */
#include "jose/verify/rsa_pss.h"

#include <string.h>

#include "base/text.h"
#include "jose/digest.h"

#define TRAILER 0xbc
#define ZEROS 8   /* before the digest and the salt in what is hashed */
#define COUNTER 4 /* bytes of MGF1's counter, of which the lowest is enough for any modulus */

/* An encoded message: maskedDB || H || 0xbc, one bit shorter than the modulus. */
typedef struct encoded {
    unsigned char *db; /* zeros, 0x01, and the salt */
    const unsigned char *hash;
    size_t db_size, hash_size;
    unsigned char first_bits; /* of the first byte, those that are the message's */
} encoded;

/* Steps 3 to 6. Where the message is a byte shorter than the modulus, that byte must be zero. */
static bool take_apart(const rsa_scratch *scratch, size_t hash_size, encoded *ret)
{
    unsigned bits = scratch->bits - 1;
    size_t size = (bits + 7) / 8, ahead = scratch->size - size;
    unsigned char *start = scratch->block + ahead;
    unsigned char first_bits = (unsigned char)(0xff >> (8 * size - bits));
    if (size < 2 * hash_size + 2)
        return false;
    *ret = (encoded){
        .db = start,
        .hash = start + size - 1 - hash_size,
        .db_size = size - 1 - hash_size,
        .hash_size = hash_size,
        .first_bits = first_bits,
    };
    return (ahead == 0 || scratch->block[0] == 0) && start[size - 1] == TRAILER &&
           (start[0] & ~first_bits) == 0;
}

/* Steps 7 to 9: MGF1 (appendix B.2.1) of the hash. */
static bool unmask(const encoded *message, EVP_MD_CTX *hasher)
{
    unsigned char seed[HASH_MAX_SIZE + COUNTER] = {0}, mask[HASH_MAX_SIZE];
    size_t size = message->hash_size;
    memcpy(seed, message->hash, size);
    for (size_t done = 0; done < message->db_size; done += size) {
        size_t piece = message->db_size - done < size ? message->db_size - done : size;
        if (!digest_with(hasher, text_of_bytes(seed, size + COUNTER), mask))
            return false;
        for (size_t i = 0; i < piece; i++)
            message->db[done + i] ^= mask[i];
        seed[size + COUNTER - 1]++;
    }
    message->db[0] &= message->first_bits;
    return true;
}

/* Step 10. */
static bool has_salt(const encoded *message)
{
    size_t zeros = message->db_size - message->hash_size - 1;
    unsigned char any = 0;
    for (size_t i = 0; i < zeros; i++)
        any |= message->db[i];
    return any == 0 && message->db[zeros] == 0x01;
}

/* Steps 11 to 14. */
static ost_result compare(const encoded *message, EVP_MD_CTX *hasher, const unsigned char *digest)
{
    unsigned char input[ZEROS + 2 * HASH_MAX_SIZE] = {0}, hash[HASH_MAX_SIZE];
    size_t size = message->hash_size;
    memcpy(input + ZEROS, digest, size);
    memcpy(input + ZEROS + size, message->db + message->db_size - size, size);
    if (!digest_with(hasher, text_of_bytes(input, ZEROS + 2 * size), hash))
        return OST_E_CRYPTO;
    return memcmp(hash, message->hash, size) == 0 ? OST_OK : OST_E_SIGNATURE;
}

ost_result rsa_pss_verify(const rsa_public *key, rsa_scratch *scratch, hash_id hash,
                          EVP_MD_CTX *hasher, const unsigned char *digest,
                          const unsigned char *signature, size_t size)
{
    encoded message;
    ost_result result = rsa_public_raise(key, scratch, signature, size);
    if (result != OST_OK)
        return result;
    if (!take_apart(scratch, hash_find(hash)->size, &message))
        return OST_E_SIGNATURE;
    if (!unmask(&message, hasher))
        return OST_E_CRYPTO;
    return has_salt(&message) ? compare(&message, hasher, digest) : OST_E_SIGNATURE;
}
