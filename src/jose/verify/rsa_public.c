/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of RSA, and raising to the public exponent; see rsa_public.h. */
#include "jose/verify/rsa_public.h"

#include <openssl/bn.h>

#include "base/context.h"
#include "jose/verify/rsa_wide.h"

struct rsa_public {
    BN_MONT_CTX *modulus;
    BIGNUM *n;
    uint64_t e;
    rsa_wide *wide; /* NULL: not for this key, or not here */
};

rsa_public *rsa_public_new(const BIGNUM *n, uint64_t e)
{
    BN_CTX *context = BN_CTX_new();
    rsa_public *key = memory_alloc(sizeof *key);
    if (key != NULL) {
        key->n = BN_dup(n);
        key->modulus = BN_MONT_CTX_new();
        key->e = e;
        if (context == NULL || key->n == NULL || key->modulus == NULL ||
            BN_MONT_CTX_set(key->modulus, n, context) != 1) {
            rsa_public_free(key);
            key = NULL;
        } else {
            key->wide = rsa_wide_new(n, e);
        }
    }
    BN_CTX_free(context);
    return key;
}

void rsa_public_free(rsa_public *key)
{
    if (key == NULL)
        return;
    rsa_wide_free(key->wide);
    BN_MONT_CTX_free(key->modulus);
    BN_free(key->n);
    memory_free(key);
}

rsa_scratch *rsa_scratch_new(const rsa_public *key)
{
    size_t size = (size_t)BN_num_bytes(key->n);
    rsa_scratch *scratch = memory_alloc(sizeof *scratch + 2 * size);
    if (scratch == NULL)
        return NULL;
    scratch->bits = (unsigned)BN_num_bits(key->n);
    scratch->size = size;
    scratch->block = scratch->bytes;
    scratch->spare = scratch->bytes + size;
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

ost_result rsa_public_raise(const rsa_public *key, rsa_scratch *scratch,
                            const unsigned char *signature, size_t size)
{
    if (size != scratch->size)
        return OST_E_SIGNATURE;
    if (key->wide != NULL && rsa_wide_raise(key->wide, signature, scratch->block))
        return OST_OK;
    if (BN_bin2bn(signature, (int)size, scratch->signature) == NULL)
        return OST_E_CRYPTO;
    /* §5.2.2: a number that is not below n represents no signature. */
    if (BN_ucmp(scratch->signature, key->n) >= 0)
        return OST_E_SIGNATURE;
    return raise(key, scratch) &&
                   BN_bn2binpad(scratch->power, scratch->block, (int)size) == (int)size
               ? OST_OK
               : OST_E_CRYPTO;
}
