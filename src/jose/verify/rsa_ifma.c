/* SPDX-License-Identifier: Apache-2.0 */
/* Almost Montgomery multiplication (S. Gueron, "Efficient Software Implementations of Modular
 * Exponentiation", 2012): with a and b below 2 * n, so is the result, and nothing is compared or
 * subtracted in between. See rsa_ifma.h. */
#include "jose/verify/rsa_ifma.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <stdbool.h>

/* GCC 12 places no registers of locals on its sanitizer's own stack as they want it (its bug
 * 110027). */
#ifdef __SANITIZE_ADDRESS__
#define IFMA __attribute__((target("avx512f,avx512ifma,bmi2"), no_sanitize_address))
#else
#define IFMA __attribute__((target("avx512f,avx512ifma,bmi2")))
#endif
#define INLINE static inline __attribute__((always_inline))
#define REGISTERS_MAX 10
#define EACH _Pragma("GCC unroll 10") for (size_t j = 0; j < registers; j++)
#define MASK (((uint64_t)1 << IFMA_BITS) - 1)
#define ABOVE (64 - IFMA_BITS)

typedef unsigned __int128 uint128;

#ifdef RSA_IFMA_FAULTS
#define FAULT(what, step, limbs) rsa_ifma_fault(what, step, limbs)
#else
#define FAULT(what, step, limbs)
#endif

/* The halves of a product of which one factor was shifted by 12 bits. */
INLINE uint64_t low(uint128 product)
{
    return (uint64_t)product >> ABOVE;
}

INLINE uint64_t high(uint128 product)
{
    return (uint64_t)(product >> 64);
}

IFMA INLINE __m512i limbs_at(const uint64_t *number, size_t j)
{
    return _mm512_loadu_si512(number + 8 * j);
}

/* One limb of a register (a macro, as the instruction wants it as a constant). */
#define LANE(vector, i)                                                                            \
    (uint64_t) _mm_cvtsi128_si64(_mm512_castsi512_si128(_mm512_alignr_epi64(vector, vector, i)))

IFMA INLINE __m512i all(uint64_t limb)
{
    return _mm512_set1_epi64((long long)limb);
}

/* What the sum's lowest limb, which is 0 but for its multiple of 2^52, carries: `before` is that
 * limb before quotient * n was added, `product` is quotient * 2^12 * n's lowest limb. */
INLINE uint64_t carried(uint64_t before, uint128 product)
{
    return (before >> IFMA_BITS) + ((before & MASK) != 0) + high(product);
}

/* Limbs of up to 64 bits to limbs of 52: each hands on what it has too much, and then the ones that
 * are one too large in turn, through those that are full. */
IFMA INLINE void settle(size_t registers, const __m512i *sums, uint64_t *ret)
{
    __m512i limbs[REGISTERS_MAX], mask = all(MASK), before = _mm512_setzero_si512();
    uint128 over = 0, full = 0;
    EACH
    {
        __m512i rest = _mm512_srli_epi64(sums[j], IFMA_BITS);
        limbs[j] =
            _mm512_add_epi64(_mm512_and_si512(sums[j], mask), _mm512_alignr_epi64(rest, before, 7));
        before = rest;
        over |= (uint128)_mm512_cmpgt_epu64_mask(limbs[j], mask) << 8 * j;
        full |= (uint128)_mm512_cmpeq_epu64_mask(limbs[j], mask) << 8 * j;
    }
    over = ((over << 1) + full) ^ full;
    EACH
    {
        __mmask8 one_more = (__mmask8)(over >> 8 * j);
        __m512i limb = _mm512_mask_add_epi64(limbs[j], one_more, limbs[j], all(1));
        _mm512_storeu_si512(ret + 8 * j, _mm512_and_si512(limb, mask));
    }
}

/* The lowest two limbs of the sum, in scalars, so that the quotient's next limbs need not wait for
 * registers. What is in those two lanes of the registers is out of date throughout. */
typedef struct lowest {
    uint64_t s0, s1, k0; /* k0 * 2^12 */
    const uint64_t *a, *n;
} lowest;

/* Two limbs of b, for which two limbs of the quotient (each times 2^12) make the sum's lowest two
 * limbs 0; they are taken away, and those above them, so far `next0` and `next1`, come in. */
