/* SPDX-License-Identifier: Apache-2.0 */
/* Residues modulo two secret primes; see rsa_proof.h. Nothing here is in a vector register, and
 * nothing is shared with what is to be proven but the weighted sums of its limbs. */
#include "jose/verify/rsa_proof.h"

#include "base/context.h"
#include "base/text.h"
#include "jose/crypto_auto.h"

#define PRIME_BITS 50

typedef unsigned __int128 uint128;

/* 2^49 < q < 2^50. Residues here are below 2 * q, unless it is said that they are below q. */
typedef struct prime {
    uint64_t q, minus_inverse;          /* -1 / q modulo 2^64 */
    uint64_t word;                      /* 2^64 modulo q */
    uint64_t word_weights[PROOF_WORDS]; /* 2^(64 * i + 64) modulo q */
} prime;

struct rsa_proof {
    ifma_number limb_weights[PROOF_PRIMES]; /* 2^(52 * i + 64) modulo q */
    prime primes[PROOF_PRIMES];
};

/* t / 2^64 modulo q (P. Montgomery, 1985), for a t below 2^113. */
static uint64_t reduce(const prime *p, uint128 t)
{
    uint64_t m = (uint64_t)t * p->minus_inverse;
    return (uint64_t)((t + (uint128)m * p->q) >> 64);
}

static uint64_t below_q(const prime *p, uint64_t residue)
{
    return residue >= p->q ? residue - p->q : residue;
}

static uint64_t of_sum(const prime *p, const ifma_sum *sum)
{
    return reduce(p, ((uint128)sum->high << IFMA_BITS) + sum->low);
}

static uint64_t of_words(const prime *p, const uint64_t *words, size_t count)
{
    uint128 sum = 0; /* below 2^(114 + 7) */
    for (size_t i = 0; i < count; i++)
        sum += (uint128)words[i] * p->word_weights[i];
    return reduce(p, (sum >> 64) * p->word + (uint64_t)sum);
}

/* a * b + quotient * n = result * 2^k? */
static bool is_true(const prime *p, uint64_t a, uint64_t b, uint64_t quotient, uint64_t n,
                    uint64_t result, uint64_t radix)
{
    uint64_t left = reduce(p, (uint128)a * b + (uint128)quotient * n);
    return below_q(p, left) == below_q(p, reduce(p, (uint128)result * radix));
}

static bool holds(const prime *p, size_t which, const proof_residues *residues,
                  const uint64_t *base, const ifma_step *steps, const uint64_t *result,
                  bool reduced, size_t count)
{
    uint64_t n = residues->n[which], radix = residues->radix[which];
    uint64_t start = of_words(p, base, count), power = start, factor = residues->square[which];
    bool good = true;
    for (size_t i = 0; i < IFMA_STEPS; i++) {
        uint64_t next = of_sum(p, &steps[i].result[which]);
        good &= is_true(p, power, factor, of_sum(p, &steps[i].quotient[which]), n, next, radix);
        power = next;
        factor = i + 2 < IFMA_STEPS ? next : start;
    }
    uint64_t end = below_q(p, of_words(p, result, count)) + (reduced ? n : 0);
    return good && below_q(p, end) == below_q(p, power);
}

bool rsa_proof_holds(const rsa_proof *proof, const proof_residues *residues, const uint64_t *base,
                     const ifma_step steps[IFMA_STEPS], const uint64_t *result, bool reduced,
                     size_t count)
{
    for (size_t i = 0; i < PROOF_PRIMES; i++) {
        if (!holds(&proof->primes[i], i, residues, base, steps, result, reduced, count))
            return false;
    }
    return true;
}

ost_result rsa_proof_residues(const rsa_proof *proof, const BIGNUM *n, const BIGNUM *square,
                              size_t bits, proof_residues *ret_residues)
{
    bn_auto BIGNUM *radix = BN_new();
    proof_residues residues;
    if (radix == NULL || BN_set_bit(radix, (int)bits) != 1)
        return OST_E_MEMORY;
    for (size_t i = 0; i < PROOF_PRIMES; i++) {
        residues.n[i] = BN_mod_word(n, proof->primes[i].q);
        residues.square[i] = BN_mod_word(square, proof->primes[i].q);
        residues.radix[i] = BN_mod_word(radix, proof->primes[i].q);
        if (residues.n[i] >= proof->primes[i].q || residues.square[i] >= proof->primes[i].q ||
            residues.radix[i] >= proof->primes[i].q) /* a failure is all ones */
            return OST_E_MEMORY;
    }
    *ret_residues = residues;
    return OST_OK;
}

/* Any of the primes of 50 bits, each with the same probability: numbers are drawn until one is. */
static ost_result draw(uint64_t *ret_prime)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *number = BN_new();
    int is_prime = 0;
    uint64_t q = 0;
    while (is_prime == 0) {
        ost_result result = context_random(NULL, (unsigned char *)&q, sizeof q);
        if (result != OST_OK)
            return result;
        q = (q >> (64 - PRIME_BITS)) | (uint64_t)1 << (PRIME_BITS - 1) | 1;
        if (context == NULL || number == NULL || BN_set_word(number, q) != 1)
            return OST_E_MEMORY;
        is_prime = BN_check_prime(number, context, NULL);
    }
    *ret_prime = q;
    return is_prime > 0 ? OST_OK : OST_E_MEMORY;
}

/* Times 2^bits. */
static uint64_t shifted(uint64_t q, uint64_t residue, size_t bits)
{
    for (size_t i = 0; i < bits; i++)
        residue = 2 * residue % q;
    return residue;
}

static void weigh(rsa_proof *proof, size_t which, uint64_t q)
{
    prime *p = &proof->primes[which];
    uint64_t inverse = q; /* to 3 bits, then to 6, 12, 24, 48, 96 */
    for (int i = 0; i < 5; i++)
        inverse *= 2 - q * inverse;
    *p = (prime){.q = q, .minus_inverse = -inverse, .word = shifted(q, 1, 64)};
    p->word_weights[0] = proof->limb_weights[which].limbs[0] = p->word;
    for (size_t i = 1; i < PROOF_WORDS; i++)
        p->word_weights[i] = shifted(q, p->word_weights[i - 1], 64);
    uint64_t *limbs = proof->limb_weights[which].limbs;
    for (size_t i = 1; i < IFMA_LIMBS; i++)
        limbs[i] = shifted(q, limbs[i - 1], IFMA_BITS);
}

ost_result rsa_proof_new(rsa_proof **ret_proof)
{
    uint64_t q[PROOF_PRIMES] = {0};
    ost_result result = OST_OK;
    while (result == OST_OK && q[0] == q[1]) {
        result = draw(&q[0]);
        if (result == OST_OK)
            result = draw(&q[1]);
    }
    if (result != OST_OK)
        return result;
    rsa_proof *proof = memory_alloc_aligned(sizeof *proof);
    if (proof == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < PROOF_PRIMES; i++)
        weigh(proof, i, q[i]);
    wipe(q, sizeof q);
    *ret_proof = proof;
    return OST_OK;
}

void rsa_proof_free(rsa_proof *proof)
{
    if (proof == NULL)
        return;
    wipe(proof, sizeof *proof);
    memory_free(proof);
}

const ifma_number *rsa_proof_weights(const rsa_proof *proof)
{
    return proof->limb_weights;
}
