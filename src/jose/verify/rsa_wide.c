/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to limbs and back, and what happens when a result is not proven; see rsa_wide.h. */
#include "jose/verify/rsa_wide.h"

#include <stdatomic.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/cpu.h"
#include "jose/crypto_auto.h"
#include "jose/verify/rsa_proof.h"

#define E 65537
#define LIMB_MASK (((uint64_t)1 << IFMA_BITS) - 1)

struct rsa_wide {
    ifma_modulus modulus;
    const rsa_proof *proof; /* the process's */
    proof_residues residues;
    size_t words; /* of the modulus */
    uint64_t n[PROOF_WORDS];
};

static const struct {
    unsigned bits;
    size_t count, registers;
} sizes[] = {{2048, 40, 5}, {3072, 60, 8}, {4096, 80, 10}};

static atomic_ullong faults;

/* The process's, which stays until it ends, so that its primes are the same for all keys. NULL: it
 * cannot be made now. */
static const rsa_proof *the_proof(void)
{
    static _Atomic(rsa_proof *) made;
    rsa_proof *known = atomic_load_explicit(&made, memory_order_acquire), *fresh;
    if (known != NULL || rsa_proof_new(&fresh) != OST_OK)
        return known;
    if (atomic_compare_exchange_strong(&made, &known, fresh))
        return fresh;
    rsa_proof_free(fresh); /* somebody else was faster */
    return known;
}

uint64_t rsa_wide_faults(void)
{
    return atomic_load_explicit(&faults, memory_order_relaxed);
}

/* `words` has a word of 0 beyond those that count. */
static void to_limbs(const uint64_t *words, size_t count, ifma_number *ret)
{
    *ret = (ifma_number){0};
    for (size_t i = 0; i * IFMA_BITS < 64 * count; i++) {
        size_t word = i * IFMA_BITS / 64, bit = i * IFMA_BITS % 64;
        uint64_t limb = words[word] >> bit;
        if (bit > 64 - IFMA_BITS)
            limb |= words[word + 1] << (64 - bit);
        ret->limbs[i] = limb & LIMB_MASK;
    }
}

/* As many words as are asked for; what is beyond them is lost. */
static void to_words(const ifma_number *number, size_t limbs, size_t count, uint64_t *ret)
{
    memset(ret, 0, count * sizeof *ret);
    for (size_t i = 0; i < limbs; i++) {
        size_t word = i * IFMA_BITS / 64, bit = i * IFMA_BITS % 64;
        if (word < count)
            ret[word] |= number->limbs[i] << bit;
        if (bit > 64 - IFMA_BITS && word + 1 < count)
            ret[word + 1] |= number->limbs[i] >> (64 - bit);
    }
}

static void from_bytes(const unsigned char *bytes, size_t count, uint64_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, bytes + 8 * (count - 1 - i), sizeof word);
        ret[i] = __builtin_bswap64(word);
    }
    ret[count] = 0;
}

static void to_bytes(const uint64_t *words, size_t count, unsigned char *ret)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t word = __builtin_bswap64(words[count - 1 - i]);
        memcpy(ret + 8 * i, &word, sizeof word);
    }
}

static bool is_below(const uint64_t *a, const uint64_t *b, size_t count)
{
    while (count-- > 0) {
        if (a[count] != b[count])
            return a[count] < b[count];
    }
    return false;
}

static void subtract(uint64_t *a, const uint64_t *b, size_t count)
{
    unsigned long long borrow = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned long long rest;
        bool first = __builtin_sub_overflow(a[i], b[i], &rest);
        bool second = __builtin_sub_overflow(rest, borrow, &rest);
        a[i] = rest;
        borrow = first || second;
    }
}

static bool read_words(const BIGNUM *number, size_t count, uint64_t *ret)
{
    unsigned char bytes[8 * PROOF_WORDS];
    if (BN_bn2binpad(number, bytes, (int)(8 * count)) != (int)(8 * count))
        return false;
    from_bytes(bytes, count, ret);
    return true;
}

static bool prepare(rsa_wide *key, const BIGNUM *n)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *square = BN_new();
    uint64_t words[PROOF_WORDS];
    size_t bits = IFMA_BITS * key->modulus.count;
    if (context == NULL || square == NULL || BN_set_bit(square, (int)(2 * bits)) != 1 ||
        BN_mod(square, square, n, context) != 1 || !read_words(n, key->words, key->n) ||
        !read_words(square, key->words, words) ||
        rsa_proof_residues(key->proof, n, square, bits, &key->residues) != OST_OK)
        return false;
    to_limbs(key->n, key->words, &key->modulus.n);
    to_limbs(words, key->words, &key->modulus.square);
    uint64_t inverse = key->n[0]; /* to 3 bits, then to 6, 12, 24, 48, 96 */
    for (int i = 0; i < 5; i++)
        inverse *= 2 - key->n[0] * inverse;
    key->modulus.k0 = -inverse & LIMB_MASK;
    return true;
}

rsa_wide *rsa_wide_new(const BIGNUM *n, uint64_t e)
{
    unsigned bits = (unsigned)BN_num_bits(n);
    size_t i = 0;
    while (i < ARRAY_LEN(sizes) && sizes[i].bits != bits)
        i++;
    if (i == ARRAY_LEN(sizes) || e != E || !cpu_has_ifma())
        return NULL;
    const rsa_proof *proof = the_proof();
    rsa_wide *key = proof != NULL ? memory_alloc_aligned(sizeof *key) : NULL;
    if (key == NULL)
        return NULL;
    key->proof = proof;
    key->words = bits / 64;
    key->modulus.count = sizes[i].count;
    key->modulus.registers = sizes[i].registers;
    if (!prepare(key, n)) {
        rsa_wide_free(key);
        key = NULL;
    }
    return key;
}

void rsa_wide_free(rsa_wide *key)
{
    memory_free(key);
}

bool rsa_wide_raise(const rsa_wide *key, const unsigned char *signature, unsigned char *ret_block)
{
    uint64_t base[PROOF_WORDS], result[PROOF_WORDS];
    ifma_number base_limbs, result_limbs;
    ifma_step steps[IFMA_STEPS];
    size_t count = key->words + 1; /* the result has a bit more, until n is subtracted */
    from_bytes(signature, key->words, base);
    if (!is_below(base, key->n, key->words) || rsa_wide_faults() > 0)
        return false;
    to_limbs(base, key->words, &base_limbs);
    rsa_ifma_raise(&key->modulus, rsa_proof_weights(key->proof), &base_limbs, &result_limbs, steps);
    to_words(&result_limbs, 8 * key->modulus.registers, count, result);
    bool reduced = !is_below(result, key->n, count);
    if (reduced)
        subtract(result, key->n, count);
    if (!is_below(result, key->n, count) ||
        !rsa_proof_holds(key->proof, &key->residues, base, steps, result, reduced, count)) {
        atomic_fetch_add_explicit(&faults, 1, memory_order_relaxed);
        return false;
    }
    to_bytes(result, key->words, ret_block);
    return true;
}

#ifdef RSA_IFMA_FAULTS
ifma_modulus *rsa_wide_modulus(rsa_wide *key)
{
    return &key->modulus;
}

void rsa_wide_forget_faults(void)
{
    atomic_store(&faults, 0);
}
#endif
