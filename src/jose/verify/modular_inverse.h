/* SPDX-License-Identifier: Apache-2.0 */
/* The inverse of a public number modulo an odd one, as the verification of ECDSA needs it: in a
 * quarter of the time that the cryptographic library takes, because nothing here is secret. */
#ifndef MODULAR_INVERSE_H
#define MODULAR_INVERSE_H

#include <stddef.h>
#include <stdint.h>

#define INVERSE_LIMBS 4
#define INVERSE_BITS (64 * INVERSE_LIMBS)

/* Least significant limb first. */
typedef struct wide {
    uint64_t limbs[INVERSE_LIMBS];
} wide;

/* `number`^-1 * 2^k mod `modulus` into *ret_inverse, and returns k, which is from INVERSE_BITS to
 * 2 * INVERSE_BITS. The modulus is prime and has its highest bit set; the number is from 1 to
 * modulus - 1. */
unsigned modular_almost_inverse(const wide *number, const wide *modulus, wide *ret_inverse);

#endif
