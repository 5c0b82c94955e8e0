/* SPDX-License-Identifier: Apache-2.0 */
/* The two forms of an ECDSA signature: r || s (RFC 7518 §3.4), and the DER of X9.62 that the
 * cryptographic library takes. */
#ifndef ECDSA_H
#define ECDSA_H

#include "jose/alg.h"

#define ECDSA_DER_MAX (3 + 2 * (3 + CURVE_MAX_SIZE))

/* `raw` is 2 * curve->size bytes. False when r or s is not within 1 … n-1. */
OST_MUST_CHECK bool ecdsa_to_der(const curve_facts *curve, const unsigned char *raw,
                                 unsigned char *ret_der, size_t *ret_len);

/* Into 2 * curve->size bytes. False when `der` is not a signature for this curve. */
OST_MUST_CHECK bool ecdsa_from_der(const curve_facts *curve, const unsigned char *der, size_t len,
                                   unsigned char *ret_raw);

#endif
