/* SPDX-License-Identifier: Apache-2.0 */
/* The primes of an RSA key that names its private exponent alone (RFC 7518 §6.3.2). */
#ifndef RSA_FACTORS_H
#define RSA_FACTORS_H

#include <openssl/types.h>

#include <ostiary/types.h>

/* Finds p, q, and what belongs to them: dp, dq, qi (NIST SP 800-56B rev. 2, appendix C.1). A number
 * that is not n's exponent costs one power of n's length. The five are the caller's to free.
 * OST_E_KEY_FORMAT: there are none; OST_E_CRYPTO: out of memory. */
OST_MUST_CHECK ost_result rsa_factors(const BIGNUM *n, const BIGNUM *e, const BIGNUM *d,
                                      BIGNUM *ret_factors[5]);

#endif
