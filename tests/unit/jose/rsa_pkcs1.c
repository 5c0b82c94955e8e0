/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS #1 v1.5 verification of our own, verdict by verdict against OpenSSL's. */
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/digest.h"
#include "jose/signature/signature.h"
#include "jose/verify/rsa_pkcs1.h"
#include "keys.h"
#include "test.h"

#define SIZE 256 /* bytes of the test key's modulus */

static ost_key *key;

static int make_key(void **state)
{
    key = good_key(test_rsa);
    return 0;
}

static int free_key(void **state)
{
    ost_key_unref(key);
    return 0;
}

static bool openssl_accepts(EVP_PKEY *pkey, hash_id hash, const unsigned char *digest,
                            const unsigned char *signature, size_t size)
{
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    const EVP_MD *md = EVP_get_digestbyname(hash_find(hash)->name);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(context, md), 1);
    bool accepted = EVP_PKEY_verify(context, signature, size, digest, hash_find(hash)->size) == 1;
    ERR_clear_error();
    return accepted;
}

static void same_verdict(hash_id hash, const unsigned char *digest, const unsigned char *signature,
                         size_t size, bool expected)
{
    rsa_scratch *scratch = rsa_scratch_new(key->rsa);
    assert_int_equal(openssl_accepts(key->pkey, hash, digest, signature, size), expected);
    assert_int_equal(rsa_pkcs1_verify(key->rsa, scratch, hash, digest, signature, size),
                     expected ? OST_OK : OST_E_SIGNATURE);
    rsa_scratch_free(scratch);
}

/* The private operation on a block of our own making: what a careless verifier may be shown. */
static void raw_sign(const unsigned char *block, unsigned char *signature)
{
    size_t size = SIZE;
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    assert_int_equal(EVP_PKEY_sign_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING), 1);
    assert_int_equal(EVP_PKEY_sign(context, signature, &size, block, SIZE), 1);
}

static const ost_alg algs[HASH_COUNT] = {OST_RS256, OST_RS384, OST_RS512};

static void good_and_bit_flips(void **state)
{
    unsigned char digest_bytes[HASH_MAX_SIZE], signature[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    for (hash_id hash = HASH_SHA256; hash <= HASH_SHA512; hash++) {
        assert_int_equal(digest(hash, OST_TEXT("input"), digest_bytes), OST_OK);
        assert_int_equal(signature_make(key, algs[hash], OST_TEXT("input"), signature, &size),
                         OST_OK);
        same_verdict(hash, digest_bytes, signature, size, true);
        for (size_t bit = 0; bit < size * 8; bit += 61) {
            signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
            same_verdict(hash, digest_bytes, signature, size, false);
            signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        digest_bytes[0] ^= 1;
        same_verdict(hash, digest_bytes, signature, size, false);
        same_verdict((hash + 1) % HASH_COUNT, digest_bytes, signature, size, false);
    }
}

static void numbers_that_are_no_signature(void **state)
{
    unsigned char digest_bytes[HASH_MAX_SIZE] = {0}, signature[SIZE + 1] = {0};
    bn_auto BIGNUM *n = NULL, *sum = BN_new(), *good = NULL;
    size_t size = 0;
    assert_int_equal(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n), 1);
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false); /* 0 */
    signature[SIZE - 1] = 1;
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false); /* 1 */
    BN_bn2binpad(n, signature, SIZE);
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false); /* n */
    signature[SIZE - 1]--;
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false); /* n - 1 */
    memset(signature, 0xff, SIZE);
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false);

    /* A good signature plus n is the same number modulo n, and yet none. */
    assert_int_equal(digest(HASH_SHA256, OST_TEXT("x"), digest_bytes), OST_OK);
    bool fits = false;
    for (int i = 0; i < 200 && !fits; i++) {
        char text[2] = {(char)('0' + i % 200), 0};
        assert_int_equal(digest(HASH_SHA256, text_of(text), digest_bytes), OST_OK);
        assert_int_equal(signature_make(key, OST_RS256, text_of(text), signature, &size), OST_OK);
        BN_clear_free(good);
        good = BN_bin2bn(signature, SIZE, NULL);
        assert_int_equal(BN_add(sum, good, n), 1);
        fits = BN_num_bytes(sum) <= SIZE;
    }
    if (fits) {
        BN_bn2binpad(sum, signature, SIZE);
        same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false);
    }
    BN_bn2binpad(good, signature + 1, SIZE); /* a zero more in front */
    signature[0] = 0;
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE + 1, false);
    same_verdict(HASH_SHA256, digest_bytes, signature + 1, SIZE - 1, false);
}

/* A block with its parts at will; DigestInfo is taken from a good one. */
static void good_block(unsigned char *block, const unsigned char *digest_bytes)
{
    static const unsigned char info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                         0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    memset(block, 0xff, SIZE);
    block[0] = 0;
    block[1] = 1;
    block[SIZE - 32 - sizeof info - 1] = 0;
    memcpy(block + SIZE - 32 - sizeof info, info, sizeof info);
    memcpy(block + SIZE - 32, digest_bytes, 32);
}

