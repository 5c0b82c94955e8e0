/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a point of edwards448 (RFC 8032 §5.2, RFC 7748 §4.2), which OpenSSL takes over as it
 * comes. Nothing in here is secret. */
#include "jose/point/ed448_point.h"

#include <openssl/bn.h>

#include "jose/crypto_auto.h"

#define POINT_SIZE 57
#define MINUS_D 39081 /* the curve is x² + y² = 1 + d x² y² */

/* p = 2^448 - 2^224 - 1 */
static bool set_prime(BIGNUM *p)
{
    return BN_set_bit(p, 448) == 1 && BN_sub_word(p, 1) == 1 && BN_clear_bit(p, 224) == 1;
}

/* y is some x's when (1 - y²) / (1 - d y²), or the product of the two, is a square: 1. 0 is one,
 * too, but only where the order is low. */
static int kronecker_of(const BIGNUM *y, const BIGNUM *p, BN_CTX *context)
{
    bn_auto BIGNUM *square = BN_new(), *left = BN_new(), *right = BN_new();
    if (square == NULL || left == NULL || right == NULL || BN_mod_sqr(square, y, p, context) != 1 ||
        BN_mod_sub(left, BN_value_one(), square, p, context) != 1 ||
        BN_mul_word(square, MINUS_D) != 1 || BN_add_word(square, 1) != 1 ||
        BN_mod_mul(right, left, square, p, context) != 1)
        return -2;
    return BN_kronecker(right, p, context);
}

ost_result ed448_point_check(const unsigned char *point)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *p = BN_new(), *y = BN_lebin2bn(point, POINT_SIZE - 1, NULL);
    if (context == NULL || p == NULL || y == NULL || !set_prime(p))
        return OST_E_CRYPTO;
    /* The last byte holds the sign of x and nothing else. Of order 4 are the two points with y = 0;
     * where y is 1 or -1, x is 0. */
    if ((point[POINT_SIZE - 1] & 0x7f) != 0 || BN_cmp(y, p) >= 0 || BN_is_zero(y))
        return OST_E_KEY_WEAK;
    int kronecker = kronecker_of(y, p, context);
    if (kronecker == -2)
        return OST_E_CRYPTO;
    return kronecker == 1 ? OST_OK : OST_E_KEY_WEAK;
}
