/* SPDX-License-Identifier: Apache-2.0 */
/* RSASSA-PKCS1-v1_5 verification; see rsa_pkcs1.h. What the signature ought to contain is built and
 * compared as a whole: nothing of what it does contain is parsed. */
#include "jose/verify/rsa_pkcs1.h"

#include <string.h>

static const unsigned char digest_infos[HASH_COUNT][RSA_DIGEST_INFO_SIZE] = {
    [HASH_SHA256] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                     0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
    [HASH_SHA384] = {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                     0x02, 0x02, 0x05, 0x00, 0x04, 0x30},
    [HASH_SHA512] = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                     0x02, 0x03, 0x05, 0x00, 0x04, 0x40},
};

const unsigned char *rsa_digest_info(hash_id hash)
{
    return digest_infos[hash];
}

/* EMSA-PKCS1-v1_5 (RFC 8017 §9.2): 0x00 0x01 0xff … 0x00 DigestInfo. */
static bool encode(hash_id hash, const unsigned char *digest, unsigned char *ret, size_t size)
{
    size_t digest_size = hash_find(hash)->size, info = RSA_DIGEST_INFO_SIZE + digest_size;
    if (size < info + 11) /* at least eight bytes of padding */
        return false;
    memset(ret, 0xff, size);
    ret[0] = 0x00;
    ret[1] = 0x01;
    ret[size - info - 1] = 0x00;
    memcpy(ret + size - info, digest_infos[hash], RSA_DIGEST_INFO_SIZE);
    memcpy(ret + size - digest_size, digest, digest_size);
    return true;
}

ost_result rsa_pkcs1_verify(const rsa_public *key, rsa_scratch *scratch, hash_id hash,
                            const unsigned char *digest, const unsigned char *signature,
                            size_t size)
{
    if (!encode(hash, digest, scratch->spare, scratch->size))
        return OST_E_SIGNATURE;
    ost_result result = rsa_public_raise(key, scratch, signature, size);
    if (result == OST_OK && memcmp(scratch->block, scratch->spare, size) != 0)
        result = OST_E_SIGNATURE;
    return result;
}
