/* SPDX-License-Identifier: Apache-2.0 */
/* SEC 1 §4.1.4, step by step; see ecdsa_p256.h. */
#include "jose/verify/ecdsa_p256.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/array.h"
#include "base/context.h"
#include "jose/verify/modular_inverse.h"

struct ecdsa_p256 {
    EC_GROUP *group;
    EC_POINT *key, *sum;
    const BIGNUM *order;
    wide order_limbs;
    BN_MONT_CTX *by_order;
    BN_CTX *context;
    BIGNUM *r, *s, *hash, *inverse, *power, *x;
};

static bool read_key(ecdsa_p256 *verifier, const EVP_PKEY *pkey)
{
    unsigned char point[1 + 2 * P256_SIZE];
    size_t len;
    return EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point,
                                           &len) == 1 &&
           EC_POINT_oct2point(verifier->group, verifier->key, point, len, verifier->context) == 1;
}

static wide wide_of(const BIGNUM *number)
{
    wide w = {{0}};
    unsigned char bytes[P256_SIZE];
    if (BN_bn2lebinpad(number, bytes, sizeof bytes) < 0)
        return w;
    for (size_t i = 0; i < sizeof bytes; i++)
        w.limbs[i / 8] |= (uint64_t)bytes[i] << 8 * (i % 8);
    return w;
}

static bool prepare(ecdsa_p256 *verifier, const EVP_PKEY *pkey)
{
    BIGNUM **const numbers[] = {&verifier->r,       &verifier->s,     &verifier->hash,
                                &verifier->inverse, &verifier->power, &verifier->x};
    verifier->context = BN_CTX_new();
    verifier->by_order = BN_MONT_CTX_new();
    verifier->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    if (verifier->context == NULL || verifier->by_order == NULL || verifier->group == NULL)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        *numbers[i] = BN_new();
        if (*numbers[i] == NULL)
            return false;
    }
    verifier->key = EC_POINT_new(verifier->group);
    verifier->sum = EC_POINT_new(verifier->group);
    verifier->order = EC_GROUP_get0_order(verifier->group);
    verifier->order_limbs = wide_of(verifier->order);
    return verifier->key != NULL && verifier->sum != NULL &&
           BN_MONT_CTX_set(verifier->by_order, verifier->order, verifier->context) == 1 &&
           read_key(verifier, pkey);
}

ecdsa_p256 *ecdsa_p256_new(const EVP_PKEY *pkey)
{
    ecdsa_p256 *verifier = memory_alloc(sizeof *verifier);
    if (verifier != NULL && !prepare(verifier, pkey)) {
        ecdsa_p256_free(verifier);
        verifier = NULL;
    }
    return verifier;
}

void ecdsa_p256_free(ecdsa_p256 *verifier)
{
    if (verifier == NULL)
        return;
    BN_free(verifier->r);
    BN_free(verifier->s);
    BN_free(verifier->hash);
    BN_free(verifier->inverse);
    BN_free(verifier->power);
    BN_free(verifier->x);
    BN_MONT_CTX_free(verifier->by_order);
    BN_CTX_free(verifier->context);
    EC_POINT_free(verifier->sum);
    EC_POINT_free(verifier->key);
    EC_GROUP_free(verifier->group);
    memory_free(verifier);
}

/* Step 3: the hash as a number, here below n. */
static bool read_numbers(ecdsa_p256 *verifier, const unsigned char *hash,
                         const unsigned char *signature)
{
    if (BN_bin2bn(signature, P256_SIZE, verifier->r) == NULL ||
        BN_bin2bn(signature + P256_SIZE, P256_SIZE, verifier->s) == NULL ||
        BN_bin2bn(hash, P256_SIZE, verifier->hash) == NULL)
        return false;
    return BN_ucmp(verifier->hash, verifier->order) < 0 ||
           BN_usub(verifier->hash, verifier->hash, verifier->order) == 1;
}

/* Step 1: from 1 to n - 1. */
static bool in_range(const ecdsa_p256 *verifier, const BIGNUM *number)
{
    return !BN_is_zero(number) && BN_ucmp(number, verifier->order) < 0;
}

/* s^-1 in Montgomery's form, s^-1 * 2^256: a multiplication there divides by 2^256, so that one by
 * 2^(512 - k) makes it of s^-1 * 2^k. */
static bool invert(ecdsa_p256 *verifier)
{
    unsigned char bytes[P256_SIZE];
    wide s = wide_of(verifier->s), inverse;
    unsigned k = modular_almost_inverse(&s, &verifier->order_limbs, &inverse);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(inverse.limbs[i / 8] >> 8 * (i % 8));
    if (BN_lebin2bn(bytes, sizeof bytes, verifier->inverse) == NULL)
        return false;
    if (k == INVERSE_BITS)
        return true;
    BN_zero(verifier->power);
    return BN_set_bit(verifier->power, (int)(2 * INVERSE_BITS - k)) == 1 &&
           BN_mod_mul_montgomery(verifier->inverse, verifier->inverse, verifier->power,
                                 verifier->by_order, verifier->context) == 1;
}

/* Steps 4 and 5: the point u1 * G + u2 * Q of u1 = hash / s and u2 = r / s. */
static bool add_up(ecdsa_p256 *verifier)
{
    BIGNUM *u1 = verifier->hash, *u2 = verifier->s;
    return BN_mod_mul_montgomery(u1, verifier->hash, verifier->inverse, verifier->by_order,
                                 verifier->context) == 1 &&
           BN_mod_mul_montgomery(u2, verifier->r, verifier->inverse, verifier->by_order,
                                 verifier->context) == 1 &&
           EC_POINT_mul(verifier->group, verifier->sum, u1, verifier->key, u2, verifier->context) ==
               1;
}

/* Steps 6 to 8. The field is larger than the group, by less than a group. */
static ost_result compare(ecdsa_p256 *verifier)
{
    if (EC_POINT_is_at_infinity(verifier->group, verifier->sum))
        return OST_E_SIGNATURE;
    if (EC_POINT_get_affine_coordinates(verifier->group, verifier->sum, verifier->x, NULL,
                                        verifier->context) != 1 ||
        (BN_ucmp(verifier->x, verifier->order) >= 0 &&
         BN_usub(verifier->x, verifier->x, verifier->order) != 1))
        return OST_E_CRYPTO;
    return BN_ucmp(verifier->x, verifier->r) == 0 ? OST_OK : OST_E_SIGNATURE;
}

ost_result ecdsa_p256_verify(ecdsa_p256 *verifier, const unsigned char hash[P256_SIZE],
                             const unsigned char signature[2 * P256_SIZE])
{
    if (!read_numbers(verifier, hash, signature))
        return OST_E_CRYPTO;
    if (!in_range(verifier, verifier->r) || !in_range(verifier, verifier->s))
        return OST_E_SIGNATURE;
    return invert(verifier) && add_up(verifier) ? compare(verifier) : OST_E_CRYPTO;
}
