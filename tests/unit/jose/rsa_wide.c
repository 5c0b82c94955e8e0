/* SPDX-License-Identifier: Apache-2.0 */
/* Exponentiation by IFMA against OpenSSL's, for random and structured moduli and numbers. Given two
 * numbers, it does so many random and so many structured cases of each size (script/rsa-cases). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "jose/crypto_auto.h"
#include "jose/verify/rsa_public.h"
#include "jose/verify/rsa_wide.h"
#include "rsa_cases.h"
#include "test.h"

#define OF_ONE_MODULUS 200
#define SEEDS 0x0571A47

/* Cases with one modulus; returns how many were the same. */
static size_t compare(const BIGNUM *n, bool structured, size_t count)
{
    unsigned char base[RSA_CASE_SIZE], ours[RSA_CASE_SIZE], theirs[RSA_CASE_SIZE];
    size_t size = (size_t)BN_num_bytes(n), same = 0;
    rsa_wide *key = rsa_wide_new(n, 65537);
    rsa_judge judge;
    assert_non_null(key);
    assert_true(rsa_judge_begin(n, &judge));
    for (size_t i = 0; i < count; i++) {
        rsa_case_base(n, structured ? 1 + i % (RSA_BASES - 1) : 0, base);
        assert_true(rsa_judge_raise(&judge, base, size, theirs));
        assert_true(rsa_wide_raise(key, base, ours));
        same += memcmp(ours, theirs, size) == 0;
    }
    rsa_judge_end(&judge);
    rsa_wide_free(key);
    return same;
}

static void run(unsigned bits, bool structured, size_t count)
{
    bn_auto BIGNUM *n = BN_new();
    size_t same = 0;
    for (size_t done = 0, kind = 0; done < count; done += OF_ONE_MODULUS, kind++) {
        size_t left = count - done < OF_ONE_MODULUS ? count - done : OF_ONE_MODULUS;
        rsa_cases_seed(SEEDS + bits + 2 * done + structured);
        assert_true(rsa_case_modulus(bits, structured ? kind : RSA_MODULI - 1, n));
        same += compare(n, structured, left);
    }
    assert_int_equal(same, count);
    assert_int_equal(rsa_wide_faults(), 0);
}

static void need_ifma(void)
{
    if (!cpu_has_ifma())
        skip();
}

static void random_cases(void **state)
{
    need_ifma();
    for (size_t i = 0; i < 3; i++)
        run(rsa_case_bits[i], false, 2000);
}

static void structured_cases(void **state)
{
    need_ifma();
    for (size_t i = 0; i < 3; i++)
        run(rsa_case_bits[i], true, 20 * OF_ONE_MODULUS);
}

/* Numbers that are not below n are for somebody else to refuse, and no fault. */
static void numbers_beyond(void **state)
{
    unsigned char base[RSA_CASE_SIZE], block[RSA_CASE_SIZE];
    bn_auto BIGNUM *n = BN_new();
    need_ifma();
    for (size_t i = 0; i < 3; i++) {
        size_t size = rsa_case_bits[i] / 8;
        rsa_cases_seed(i);
        assert_true(rsa_case_modulus(rsa_case_bits[i], 7, n));
        rsa_wide *key = rsa_wide_new(n, 65537);
        rsa_public *whole = rsa_public_new(n, 65537);
        rsa_scratch *scratch = rsa_scratch_new(whole);
        assert_int_equal(BN_bn2bin(n, base), (int)size);
        for (int more = 0; more < 3; more++) { /* n, n + 1 or n - 1, ones */
            if (more == 1)
                base[size - 1] ^= 2;
            if (more == 2)
                memset(base, 0xff, size);
            bool below = more == 1 && (base[size - 1] & 2) == 0;
            assert_int_equal(rsa_wide_raise(key, base, block), below);
            assert_int_equal(rsa_public_raise(whole, scratch, base, size),
                             below ? OST_OK : OST_E_SIGNATURE);
        }
        assert_int_equal(rsa_wide_faults(), 0);
        rsa_scratch_free(scratch);
        rsa_public_free(whole);
        rsa_wide_free(key);
    }
}

static void other_keys(void **state)
{
    static const unsigned others[] = {2047, 2049, 2056, 3071, 4095, 4104, 8192};
    bn_auto BIGNUM *n = BN_new();
    assert_true(rsa_case_modulus(2048, 7, n));
    assert_null(rsa_wide_new(n, 3));
    assert_null(rsa_wide_new(n, 65539));
    assert_null(rsa_wide_new(n, (uint64_t)1 << 32 | 65537));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        BN_zero(n);
        assert_int_equal(BN_set_bit(n, (int)others[i] - 1), 1);
        assert_int_equal(BN_set_bit(n, 0), 1);
        assert_null(rsa_wide_new(n, 65537));
    }
}

/* Many cases of each size, or of one alone where only is not 0. */
static int run_many(size_t random, size_t structured, unsigned only)
{
    if (!cpu_has_ifma()) {
        fprintf(stderr, "this processor has no IFMA, or may not use it\n");
        return 1;
    }
    for (size_t i = 0; i < 3; i++) {
        if (only != 0 && only != rsa_case_bits[i])
            continue;
        run(rsa_case_bits[i], false, random);
        run(rsa_case_bits[i], true, structured);
        printf("%u bits: %zu random and %zu structured cases as OpenSSL has them, %llu faults\n",
               rsa_case_bits[i], random, structured, (unsigned long long)rsa_wide_faults());
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_cases),
        cmocka_unit_test(structured_cases),
        cmocka_unit_test(numbers_beyond),
        cmocka_unit_test(other_keys),
    };
    if (argc == 4)
        return run_many(strtoull(argv[1], NULL, 10), strtoull(argv[2], NULL, 10),
                        (unsigned)strtoul(argv[3], NULL, 10));
    return cmocka_run_group_tests_name("jose-rsa_wide", tests, NULL, NULL);
}
