/* SPDX-License-Identifier: Apache-2.0 */
/* SEC 1 §4.1.4, step by step; see ecdsa_verify.h. */
#include "jose/verify/ecdsa_verify.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "base/array.h"
#include "base/context.h"
#include "jose/alg.h"
#include "jose/verify/modular_inverse.h"

#define INVERSE_SIZE (INVERSE_BITS / 8)

struct ecdsa_verifier {
    EC_GROUP *group;
    EC_POINT *key, *sum, *spare;
    const BIGNUM *order;
    size_t size;      /* bytes of a coordinate, of r and of s */
    wide order_limbs; /* where the order has just so many bits */
    BN_MONT_CTX *by_order, *by_field;
    BN_CTX *context;
    BIGNUM *field, *r, *s, *hash, *inverse, *power, *x, *z;
};

static bool read_key(ecdsa_verifier *verifier, const EVP_PKEY *pkey)
{
    unsigned char point[1 + 2 * CURVE_MAX_SIZE];
    size_t len;
    return EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point,
                                           &len) == 1 &&
           EC_POINT_oct2point(verifier->group, verifier->key, point, len, verifier->context) == 1;
}

static wide wide_of(const BIGNUM *number)
{
    wide w = {{0}};
    unsigned char bytes[INVERSE_SIZE];
    if (BN_bn2lebinpad(number, bytes, sizeof bytes) < 0)
        return w;
    for (size_t i = 0; i < sizeof bytes; i++)
        w.limbs[i / 8] |= (uint64_t)bytes[i] << 8 * (i % 8);
    return w;
}

static bool prepare_numbers(ecdsa_verifier *verifier)
{
    BIGNUM **const numbers[] = {&verifier->field,   &verifier->r,     &verifier->s, &verifier->hash,
                                &verifier->inverse, &verifier->power, &verifier->x, &verifier->z};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        *numbers[i] = BN_new();
        if (*numbers[i] == NULL)
            return false;
    }
    return true;
}

static bool prepare(ecdsa_verifier *verifier, const EVP_PKEY *pkey, const char *curve)
{
    verifier->context = BN_CTX_new();
    verifier->by_order = BN_MONT_CTX_new();
    verifier->by_field = BN_MONT_CTX_new();
    verifier->group = EC_GROUP_new_by_curve_name(OBJ_txt2nid(curve));
    if (verifier->context == NULL || verifier->by_order == NULL || verifier->by_field == NULL ||
        verifier->group == NULL || !prepare_numbers(verifier))
        return false;
    verifier->key = EC_POINT_new(verifier->group);
    verifier->sum = EC_POINT_new(verifier->group);
    verifier->spare = EC_POINT_new(verifier->group);
    verifier->order = EC_GROUP_get0_order(verifier->group);
    verifier->order_limbs = wide_of(verifier->order);
    verifier->size = (size_t)BN_num_bytes(verifier->order);
    return verifier->key != NULL && verifier->sum != NULL && verifier->spare != NULL &&
           EC_GROUP_get_curve(verifier->group, verifier->field, NULL, NULL, verifier->context) ==
               1 &&
           BN_MONT_CTX_set(verifier->by_field, verifier->field, verifier->context) == 1 &&
           BN_MONT_CTX_set(verifier->by_order, verifier->order, verifier->context) == 1 &&
           read_key(verifier, pkey);
}

ecdsa_verifier *ecdsa_verifier_new(const EVP_PKEY *pkey, const char *curve)
{
    ecdsa_verifier *verifier = memory_alloc(sizeof *verifier);
    if (verifier != NULL && !prepare(verifier, pkey, curve)) {
        ecdsa_verifier_free(verifier);
        verifier = NULL;
    }
    return verifier;
}

void ecdsa_verifier_free(ecdsa_verifier *verifier)
{
    if (verifier == NULL)
        return;
    BN_free(verifier->field);
    BN_free(verifier->r);
    BN_free(verifier->s);
    BN_free(verifier->hash);
    BN_free(verifier->inverse);
    BN_free(verifier->power);
    BN_free(verifier->x);
    BN_free(verifier->z);
    BN_MONT_CTX_free(verifier->by_order);
    BN_MONT_CTX_free(verifier->by_field);
    BN_CTX_free(verifier->context);
    EC_POINT_free(verifier->spare);
    EC_POINT_free(verifier->sum);
    EC_POINT_free(verifier->key);
    EC_GROUP_free(verifier->group);
    memory_free(verifier);
}

ec_table *ecdsa_table_new(const EVP_PKEY *pkey, const char *curve)
{
    ecdsa_verifier *verifier = ecdsa_verifier_new(pkey, curve);
    ec_table *table = verifier != NULL ? ec_table_new(verifier->group, verifier->key) : NULL;
    ecdsa_verifier_free(verifier);
    return table;
}

