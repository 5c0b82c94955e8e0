/* SPDX-License-Identifier: Apache-2.0 */
/* Moduli that can be factored, found by looking at their remainders. */
#ifndef RSA_WEAKNESS_H
#define RSA_WEAKNESS_H

#include <openssl/types.h>

#include <ostiary/types.h>

/* What is wrong with an odd modulus of at most 16384 bits, as the end of a sentence; NULL: nothing
 * that can be seen in passing. */
const char *rsa_weakness(const BIGNUM *n);

#endif
