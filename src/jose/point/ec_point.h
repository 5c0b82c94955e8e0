/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two coordinates are a point of a curve (RFC 7518 §6.2), for where the cryptographic
 * library made no key of them and does not tell why. */
#ifndef EC_POINT_CHECK_H
#define EC_POINT_CHECK_H

#include "jose/alg.h"

/* `xy` are x and y, curve->size bytes each. OST_E_KEY_WEAK: not on the curve, or not below its
 * prime. OST_E_CRYPTO: it could not be found out. */
OST_MUST_CHECK ost_result ec_point_check(const curve_facts *curve, const unsigned char *xy);

#endif
