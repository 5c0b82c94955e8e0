/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a public key of X25519 or X448 agrees upon anything. */
#ifndef MONTGOMERY_POINT_H
#define MONTGOMERY_POINT_H

#include "jose/alg.h"

/* OST_E_KEY_WEAK: the point is of small order, on the curve or on its twist: the secret would be
 * zero whatever the other side's key is (RFC 7748 §6). OST_E_CRYPTO: it could not be found out.
 * `u` is as it stands in the key, curve->size bytes. */
OST_MUST_CHECK ost_result montgomery_point_check(const curve_facts *curve, const unsigned char *u);

#endif
