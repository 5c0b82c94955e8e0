/* RSASSA-PKCS1-v1_5 verification; see rsa_pkcs1.h. What the signature ought to contain is built and
 * compared as a whole: nothing of what it does contain is parsed. */
#include "rsa_pkcs1.h"

#include <string.h>

#include "context.h"

struct rsa_public {
    BN_MONT_CTX *modulus;
    BIGNUM *n;
    size_t size; /* bytes of n */
    uint64_t e;
};

struct rsa_scratch {
    BN_CTX *context;
    BIGNUM *signature, *base, *power;
    unsigned char bytes[]; /* what was signed, and what should have been */
};

/* RFC 8017 §9.2, note 1: the DER of DigestInfo up to the digest. */
#define DIGEST_INFO_SIZE 19
static const unsigned char digest_infos[HASH_COUNT][DIGEST_INFO_SIZE] = {
    [HASH_SHA256] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                     0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
    [HASH_SHA384] = {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                     0x02, 0x02, 0x05, 0x00, 0x04, 0x30},
    [HASH_SHA512] = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                     0x02, 0x03, 0x05, 0x00, 0x04, 0x40},
};

rsa_public *rsa_public_new(const BIGNUM *n, uint64_t e)
{
    BN_CTX *context = BN_CTX_new();
    rsa_public *key = memory_alloc(sizeof *key);
    if (key != NULL) {
        key->n = BN_dup(n);
        key->modulus = BN_MONT_CTX_new();
        key->size = (size_t)BN_num_bytes(n);
        key->e = e;
        if (context == NULL || key->n == NULL || key->modulus == NULL ||
            BN_MONT_CTX_set(key->modulus, n, context) != 1) {
            rsa_public_free(key);
            key = NULL;
        }
    }
    BN_CTX_free(context);
    return key;
}

void rsa_public_free(rsa_public *key)
{
    if (key == NULL)
        return;
    BN_MONT_CTX_free(key->modulus);
    BN_free(key->n);
    memory_free(key);
}

rsa_scratch *rsa_scratch_new(const rsa_public *key)
{
    rsa_scratch *scratch = memory_alloc(sizeof *scratch + 2 * key->size);
    if (scratch == NULL)
        return NULL;
    scratch->context = BN_CTX_new();
    scratch->signature = BN_new();
    scratch->base = BN_new();
    scratch->power = BN_new();
    if (scratch->context == NULL || scratch->signature == NULL || scratch->base == NULL ||
        scratch->power == NULL) {
        rsa_scratch_free(scratch);
        return NULL;
    }
    return scratch;
}

void rsa_scratch_free(rsa_scratch *scratch)
{
    if (scratch == NULL)
        return;
    BN_CTX_free(scratch->context);
    BN_free(scratch->signature);
    BN_free(scratch->base);
    BN_free(scratch->power);
    memory_free(scratch);
}

/* power = signature ^ e mod n, by squaring and multiplying from the exponent's second bit on. All
 * but the last multiplication are of numbers in Montgomery's form; the last, by the signature as
 * it came, also leads out of it. e is odd, so there is a last one. */
static bool raise(const rsa_public *key, rsa_scratch *scratch)
{
    BIGNUM *base = scratch->base, *power = scratch->power;
    BN_MONT_CTX *modulus = key->modulus;
    BN_CTX *context = scratch->context;
    if (BN_to_montgomery(base, scratch->signature, modulus, context) != 1 ||
        BN_copy(power, base) == NULL)
        return false;
    for (int bit = 62 - __builtin_clzll(key->e); bit >= 0; bit--) {
        if (BN_mod_mul_montgomery(power, power, power, modulus, context) != 1)
            return false;
        if (bit > 0 && (key->e >> bit & 1) != 0 &&
            BN_mod_mul_montgomery(power, power, base, modulus, context) != 1)
            return false;
    }
    return BN_mod_mul_montgomery(power, power, scratch->signature, modulus, context) == 1;
}

/* EMSA-PKCS1-v1_5 (RFC 8017 §9.2): 0x00 0x01 0xff … 0x00 DigestInfo. */
static bool encode(hash_id hash, const unsigned char *digest, unsigned char *ret, size_t size)
{
    size_t digest_size = hash_find(hash)->size, info = DIGEST_INFO_SIZE + digest_size;
    if (size < info + 11) /* at least eight bytes of padding */
        return false;
    memset(ret, 0xff, size);
    ret[0] = 0x00;
    ret[1] = 0x01;
    ret[size - info - 1] = 0x00;
    memcpy(ret + size - info, digest_infos[hash], DIGEST_INFO_SIZE);
    memcpy(ret + size - digest_size, digest, digest_size);
    return true;
}

ost_result rsa_pkcs1_verify(const rsa_public *key, rsa_scratch *scratch, hash_id hash,
                            const unsigned char *digest, const unsigned char *signature,
                            size_t size)
{
    unsigned char *seen = scratch->bytes, *expected = scratch->bytes + key->size;
    if (size != key->size || !encode(hash, digest, expected, size))
        return OST_E_SIGNATURE;
    if (BN_bin2bn(signature, (int)size, scratch->signature) == NULL)
        return OST_E_CRYPTO;
    /* §5.2.2: a number that is not below n represents no signature. */
    if (BN_ucmp(scratch->signature, key->n) >= 0)
        return OST_E_SIGNATURE;
    if (!raise(key, scratch) || BN_bn2binpad(scratch->power, seen, (int)size) != (int)size)
        return OST_E_CRYPTO;
    return memcmp(seen, expected, size) == 0 ? OST_OK : OST_E_SIGNATURE;
}
