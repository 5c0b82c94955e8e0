/* SPDX-License-Identifier: Apache-2.0 */
/* Kaliski, "The Montgomery Inverse and Its Applications" (IEEE Transactions on Computers, 1995),
 * phase 1, taking all trailing zeros of a number at once. */
#include "jose/verify/modular_inverse.h"

#include <stdbool.h>

/* The coefficients stay below twice the modulus: one bit more. */
#define LIMBS (INVERSE_LIMBS + 1)

typedef struct big {
    uint64_t limbs[LIMBS];
} big;

static big big_of(const wide *w)
{
    big n = {0};
    for (size_t i = 0; i < INVERSE_LIMBS; i++)
        n.limbs[i] = w->limbs[i];
    return n;
}

static bool is_below(const big *a, const big *b)
{
    for (size_t i = LIMBS; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i];
    }
    return false;
}

static bool is_zero(const big *a)
{
    uint64_t any = 0;
    for (size_t i = 0; i < LIMBS; i++)
        any |= a->limbs[i];
    return any == 0;
}

static void add(big *a, const big *b)
{
    unsigned long long carry = 0;
    for (size_t i = 0; i < LIMBS; i++) {
        unsigned long long sum;
        bool first = __builtin_add_overflow(a->limbs[i], b->limbs[i], &sum);
        bool second = __builtin_add_overflow(sum, carry, &sum);
        a->limbs[i] = sum;
        carry = first || second;
    }
}

static void subtract(big *a, const big *b)
{
    unsigned long long borrow = 0;
    for (size_t i = 0; i < LIMBS; i++) {
        unsigned long long rest;
        bool first = __builtin_sub_overflow(a->limbs[i], b->limbs[i], &rest);
        bool second = __builtin_sub_overflow(rest, borrow, &rest);
        a->limbs[i] = rest;
        borrow = first || second;
    }
}

/* By 1 to 63 bits. */
static void shift_right(big *a, unsigned bits)
{
    for (size_t i = 0; i + 1 < LIMBS; i++)
        a->limbs[i] = a->limbs[i] >> bits | a->limbs[i + 1] << (64 - bits);
    a->limbs[LIMBS - 1] >>= bits;
}

static void shift_left(big *a, unsigned bits)
{
    for (size_t i = LIMBS - 1; i > 0; i--)
        a->limbs[i] = a->limbs[i] << bits | a->limbs[i - 1] >> (64 - bits);
    a->limbs[0] <<= bits;
}

/* Makes `even`, which is not 0, odd, and keeps what belongs together; returns by how many bits. */
static unsigned halve(big *even, big *coefficient)
{
    unsigned all = 0;
    while ((even->limbs[0] & 1) == 0) {
        unsigned bits = even->limbs[0] != 0 ? (unsigned)__builtin_ctzll(even->limbs[0]) : 63;
        shift_right(even, bits);
        shift_left(coefficient, bits);
        all += bits;
    }
    return all;
}

/* Throughout, number * r = -u * 2^k and number * s = v * 2^k modulo `modulus`, of which u and v
 * have no common divisor; in the end u is 1 and v would be 0. */
unsigned modular_almost_inverse(const wide *number, const wide *modulus, wide *ret_inverse)
{
    big m = big_of(modulus), u = m, v = big_of(number);
    big r = {0}, s = {{1}};
    unsigned k = halve(&v, &r);
    for (;;) {
        if (is_below(&v, &u)) {
            subtract(&u, &v);
            add(&r, &s);
            k += halve(&u, &s);
        } else {
            subtract(&v, &u);
            add(&s, &r);
            if (is_zero(&v))
                break;
            k += halve(&v, &r);
        }
    }
    shift_left(&r, 1); /* the last halving, that of 0 */
    k++;
    if (!is_below(&r, &m))
        subtract(&r, &m);
    subtract(&m, &r);
    for (size_t i = 0; i < INVERSE_LIMBS; i++)
        ret_inverse->limbs[i] = m.limbs[i];
    return k;
}
