/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a point of a Weierstrass curve (SEC 1 §3.2.2.1). Nothing in here is secret. */
#include "jose/point/ec_point.h"

#include <openssl/ec.h>
#include <openssl/objects.h>

#include "jose/crypto_auto.h"

/* y² and x³ + a x + b, in place of y and x. */
static bool both_sides(BIGNUM *x, BIGNUM *y, const BIGNUM *p, const BIGNUM *a, const BIGNUM *b,
                       BN_CTX *context)
{
    bn_auto BIGNUM *right = BN_new();
    return right != NULL && BN_mod_sqr(right, x, p, context) == 1 &&
           BN_mod_add(right, right, a, p, context) == 1 &&
           BN_mod_mul(right, right, x, p, context) == 1 &&
           BN_mod_add(x, right, b, p, context) == 1 && BN_mod_sqr(y, y, p, context) == 1;
}

ost_result ec_point_check(const curve_facts *curve, const unsigned char *xy)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *p = BN_new(), *a = BN_new(), *b = BN_new();
    bn_auto BIGNUM *x = BN_bin2bn(xy, (int)curve->size, NULL);
    bn_auto BIGNUM *y = BN_bin2bn(xy + curve->size, (int)curve->size, NULL);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve->openssl));
    bool known = context != NULL && p != NULL && a != NULL && b != NULL && group != NULL &&
                 EC_GROUP_get_curve(group, p, a, b, context) == 1;
    EC_GROUP_free(group);
    if (!known || x == NULL || y == NULL)
        return OST_E_CRYPTO;
    if (BN_ucmp(x, p) >= 0 || BN_ucmp(y, p) >= 0)
        return OST_E_KEY_WEAK;
    if (!both_sides(x, y, p, a, b, context))
        return OST_E_CRYPTO;
    return BN_ucmp(x, y) == 0 ? OST_OK : OST_E_KEY_WEAK;
}
