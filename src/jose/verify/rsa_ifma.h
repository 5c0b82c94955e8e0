/* SPDX-License-Identifier: Apache-2.0 */
/* s^65537 mod n by AVX-512 IFMA: numbers of limbs of 52 bits, least significant first, eight to a
 * register. What it calculates is proven by rsa_proof.h. Nothing in here is secret. */
#ifndef RSA_IFMA_H
#define RSA_IFMA_H

#include <stddef.h>
#include <stdint.h>

#define IFMA_BITS 52
#define IFMA_LIMBS 80 /* of 4096 bits, and of what comes in between */
#define IFMA_STEPS                                                                                 \
    18 /* multiplications: into Montgomery's form, 16 squarings, and the last one                  \
        */
#define PROOF_PRIMES 2

/* A line of the cache for each register; see rsa_ifma.c for the sanitizer. */
#ifdef __SANITIZE_ADDRESS__
#define IFMA_ALIGNMENT 8
#else
#define IFMA_ALIGNMENT 64
#endif
typedef struct ifma_number {
    uint64_t limbs[IFMA_LIMBS] __attribute__((aligned(IFMA_ALIGNMENT)));
} ifma_number;

typedef struct ifma_modulus {
    ifma_number n, square; /* an odd number; 2^(2 * 52 * count) modulo it */
    uint64_t k0;           /* -1 / n modulo 2^52 */
    size_t count;          /* of limbs that are multiplied by, even: 2^(52 * count) > 4 * n */
    size_t registers;      /* 5, 8 or 10; eight of them hold more limbs */
} ifma_modulus;

/* Sum of limb * weight over a number, low and high halves (of 52 bits) of the products apart. */
typedef struct ifma_sum {
    uint64_t low, high;
} ifma_sum;

/* What is kept of a step a * b + quotient * n = result * 2^(52 * count). */
typedef struct ifma_step {
    ifma_sum quotient[PROOF_PRIMES], result[PROOF_PRIMES];
} ifma_step;

/* A number below 2 * n that is congruent to base^65537 if all went well, in as many limbs as the
 * registers hold. `base` is below n. The processor has IFMA (cpu.h). */
void rsa_ifma_raise(const ifma_modulus *modulus, const ifma_number weights[PROOF_PRIMES],
                    const ifma_number *base, ifma_number *ret_result,
                    ifma_step ret_steps[IFMA_STEPS]);

#ifdef RSA_IFMA_FAULTS
/* Built for tests (rsa_wide_faults.c), which define it: something may happen to these limbs, before
 * they are summed up (the first two) or thereafter. */
enum { FAULT_QUOTIENT, FAULT_RESULT, FAULT_LATER };
void rsa_ifma_fault(int what, size_t step, uint64_t limbs[IFMA_LIMBS]);
#endif

#endif
