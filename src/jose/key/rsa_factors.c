/* SPDX-License-Identifier: Apache-2.0 */
/* Factors a modulus by its exponents; see rsa_factors.h. For k = e * d - 1 = r * 2^t with r odd,
 * g^k is 1 modulo n for every g, and half of the g or more have a square root of 1 on the way there
 * that is neither 1 nor -1: it shares a factor with n. */
#include "jose/key/rsa_factors.h"

#include "base/array.h"
#include "jose/crypto_auto.h"

typedef struct search {
    const BIGNUM *n;
    BIGNUM *n1; /* n - 1 */
    BIGNUM *r;  /* the odd part of k */
    int t;      /* how often two divides k */
    BIGNUM *y, *x;
    BN_CTX *context;
} search;

typedef enum found { NOTHING, A_ROOT, NO_KEY, NO_MEMORY } found;

/* y: a root of 1 that gives a factor. */
static found try_base(search *s, BN_ULONG base)
{
    if (BN_set_word(s->x, base) != 1 ||
        BN_mod_exp_mont_consttime(s->y, s->x, s->r, s->n, s->context, NULL) != 1)
        return NO_MEMORY;
    if (BN_is_one(s->y) || BN_cmp(s->y, s->n1) == 0)
        return NOTHING;
    for (int i = 0; i < s->t; i++) {
        if (BN_mod_sqr(s->x, s->y, s->n, s->context) != 1)
            return NO_MEMORY;
        if (BN_is_one(s->x))
            return A_ROOT;
        if (BN_cmp(s->x, s->n1) == 0)
            return NOTHING;
        BN_swap(s->x, s->y);
    }
    return NO_KEY; /* g^k is not 1 */
}

static found find_root(search *s)
{
    /* Each leads nowhere half of the time at most. */
    static const BN_ULONG bases[] = {2,   3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37, 41,
                                     43,  47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97, 101,
                                     103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163};
    found result = NOTHING;
    for (size_t i = 0; i < ARRAY_LEN(bases) && result == NOTHING; i++)
        result = try_base(s, bases[i]);
    return result;
}

/* k, and its parts. False: out of memory, or (with t 0) no exponents. */
static bool split(search *s, const BIGNUM *e, const BIGNUM *d)
{
    if (BN_mul(s->r, e, d, s->context) != 1 || BN_sub_word(s->r, 1) != 1 ||
        BN_copy(s->n1, s->n) == NULL || BN_sub_word(s->n1, 1) != 1)
        return false;
    if (BN_is_zero(s->r))
        return true;
    while (!BN_is_bit_set(s->r, s->t))
        s->t++;
    return BN_rshift(s->r, s->r, s->t) == 1;
}

/* The larger prime is p, as libraries write it. */
static bool derive(const search *s, const BIGNUM *d, BIGNUM *to[5])
{
    bn_auto BIGNUM *less = BN_new();
    if (less == NULL || BN_sub_word(s->y, 1) != 1 || BN_gcd(to[0], s->y, s->n, s->context) != 1 ||
        BN_div(to[1], NULL, s->n, to[0], s->context) != 1)
        return false;
    if (BN_cmp(to[0], to[1]) < 0)
        BN_swap(to[0], to[1]);
    for (size_t i = 0; i < 2; i++) {
        if (BN_copy(less, to[i]) == NULL || BN_sub_word(less, 1) != 1 ||
            BN_mod(to[2 + i], d, less, s->context) != 1)
            return false;
    }
    return BN_mod_inverse(to[4], to[1], to[0], s->context) != NULL;
}

static bool are_made(BIGNUM *const *numbers, size_t count)
{
    while (count > 0 && numbers[count - 1] != NULL)
        count--;
    return count == 0;
}

ost_result rsa_factors(const BIGNUM *n, const BIGNUM *e, const BIGNUM *d, BIGNUM *ret_factors[5])
{
    bn_ctx_auto BN_CTX *context = BN_CTX_secure_new();
    bn_auto BIGNUM *n1 = BN_new(), *r = BN_new(), *y = BN_new(), *x = BN_new();
    bn_auto BIGNUM *p = BN_new(), *q = BN_new(), *dp = BN_new(), *dq = BN_new(), *qi = BN_new();
    search s = {.n = n, .n1 = n1, .r = r, .y = y, .x = x, .context = context};
    BIGNUM *made[5] = {p, q, dp, dq, qi};
    BIGNUM *const others[4] = {n1, r, y, x};
    if (context == NULL || !are_made(made, 5) || !are_made(others, 4))
        return OST_E_CRYPTO;
    if (BN_is_zero(d) || BN_ucmp(d, n) >= 0)
        return OST_E_KEY_FORMAT;
    if (!split(&s, e, d))
        return OST_E_CRYPTO;
    found result = s.t > 0 ? find_root(&s) : NO_KEY;
    if (result != A_ROOT)
        return result == NO_MEMORY ? OST_E_CRYPTO : OST_E_KEY_FORMAT;
    if (!derive(&s, d, made))
        return OST_E_CRYPTO;
    for (size_t i = 0; i < ARRAY_LEN(made); i++)
        ret_factors[i] = made[i];
    p = q = dp = dq = qi = NULL;
    return OST_OK;
}