INLINE void advance(lowest *l, uint64_t b0, uint64_t b1, uint64_t next0, uint64_t next1,
                    uint64_t *ret_q0, uint64_t *ret_q1)
{
    const uint64_t *a = l->a, *n = l->n;
    b0 <<= ABOVE;
    b1 <<= ABOVE;
    uint128 a0 = (uint128)a[0] * b0, a1 = (uint128)a[1] * b0, a2 = (uint128)a[2] * b0;
    uint128 c0 = (uint128)a[0] * b1, c1 = (uint128)a[1] * b1;
    uint64_t s0 = l->s0 + low(a0), q0 = s0 * l->k0;
    uint128 n1 = (uint128)n[1] * q0, n2 = (uint128)n[2] * q0;
    uint64_t s1 = l->s1 + high(a0) + low(a1) + low(c0) + low(n1);
    s1 += carried(s0, (uint128)n[0] * q0);
    uint64_t q1 = s1 * l->k0;
    uint128 d1 = (uint128)n[1] * q1;
    l->s0 = next0 + high(a1) + low(a2) + high(n1) + low(n2) + high(c0) + low(c1) + low(d1) +
            carried(s1, (uint128)n[0] * q1);
    l->s1 = next1 + high(a2) + (a[3] * b0 >> ABOVE) + high(n2) + (n[3] * q0 >> ABOVE) + high(c1) +
            (a[2] * b1 >> ABOVE) + high(d1) + (n[2] * q1 >> ABOVE);
    *ret_q0 = q0;
    *ret_q1 = q1;
}

/* `middle` is what belongs one limb higher than `sum`: both together, two limbs lower. */
IFMA INLINE void shift(size_t registers, __m512i *sum, const __m512i *middle)
{
    __m512i zero = _mm512_setzero_si512();
    EACH
    {
        bool last = j + 1 == registers;
        sum[j] = _mm512_add_epi64(_mm512_alignr_epi64(last ? zero : sum[j + 1], sum[j], 2),
                                  _mm512_alignr_epi64(last ? zero : middle[j + 1], middle[j], 1));
    }
}

/* sum += number * limb's low halves, middle += its high halves and those of the next limb, of which
 * the high halves are added when the sum has been shifted. */
IFMA INLINE void add_low(size_t registers, __m512i *sum, __m512i *middle, const uint64_t *number,
                         __m512i limb, __m512i next)
{
    EACH
    {
        __m512i limbs = limbs_at(number, j);
        sum[j] = _mm512_madd52lo_epu64(sum[j], limbs, limb);
        middle[j] = _mm512_madd52hi_epu64(middle[j], limbs, limb);
        middle[j] = _mm512_madd52lo_epu64(middle[j], limbs, next);
    }
}

/* a * b + quotient * n, of which the lowest limbs are 0 and left out: two limbs of b and of the
 * quotient at a time. */
IFMA INLINE void multiply(size_t registers, const ifma_modulus *modulus, const uint64_t *a,
                          const uint64_t *b, uint64_t *ret_quotient, uint64_t *ret)
{
    __m512i sum[REGISTERS_MAX], middle[REGISTERS_MAX];
    const uint64_t *n = modulus->n.limbs;
    lowest l = {.k0 = modulus->k0 << ABOVE, .a = a, .n = n};
    EACH sum[j] = _mm512_setzero_si512();
    for (size_t i = 0; i < modulus->count; i += 2) {
        __m512i b0 = all(b[i]), b1 = all(b[i + 1]);
        uint64_t next0 = LANE(sum[0], 2), next1 = LANE(sum[0], 3), q0, q1;
        EACH middle[j] = _mm512_setzero_si512();
        add_low(registers, sum, middle, a, b0, b1);
        advance(&l, b[i], b[i + 1], next0, next1, &q0, &q1);
        ret_quotient[i] = q0 >> ABOVE;
        ret_quotient[i + 1] = q1 >> ABOVE;
        add_low(registers, sum, middle, n, all(q0 >> ABOVE), all(q1 >> ABOVE));
        shift(registers, sum, middle);
        EACH
        {
            sum[j] = _mm512_madd52hi_epu64(sum[j], limbs_at(a, j), b1);
            sum[j] = _mm512_madd52hi_epu64(sum[j], limbs_at(n, j), all(q1 >> ABOVE));
        }
    }
    sum[0] = _mm512_mask_set1_epi64(sum[0], 1, (long long)l.s0);
    sum[0] = _mm512_mask_set1_epi64(sum[0], 2, (long long)l.s1);
    settle(registers, sum, ret);
}

