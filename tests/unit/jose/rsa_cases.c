/* SPDX-License-Identifier: Apache-2.0 */
/* Cases at random and at the edges; see rsa_cases.h. */
#include "rsa_cases.h"

#include <string.h>

#include <openssl/bn.h>

#define LIMB 52

const unsigned rsa_case_bits[3] = {2048, 3072, 4096};

static uint64_t state = 1;

void rsa_cases_seed(uint64_t seed)
{
    state = seed * 0x9E3779B97F4A7C15u + 1;
}

/* splitmix64 */
uint64_t rsa_cases_draw(void)
{
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static void any(unsigned char *ret, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = rsa_cases_draw();
        memcpy(ret + i, &word, 8);
    }
}

/* Limbs of 52 bits (little-endian bits over big-endian bytes): all ones, all zeros, or as they are.
 */
static void set_limb(unsigned char *bytes, size_t size, size_t limb, bool ones)
{
    for (size_t bit = LIMB * limb; bit < LIMB * (limb + 1) && bit < 8 * size; bit++) {
        unsigned char mask = (unsigned char)(1 << bit % 8);
        unsigned char *at = bytes + size - 1 - bit / 8;
        *at = (unsigned char)(ones ? *at | mask : *at & ~mask);
    }
}

static void set_limbs(unsigned char *bytes, size_t size, uint64_t likely)
{
    for (size_t limb = 0; limb * LIMB < 8 * size; limb++) {
        uint64_t drawn = rsa_cases_draw() % 8;
        if (drawn < likely)
            set_limb(bytes, size, limb, drawn % 2 == 0);
    }
}

bool rsa_case_modulus(unsigned bits, size_t kind, BIGNUM *ret)
{
    unsigned char bytes[RSA_CASE_SIZE];
    size_t size = bits / 8;
    any(bytes, size);
    switch (kind % RSA_MODULI) {
    case 0: /* the largest */
        memset(bytes, 0xff, size);
        break;
    case 1: /* the smallest */
        memset(bytes, 0, size);
        break;
    case 2: /* a little below the largest */
        memset(bytes, 0xff, size - 8);
        break;
    case 3: /* a little above the smallest */
        memset(bytes, 0, size - 8);
        break;
    case 4: /* limbs of ones and of zeros */
        set_limbs(bytes, size, 8);
        break;
    case 5: /* some of them */
        set_limbs(bytes, size, 3);
        break;
    case 6: /* ones at the top, any below */
        memset(bytes, 0xff, size / 2);
        break;
    default:
        break;
    }
    bytes[0] |= 0x80;
    bytes[size - 1] |= 1;
    return BN_bin2bn(bytes, (int)size, ret) != NULL;
}

void rsa_case_base(const BIGNUM *n, size_t kind, unsigned char *ret)
{
    unsigned char modulus[RSA_CASE_SIZE];
    size_t size = (size_t)BN_num_bytes(n);
    BN_bn2bin(n, modulus);
    any(ret, size);
    switch (kind % RSA_BASES) {
    case 1: /* 0, 1, … */
        memset(ret, 0, size);
        ret[size - 1] = (unsigned char)(rsa_cases_draw() % 5);
        break;
    case 2: /* n - 1, n - 3, … */
        memcpy(ret, modulus, size);
        ret[size - 1] = (unsigned char)(ret[size - 1] & ~1u);
        break;
    case 3: /* the upper half of n, zeros below */
        memcpy(ret, modulus, size);
        memset(ret + size / 2, 0, size - size / 2);
        break;
    case 4: /* ones, below n */
        memset(ret, 0xff, size);
        break;
    case 5: /* limbs of ones and of zeros */
        set_limbs(ret, size, 8);
        break;
    case 6:
        set_limbs(ret, size, 4);
        break;
    case 7: /* one limb */
        memset(ret, 0, size);
        set_limb(ret, size, rsa_cases_draw() % (8 * size / LIMB), true);
        break;
    case 8: /* one bit */
        memset(ret, 0, size);
        ret[rsa_cases_draw() % size] = (unsigned char)(1 << rsa_cases_draw() % 8);
        break;
    case 9: /* all but one limb */
        memset(ret, 0xff, size);
        set_limb(ret, size, rsa_cases_draw() % (8 * size / LIMB), false);
        break;
    case 10: /* short */
        memset(ret, 0, rsa_cases_draw() % size);
        break;
    default:
        break;
    }
    for (int i = 0; memcmp(ret, modulus, size) >= 0; i++)
        ret[i / 8] &= (unsigned char)(0xff >> (i % 8 + 1)); /* until it is below n */
}

bool rsa_judge_begin(const BIGNUM *n, rsa_judge *ret)
{
    *ret = (rsa_judge){BN_CTX_new(), BN_MONT_CTX_new(), BN_new(), BN_new(), BN_new()};
    return ret->context != NULL && ret->modulus != NULL && ret->base != NULL &&
           ret->power != NULL && ret->start != NULL &&
           BN_MONT_CTX_set(ret->modulus, n, ret->context) == 1;
}

bool rsa_judge_raise(rsa_judge *judge, const unsigned char *base, size_t size, unsigned char *ret)
{
    bool good = BN_bin2bn(base, (int)size, judge->base) != NULL &&
                BN_to_montgomery(judge->start, judge->base, judge->modulus, judge->context) == 1 &&
                BN_copy(judge->power, judge->start) != NULL;
    for (int i = 0; good && i < 16; i++)
        good = BN_mod_mul_montgomery(judge->power, judge->power, judge->power, judge->modulus,
                                     judge->context) == 1;
    return good &&
           BN_mod_mul_montgomery(judge->power, judge->power, judge->base, judge->modulus,
                                 judge->context) == 1 &&
           BN_bn2binpad(judge->power, ret, (int)size) == (int)size;
}

void rsa_judge_end(rsa_judge *judge)
{
    BN_CTX_free(judge->context);
    BN_MONT_CTX_free(judge->modulus);
    BN_free(judge->base);
    BN_free(judge->power);
    BN_free(judge->start);
}
