/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a point of curve25519 or curve448 (RFC 7748 §4), which OpenSSL takes over as it comes.
 * Small orders are 1, 2, 4 and 8, so that doubling three times tells; an agreement with some key
 * would, too, in ten to fifty times as long. Nothing in here is secret. */
#include "jose/point/montgomery_point.h"

#include <string.h>

#include "jose/crypto_auto.h"

#define X25519_SIZE 32
#define DOUBLINGS 3

typedef struct field {
    BN_CTX *context;
    BIGNUM *p;
    BN_ULONG a; /* the curve is v² = u³ + a u² + u */
} field;

/* The point with u = x / z; it is the neutral one where z is 0. */
typedef struct point {
    BIGNUM *x, *z;
} point;

static bool set_field(field *f, bool is_x25519)
{
    f->a = is_x25519 ? 486662 : 156326;
    if (is_x25519) /* 2^255 - 19 */
        return BN_set_bit(f->p, 255) == 1 && BN_sub_word(f->p, 19) == 1;
    /* 2^448 - 2^224 - 1 */
    return BN_set_bit(f->p, 448) == 1 && BN_sub_word(f->p, 1) == 1 && BN_clear_bit(f->p, 224) == 1;
}

/* x' = (x² - z²)², z' = 4 x z (x² + a x z + z²) */
static bool twice(const field *f, point *p)
{
    bn_auto BIGNUM *xx = BN_new(), *zz = BN_new(), *xz = BN_new(), *sum = BN_new();
    return xx != NULL && zz != NULL && xz != NULL && sum != NULL &&
           BN_mod_sqr(xx, p->x, f->p, f->context) == 1 &&
           BN_mod_sqr(zz, p->z, f->p, f->context) == 1 &&
           BN_mod_mul(xz, p->x, p->z, f->p, f->context) == 1 &&
           BN_mod_sub(p->x, xx, zz, f->p, f->context) == 1 &&
           BN_mod_sqr(p->x, p->x, f->p, f->context) == 1 && BN_copy(sum, xz) != NULL &&
           BN_mul_word(sum, f->a) == 1 && BN_add(sum, sum, xx) == 1 && BN_add(sum, sum, zz) == 1 &&
           BN_mod_mul(p->z, xz, sum, f->p, f->context) == 1 &&
           BN_mod_lshift(p->z, p->z, 2, f->p, f->context) == 1;
}

ost_result montgomery_point_check(const curve_facts *curve, const unsigned char *u)
{
    unsigned char bytes[CURVE_MAX_SIZE];
    bool is_x25519 = curve->size == X25519_SIZE;
    memcpy(bytes, u, curve->size);
    if (is_x25519)
        bytes[X25519_SIZE - 1] &= 0x7f; /* §5: this bit is not looked at */
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *p = BN_new(), *z = BN_new();
    bn_auto BIGNUM *x = BN_lebin2bn(bytes, (int)curve->size, NULL);
    field f = {context, p, 0};
    point at = {x, z};
    if (context == NULL || p == NULL || z == NULL || x == NULL || BN_one(z) != 1 ||
        !set_field(&f, is_x25519))
        return OST_E_CRYPTO;
    for (int i = 0; i < DOUBLINGS; i++) {
        if (!twice(&f, &at))
            return OST_E_CRYPTO;
    }
    return BN_is_zero(z) ? OST_E_KEY_WEAK : OST_OK;
}
