/* SPDX-License-Identifier: Apache-2.0 */
/* Weak RSA moduli: with a small prime factor, or with the fingerprint of the keys that Infineon's
 * library made (ROCA, CVE-2017-15361): their primes are k M + (65537^a mod M), M a product of the
 * first primes, so that the modulus is a power of 65537 modulo each of these. Of other moduli one
 * in about 2^27 looks so, too. */
#include "jose/key/rsa_weakness.h"

#include <openssl/bn.h>

#include "base/array.h"
#include "jose/key/key_state.h"

static const uint16_t primes[] = {
    3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
    73,  79,  83,  89,  97,  101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271,
    277, 281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389,
    397, 401, 409, 419, 421, 431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503,
    509, 521, 523, 541, 547, 557, 563, 569, 571, 577, 587, 593, 599, 601, 607, 613, 617, 619, 631,
    641, 643, 647, 653, 659, 661, 673, 677, 683, 691, 701, 709, 719, 727, 733, 739, 743, 751};
#define PRIME_COUNT (ARRAY_LEN(primes))
#define ROCA_LAST 167 /* M holds these, whatever the size of the key */
#define GENERATOR 65537

/* By long division, four bytes at a time; `size` is a multiple of that. */
static uint32_t remainder_of(const unsigned char *number, size_t size, uint32_t divisor)
{
    uint64_t rest = 0;
    for (size_t i = 0; i < size; i += 4) {
        uint64_t digit = (uint64_t)number[i] << 24 | (uint64_t)number[i + 1] << 16 |
                         (uint64_t)number[i + 2] << 8 | number[i + 3];
        rest = (rest << 32 | digit) % divisor;
    }
    return (uint32_t)rest;
}

static bool is_power_of_generator(uint32_t rest, uint32_t prime)
{
    uint32_t power = 1;
    do {
        if (power == rest)
            return true;
        power = (uint32_t)((uint64_t)power * GENERATOR % prime);
    } while (power != 1);
    return false;
}

/* As many primes from `first` on as have a product of 32 bits: one long division serves them all.
 */
static size_t group_from(size_t first, uint32_t *ret_product)
{
    uint64_t product = 1;
    size_t next = first;
    while (next < PRIME_COUNT && product * primes[next] <= UINT32_MAX)
        product *= primes[next++];
    *ret_product = (uint32_t)product;
    return next;
}

const char *rsa_weakness(const BIGNUM *n)
{
    unsigned char number[RSA_MAX_BITS / 8];
    bool looks_like_roca = true;
    size_t size = ((size_t)BN_num_bytes(n) + 3) / 4 * 4;
    if (size > sizeof number || BN_bn2binpad(n, number, (int)size) < 0)
        return "is too long";
    for (size_t i = 0, next = 0; i < PRIME_COUNT; i = next) {
        uint32_t product;
        next = group_from(i, &product);
        uint32_t rest = remainder_of(number, size, product);
        for (size_t p = i; p < next; p++) {
            if (rest % primes[p] == 0)
                return "has a small factor";
            looks_like_roca =
                looks_like_roca &&
                (primes[p] > ROCA_LAST || is_power_of_generator(rest % primes[p], primes[p]));
        }
    }
    return looks_like_roca ? "has the fingerprint of ROCA" : NULL;
}
