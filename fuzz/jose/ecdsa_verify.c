/* SPDX-License-Identifier: Apache-2.0 */
/* Any hash and any signature, on each curve: OpenSSL's verdict, ours without a table and ours with
 * one are the same. So that good signatures come up, the bytes may also be the two factors by which
 * a verifier multiplies, of which the signature and the hash are made. */
#include <stdint.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "fixed_keys.h"
#include "jose/crypto_auto.h"
#include "jose/key/key_state.h"
#include "jose/signature/ecdsa.h"
#include "jose/verify/ecdsa_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CURVES 4
static const size_t keys[CURVES] = {1, 2, 3, 6}; /* among the fixed ones */

typedef struct prepared_key {
    const ost_key *key;
    ecdsa_verifier *verifier;
    ec_table *table;
    EC_GROUP *group;
    EC_POINT *point, *sum;
    BN_CTX *context;
} prepared_key;

static prepared_key *prepare(size_t curve)
{
    static prepared_key all[CURVES];
    prepared_key *p = &all[curve];
    unsigned char point[1 + 2 * CURVE_MAX_SIZE];
    size_t len;
    if (p->key != NULL)
        return p;
    p->key = ost_keyset_at(fixed_keys(), keys[curve]);
    p->verifier = ecdsa_verifier_new(p->key->pkey, p->key->curve->openssl);
    p->table = ecdsa_table_new(p->key->pkey, p->key->curve->openssl);
    p->group = EC_GROUP_new_by_curve_name(OBJ_txt2nid(p->key->curve->openssl));
    p->point = EC_POINT_new(p->group);
    p->sum = EC_POINT_new(p->group);
    p->context = BN_CTX_new();
    check(p->verifier != NULL && p->group != NULL && p->point != NULL && p->sum != NULL);
    check(EVP_PKEY_get_octet_string_param(p->key->pkey, "pub", point, sizeof point, &len) == 1 &&
          EC_POINT_oct2point(p->group, p->point, point, len, p->context) == 1);
    return p;
}

static bool openssl_accepts(const prepared_key *p, const unsigned char *hash,
                            const unsigned char *signature)
{
    unsigned char der[ECDSA_DER_MAX];
    size_t size = 0;
    if (!ecdsa_to_der(p->key->curve, signature, der, &size))
        return false;
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, p->key->pkey, NULL);
    check(EVP_PKEY_verify_init(context) == 1);
    bool accepted = EVP_PKEY_verify(context, der, size, hash, p->key->curve->size) == 1;
    ERR_clear_error();
    return accepted;
}

/* The signature and the hash of which a verifier makes the factors u1 and u2; false: there is none
 * for these. */
static bool craft(prepared_key *p, const BIGNUM *u1, const BIGNUM *u2, unsigned char *ret_hash,
                  unsigned char *ret_signature)
{
    bn_auto BIGNUM *r = BN_new(), *s = BN_new(), *e = BN_new();
    const BIGNUM *order = EC_GROUP_get0_order(p->group);
    int size = (int)p->key->curve->size;
    check(EC_POINT_mul(p->group, p->sum, u1, p->point, u2, p->context) == 1);
    if (EC_POINT_is_at_infinity(p->group, p->sum) || BN_is_zero(u2))
        return false;
    check(EC_POINT_get_affine_coordinates(p->group, p->sum, r, NULL, p->context) == 1 &&
          BN_nnmod(r, r, order, p->context) == 1 &&
          BN_mod_inverse(s, u2, order, p->context) != NULL &&
          BN_mod_mul(s, s, r, order, p->context) == 1 &&
          BN_mod_mul(e, s, u1, order, p->context) == 1 &&
          BN_lshift(e, e, 8 * size - BN_num_bits(order)) == 1);
    check(BN_bn2binpad(r, ret_signature, size) == size &&
          BN_bn2binpad(s, ret_signature + size, size) == size &&
          BN_bn2binpad(e, ret_hash, size) == size);
    return !BN_is_zero(r);
}

static void compare(prepared_key *p, const unsigned char *hash, const unsigned char *signature,
                    bool good)
{
    size_t size = p->key->curve->size;
    ost_result expected = openssl_accepts(p, hash, signature) ? OST_OK : OST_E_SIGNATURE;
    check(!good || expected == OST_OK);
    check(ecdsa_verify(p->verifier, NULL, hash, size, signature) == expected);
    check(ecdsa_verify(p->verifier, p->table, hash, size, signature) == expected);
    check(ERR_peek_error() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char input[3 * CURVE_MAX_SIZE] = {0}, hash[CURVE_MAX_SIZE];
    unsigned char signature[2 * CURVE_MAX_SIZE];
    if (size < 2)
        return 0;
    prepared_key *p = prepare(data[0] % CURVES);
    size_t coordinate = p->key->curve->size, rest = size - 2;
    memcpy(input, data + 2, rest < sizeof input ? rest : sizeof input);
    if (data[1] % 2 == 0) {
        compare(p, input, input + coordinate, false);
        return 0;
    }
    bn_auto BIGNUM *u1 = BN_bin2bn(input, (int)coordinate, NULL);
    bn_auto BIGNUM *u2 = BN_bin2bn(input + coordinate, (int)coordinate, NULL);
    const BIGNUM *order = EC_GROUP_get0_order(p->group);
    check(BN_nnmod(u1, u1, order, p->context) == 1 && BN_nnmod(u2, u2, order, p->context) == 1);
    if (craft(p, u1, u2, hash, signature))
        compare(p, hash, signature, true);
    return 0;
}