/* The sums over the lanes of two registers, in each of four parts. */
IFMA INLINE __m512i pairs(__m512i a, __m512i b)
{
    return _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
}

/* The parts of two of those. */
IFMA INLINE __m512i fold(__m512i a, __m512i b)
{
    return _mm512_add_epi64(_mm512_shuffle_i64x2(a, b, 0x88), _mm512_shuffle_i64x2(a, b, 0xdd));
}

typedef struct lane_sums {
    __m512i low, high;
} lane_sums;

IFMA INLINE lane_sums weigh(size_t registers, const uint64_t *number, const ifma_number *weights)
{
    lane_sums sums = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    EACH
    {
        __m512i limbs = limbs_at(number, j), weight = limbs_at(weights->limbs, j);
        sums.low = _mm512_madd52lo_epu64(sums.low, limbs, weight);
        sums.high = _mm512_madd52hi_epu64(sums.high, limbs, weight);
    }
    return sums;
}

_Static_assert(sizeof(ifma_step) == 64 && PROOF_PRIMES == 2, "a step's sums are one register");

IFMA INLINE void keep(size_t registers, const ifma_number weights[PROOF_PRIMES],
                      const uint64_t *quotient, const uint64_t *result, ifma_step *ret_step)
{
    lane_sums q0 = weigh(registers, quotient, &weights[0]);
    lane_sums q1 = weigh(registers, quotient, &weights[1]);
    lane_sums r0 = weigh(registers, result, &weights[0]);
    lane_sums r1 = weigh(registers, result, &weights[1]);
    __m512i quotients = fold(pairs(q0.low, q0.high), pairs(q1.low, q1.high));
    __m512i results = fold(pairs(r0.low, r0.high), pairs(r1.low, r1.high));
    _mm512_storeu_si512(ret_step, fold(quotients, results));
}

IFMA INLINE void raise(size_t registers, const ifma_modulus *modulus,
                       const ifma_number weights[PROOF_PRIMES], const ifma_number *base,
                       ifma_number *ret_result, ifma_step *ret_steps)
{
    ifma_number quotient = {0}, powers[2];
    const uint64_t *factor = modulus->square.limbs, *power = base->limbs;
    for (size_t step = 0; step < IFMA_STEPS; step++) {
        ifma_number *next = step + 1 < IFMA_STEPS ? &powers[step % 2] : ret_result;
        multiply(registers, modulus, power, factor, quotient.limbs, next->limbs);
        FAULT(FAULT_QUOTIENT, step, quotient.limbs);
        FAULT(FAULT_RESULT, step, next->limbs);
        keep(registers, weights, quotient.limbs, next->limbs, &ret_steps[step]);
        FAULT(FAULT_LATER, step, next->limbs);
        power = next->limbs;
        factor = step + 2 < IFMA_STEPS ? power : base->limbs;
    }
}

IFMA void rsa_ifma_raise(const ifma_modulus *modulus, const ifma_number weights[PROOF_PRIMES],
                         const ifma_number *base, ifma_number *ret_result,
                         ifma_step ret_steps[IFMA_STEPS])
{
    if (modulus->registers == 5)
        raise(5, modulus, weights, base, ret_result, ret_steps);
    else if (modulus->registers == 8)
        raise(8, modulus, weights, base, ret_result, ret_steps);
    else
        raise(10, modulus, weights, base, ret_result, ret_steps);
}

#else

void rsa_ifma_raise(const ifma_modulus *modulus, const ifma_number weights[PROOF_PRIMES],
                    const ifma_number *base, ifma_number *ret_result,
                    ifma_step ret_steps[IFMA_STEPS])
{
    *ret_result = (ifma_number){0};
}

#endif
