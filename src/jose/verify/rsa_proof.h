/* SPDX-License-Identifier: Apache-2.0 */
/* Proof that an exponentiation (rsa_ifma.h) was calculated right. Each of its steps says that
 * a * b + quotient * n = result * 2^k, over the integers: if it is false, so it is modulo a prime
 * that nobody knows, but for a chance that docs/development/jose.md bounds. */
#ifndef RSA_PROOF_H
#define RSA_PROOF_H

#include <openssl/types.h>
#include <ostiary/types.h>

#include "jose/verify/rsa_ifma.h"

#define PROOF_WORDS 65 /* of 64 bits, least significant first: 4096 bits, and a little more */

/* Two different primes of 50 bits, drawn at random from all there are, and the weights of limbs and
 * words by them. They are secrets. */
typedef struct rsa_proof rsa_proof;

/* OST_E_SYSTEM: no randomness; OST_E_MEMORY. */
OST_MUST_CHECK ost_result rsa_proof_new(rsa_proof **ret_proof);
void rsa_proof_free(rsa_proof *proof); /* NULL is fine */

const ifma_number *rsa_proof_weights(const rsa_proof *proof); /* PROOF_PRIMES of them */

/* What the steps of one modulus are proven with, modulo each of the primes. */
typedef struct proof_residues {
    uint64_t n[PROOF_PRIMES], square[PROOF_PRIMES], radix[PROOF_PRIMES];
} proof_residues;

/* `square` is that of ifma_modulus, `bits` are the k of its steps. OST_E_MEMORY. */
OST_MUST_CHECK ost_result rsa_proof_residues(const rsa_proof *proof, const BIGNUM *n,
                                             const BIGNUM *square, size_t bits,
                                             proof_residues *ret_residues);

/* Do all steps hold, from the number in `base` to the one in `result`, from which n was subtracted
 * once if `reduced`? Both are `count` words. */
OST_MUST_CHECK bool rsa_proof_holds(const rsa_proof *proof, const proof_residues *residues,
                                    const uint64_t *base, const ifma_step steps[IFMA_STEPS],
                                    const uint64_t *result, bool reduced, size_t count);

#endif
