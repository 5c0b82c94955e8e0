/* SPDX-License-Identifier: Apache-2.0 */
/* The proof of rsa_proof.h, proven itself: each limb of each quotient and of each intermediate
 * result, of the modulus and of what else a key holds is flipped in turn, and each time the result
 * is given up, or is the right one. rsa_ifma.c and rsa_wide.c are built for this program with
 * faults. */
#include <string.h>

#include "base/cpu.h"
#include "jose/crypto_auto.h"
#include "jose/verify/rsa_ifma.h"
#include "jose/verify/rsa_public.h"
#include "jose/verify/rsa_wide.h"
#include "rsa_cases.h"
#include "test.h"

static struct {
    bool armed, done;
    int what;
    size_t step, limb;
    uint64_t flip;
} fault;

void rsa_ifma_fault(int what, size_t step, uint64_t limbs[IFMA_LIMBS])
{
    if (!fault.armed || what != fault.what || step != fault.step)
        return;
    limbs[fault.limb] ^= fault.flip;
    fault.done = true;
}

typedef struct fixture {
    rsa_wide *key;
    unsigned char base[RSA_CASE_SIZE], right[RSA_CASE_SIZE];
    size_t size, limbs;
} fixture;

static void begin(size_t which, fixture *f)
{
    bn_auto BIGNUM *n = BN_new();
    if (!cpu_has_ifma())
        skip();
    rsa_cases_seed(which + 99);
    assert_true(rsa_case_modulus(rsa_case_bits[which], 7, n));
    f->size = rsa_case_bits[which] / 8;
    rsa_case_base(n, 0, f->base);
    f->key = rsa_wide_new(n, 65537);
    assert_non_null(f->key);
    f->limbs = 8 * rsa_wide_modulus(f->key)->registers;
    rsa_wide_forget_faults();
    assert_true(rsa_wide_raise(f->key, f->base, f->right));
}

/* It was given up, and counted; the next one is, too, without being looked at. */
static void assert_caught(const fixture *f)
{
    unsigned char block[RSA_CASE_SIZE] = {0};
    static const unsigned char untouched[RSA_CASE_SIZE];
    fault.armed = true;
    fault.done = false;
    bool good = rsa_wide_raise(f->key, f->base, block);
    fault.armed = false;
    assert_true(fault.done);
    assert_false(good);
    assert_memory_equal(block, untouched, sizeof block);
    assert_int_equal(rsa_wide_faults(), 1);
    assert_false(rsa_wide_raise(f->key, f->base, block)); /* it is off */
    assert_int_equal(rsa_wide_faults(), 1);
    rsa_wide_forget_faults();
}

static void each_limb_of_each_step(void **state)
{
    static const int kinds[] = {FAULT_QUOTIENT, FAULT_RESULT, FAULT_LATER};
    size_t flips = 0;
    for (size_t which = 0; which < 3; which++) {
        fixture f;
        begin(which, &f);
        for (size_t i = 0; i < 3 * IFMA_STEPS * f.limbs; i++) {
            fault.what = kinds[i % 3];
            fault.step = i / 3 % IFMA_STEPS;
            fault.limb = i / 3 / IFMA_STEPS;
            bool is_lost = fault.what == FAULT_LATER && fault.step + 1 == IFMA_STEPS &&
                           IFMA_BITS * (fault.limb + 1) > 8 * f.size + 64;
            if (is_lost) /* at least in part: beyond the words of a result */
                continue;
            for (int turn = 0; turn < 4; turn++, flips++) {
                uint64_t several = rsa_cases_draw() >> 12, one = (uint64_t)1 << several % IFMA_BITS;
                fault.flip = turn % 2 == 0 ? one : several | one;
                assert_caught(&f);
            }
        }
        rsa_wide_free(f.key);
    }
    print_message("%zu flips of limbs, all caught\n", flips);
}

/* A fault in what a key holds is caught as soon as it would make a difference. */
static void each_bit_of_a_key(void **state)
{
    size_t caught = 0, harmless = 0;
    for (size_t which = 0; which < 3; which++) {
        fixture f;
        begin(which, &f);
        unsigned char *bytes = (unsigned char *)rsa_wide_modulus(f.key);
        size_t bits = 8 * (2 * sizeof(ifma_number) + sizeof(uint64_t)); /* n, square, k0 */
        for (size_t bit = 0; bit < bits; bit++) {
            unsigned char block[RSA_CASE_SIZE];
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            bool good = rsa_wide_raise(f.key, f.base, block);
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_int_equal(rsa_wide_faults(), good ? 0 : 1);
            if (good)
                assert_memory_equal(block, f.right, f.size);
            caught += !good;
            harmless += good;
            rsa_wide_forget_faults();
        }
        rsa_wide_free(f.key);
    }
    /* Harmless are the bits of limbs that are not there, and of limbs those above the 52nd, which
     * no instruction looks at. */
    print_message("%zu flips in keys caught, %zu harmless\n", caught, harmless);
    assert_true(caught >= (size_t)2 * 52 * (40 + 60 + 79));
}

/* A caught fault is nobody's refusal: OpenSSL decides, and the signature is good. */
static void openssl_decides(void **state)
{
    bn_auto BIGNUM *n = BN_new();
    fixture f;
    begin(0, &f);
    rsa_cases_seed(99);
    assert_true(rsa_case_modulus(2048, 7, n));
    rsa_public *key = rsa_public_new(n, 65537);
    rsa_scratch *scratch = rsa_scratch_new(key);
    fault.what = FAULT_RESULT;
    fault.step = 7;
    fault.limb = 3;
    fault.flip = 1;
    fault.armed = true;
    for (int i = 0; i < 3; i++) {
        memset(scratch->block, 0, f.size);
        assert_int_equal(rsa_public_raise(key, scratch, f.base, f.size), OST_OK);
        assert_memory_equal(scratch->block, f.right, f.size);
        assert_int_equal(rsa_wide_faults(), 1);
    }
    fault.armed = false;
    rsa_wide_forget_faults();
    rsa_scratch_free(scratch);
    rsa_public_free(key);
    rsa_wide_free(f.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_limb_of_each_step),
        cmocka_unit_test(each_bit_of_a_key),
        cmocka_unit_test(openssl_decides),
    };
    return cmocka_run_group_tests_name("jose-rsa_wide_faults", tests, NULL, NULL);
}