/* Step 3: the hash as a number of at most as many bits as n has, here below n. */
static bool read_numbers(ecdsa_verifier *verifier, const unsigned char *hash, size_t hash_size,
                         const unsigned char *signature)
{
    int size = (int)verifier->size;
    int more = 8 * (int)hash_size - BN_num_bits(verifier->order);
    if (BN_bin2bn(signature, size, verifier->r) == NULL ||
        BN_bin2bn(signature + size, size, verifier->s) == NULL ||
        BN_bin2bn(hash, (int)hash_size, verifier->hash) == NULL)
        return false;
    if (more > 0 && BN_rshift(verifier->hash, verifier->hash, more) != 1)
        return false;
    return BN_ucmp(verifier->hash, verifier->order) < 0 ||
           BN_usub(verifier->hash, verifier->hash, verifier->order) == 1;
}

/* Step 1: from 1 to n - 1. */
static bool in_range(const ecdsa_verifier *verifier, const BIGNUM *number)
{
    return !BN_is_zero(number) && BN_ucmp(number, verifier->order) < 0;
}

/* s^-1 in Montgomery's form, s^-1 * 2^256: a multiplication there divides by 2^256, so that one by
 * 2^(512 - k) makes it of s^-1 * 2^k. */
static bool invert_fast(ecdsa_verifier *verifier)
{
    unsigned char bytes[INVERSE_SIZE];
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

static bool invert(ecdsa_verifier *verifier)
{
    if (BN_num_bits(verifier->order) == INVERSE_BITS)
        return invert_fast(verifier);
    return BN_mod_inverse(verifier->inverse, verifier->s, verifier->order, verifier->context) !=
               NULL &&
           BN_to_montgomery(verifier->inverse, verifier->inverse, verifier->by_order,
                            verifier->context) == 1;
}

/* Steps 4 and 5: the point u1 * G + u2 * Q of u1 = hash / s and u2 = r / s. */
static bool add_up(ecdsa_verifier *verifier, const ec_table *table)
{
    BIGNUM *u1 = verifier->hash, *u2 = verifier->s;
    if (BN_mod_mul_montgomery(u1, verifier->hash, verifier->inverse, verifier->by_order,
                              verifier->context) != 1 ||
        BN_mod_mul_montgomery(u2, verifier->r, verifier->inverse, verifier->by_order,
                              verifier->context) != 1)
        return false;
    if (table != NULL)
        return ec_table_multiply(table, verifier->sum, verifier->spare, u1, u2, verifier->context);
    return EC_POINT_mul(verifier->group, verifier->sum, u1, verifier->key, u2, verifier->context) ==
           1;
}

/* Is `number` the x = X / Z^2 of the sum? `square` is Z^2 / 2^k, the number is brought to
 * number * 2^k, and their product there is number * Z^2 / 2^k, as X / 2^k is. */
static ost_result is_x(ecdsa_verifier *verifier, const BIGNUM *number, const BIGNUM *square)
{
    BIGNUM *product = verifier->inverse;
    if (BN_to_montgomery(product, number, verifier->by_field, verifier->context) != 1 ||
        BN_mod_mul_montgomery(product, product, square, verifier->by_field, verifier->context) != 1)
        return OST_E_CRYPTO;
    return BN_ucmp(product, verifier->x) == 0 ? OST_OK : OST_E_SIGNATURE;
}

/* Steps 6 to 8: x modulo n is r, so that x is r or r + n, if that is in the field (a field may be
 * larger than its group, by less than a group). */
static ost_result compare(ecdsa_verifier *verifier)
{
    BIGNUM *square = verifier->power;
    if (EC_POINT_is_at_infinity(verifier->group, verifier->sum))
        return OST_E_SIGNATURE;
    if (!ec_point_fraction(verifier->group, verifier->sum, verifier->x, verifier->z,
                           verifier->context) ||
        BN_mod_mul_montgomery(square, verifier->z, verifier->z, verifier->by_field,
                              verifier->context) != 1 ||
        BN_from_montgomery(verifier->x, verifier->x, verifier->by_field, verifier->context) != 1)
        return OST_E_CRYPTO;
    for (int i = 0; i < 2 && BN_ucmp(verifier->r, verifier->field) < 0; i++) {
        ost_result result = is_x(verifier, verifier->r, square);
        if (result != OST_E_SIGNATURE)
            return result;
        if (BN_uadd(verifier->r, verifier->r, verifier->order) != 1)
            return OST_E_CRYPTO;
    }
    return OST_E_SIGNATURE;
}

ost_result ecdsa_verify(ecdsa_verifier *verifier, const ec_table *table, const unsigned char *hash,
                        size_t hash_size, const unsigned char *signature)
{
    if (!read_numbers(verifier, hash, hash_size, signature))
        return OST_E_CRYPTO;
    if (!in_range(verifier, verifier->r) || !in_range(verifier, verifier->s))
        return OST_E_SIGNATURE;
    return invert(verifier) && add_up(verifier, table) ? compare(verifier) : OST_E_CRYPTO;
}