static void attack_11_malleable_padding(void **state)
{
    unsigned char digest_bytes[32], block[SIZE], signature[SIZE];
    const size_t info = SIZE - 32 - 19;
    assert_int_equal(ost_sha256(OST_TEXT("input"), digest_bytes), OST_OK);
    good_block(block, digest_bytes);
    raw_sign(block, signature);
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, true);

    block[1] = 2; /* another block type */
    raw_sign(block, signature);
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false);

    for (size_t at = 2; at < SIZE; at += 3) { /* any byte of the padding, of DigestInfo, … */
        good_block(block, digest_bytes);
        block[at] ^= 0x10;
        raw_sign(block, signature);
        same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false);
    }

    good_block(block, digest_bytes); /* Bleichenbacher 2006: short padding, garbage behind */
    memmove(block + 10, block + info - 1, 1 + 19 + 32);
    memset(block + 10 + 1 + 19 + 32, 0xa5, SIZE - 10 - 1 - 19 - 32);
    raw_sign(block, signature);
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false);

    good_block(block, digest_bytes); /* garbage inside: the algorithm's parameters */
    memmove(block + info - 2, block + info, 17);
    block[info - 3] = 0;
    block[info - 2 + 1] = 0x33;
    block[info - 2 + 3] = 0x0f;
    block[info + 14] = 0x02;
    raw_sign(block, signature);
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false);

    memset(block, 0xff, SIZE); /* no DigestInfo at all */
    block[0] = 0;
    block[1] = 1;
    block[SIZE - 33] = 0;
    memcpy(block + SIZE - 32, digest_bytes, 32);
    raw_sign(block, signature);
    same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false);
}

/* Exponents of every length up to 64 bits, each with the private exponent that belongs to it. */
static void every_length_of_exponent(void **state)
{
    bn_auto BIGNUM *n = NULL, *signature = BN_new(), *e = BN_new();
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    unsigned char bytes[SIZE], block[SIZE], digest_bytes[32] = {7};
    assert_int_equal(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n), 1);
    bn_auto BIGNUM *p = NULL, *q = NULL, *lambda = BN_new(), *d = BN_new();
    assert_int_equal(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_FACTOR1, &p), 1);
    assert_int_equal(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_FACTOR2, &q), 1);
    assert_int_equal(BN_sub_word(p, 1) & BN_sub_word(q, 1), 1);
    assert_int_equal(BN_mul(lambda, p, q, context), 1);
    good_block(block, digest_bytes);
    bn_auto BIGNUM *message = BN_bin2bn(block, SIZE, NULL);
    unsigned tried = 0;
    for (unsigned bits = 2; bits <= 64; bits++) {
        uint64_t value = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
        for (int i = 0; i < 40; i++, value -= 2) {
            /* There is a d only where e has no factor in common with p - 1 and q - 1. */
            if (value < 3 || BN_set_word(e, value) != 1 ||
                BN_mod_inverse(d, e, lambda, context) == NULL)
                continue;
            assert_int_equal(BN_mod_exp(signature, message, d, n, context), 1);
            assert_int_equal(BN_bn2binpad(signature, bytes, SIZE), SIZE);
            rsa_public *public = rsa_public_new(n, value);
            rsa_scratch *scratch = rsa_scratch_new(public);
            assert_int_equal(
                rsa_pkcs1_verify(public, scratch, HASH_SHA256, digest_bytes, bytes, SIZE), OST_OK);
            bytes[SIZE - 1] ^= 1;
            assert_int_equal(
                rsa_pkcs1_verify(public, scratch, HASH_SHA256, digest_bytes, bytes, SIZE),
                OST_E_SIGNATURE);
            rsa_scratch_free(scratch);
            rsa_public_free(public);
            tried++;
            break;
        }
    }
    ERR_clear_error();
    assert_true(tried > 55);
}

static void random_numbers(void **state)
{
    unsigned char digest_bytes[32] = {1}, signature[SIZE];
    for (int i = 0; i < 300; i++) {
        assert_int_equal(RAND_bytes(signature, SIZE), 1);
        signature[0] &= 0x7f;
        if (i % 3 == 0)
            memset(signature, 0, (size_t)i * SIZE / 300); /* short numbers */
        same_verdict(HASH_SHA256, digest_bytes, signature, SIZE, false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_bit_flips),
        cmocka_unit_test(numbers_that_are_no_signature),
        cmocka_unit_test(attack_11_malleable_padding),
        cmocka_unit_test(every_length_of_exponent),
        cmocka_unit_test(random_numbers),
    };
    return cmocka_run_group_tests_name("jose-rsa_pkcs1", tests, make_key, free_key);
}
