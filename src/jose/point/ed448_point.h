/* SPDX-License-Identifier: Apache-2.0 */
/* Whether 57 bytes are a public key of Ed448 under which not everything is signed. */
#ifndef ED448_POINT_H
#define ED448_POINT_H

#include <ostiary/types.h>

/* OST_E_KEY_WEAK: not in its canonical form, not on the curve (RFC 8032 §5.2.3), or of order 1, 2
 * or
 * 4. OST_E_CRYPTO: it could not be found out. */
OST_MUST_CHECK ost_result ed448_point_check(const unsigned char *point);

#endif
