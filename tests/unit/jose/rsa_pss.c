/* SPDX-License-Identifier: Apache-2.0 */
/* PSS verification of our own, verdict by verdict against OpenSSL's: over good, damaged and crafted
 * signatures, by moduli of every remainder of bits that makes a difference. */
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/digest.h"
#include "jose/key/key_state.h"
#include "jose/signature/signature.h"
#include "jose/verify/rsa_pss.h"
#include "keys.h"
#include "test.h"

#define SIZE_MAX_HERE 258 /* bytes of the longest modulus below */

/* A message of as many bits as bytes hold, of one bit more than that, and between the two. */
static const unsigned sizes[] = {2048, 2049, 2050, 2055};
#define KEYS (ARRAY_LEN(sizes))
static ost_key *keys[KEYS];

/* OpenSSL generates moduli of an even number of bits alone. */
static ost_key *key_of_size(unsigned bits)
{
    static const char *const names[] = {"n", "e", "d", "p", "q", "dp", "dq", "qi"};
    BIGNUM *numbers[8];
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *p1 = BN_new(), *q1 = BN_new(), *product = BN_new();
    ost_arena *arena = ost_arena_new(1 << 20);
    const char *jwk = "{\"kty\":\"RSA\"";
    for (size_t i = 0; i < 8; i++)
        numbers[i] = BN_new();
    BIGNUM *n = numbers[0], *e = numbers[1], *d = numbers[2], *p = numbers[3], *q = numbers[4];
    assert_int_equal(BN_set_word(e, 65537), 1);
    do {
        assert_int_equal(BN_generate_prime_ex(p, (int)(bits + 1) / 2, 0, NULL, NULL, NULL), 1);
        assert_int_equal(BN_generate_prime_ex(q, (int)bits / 2, 0, NULL, NULL, NULL), 1);
        assert_true(BN_sub(p1, p, BN_value_one()) == 1 && BN_sub(q1, q, BN_value_one()) == 1);
        assert_true(BN_mul(n, p, q, context) == 1 && BN_mul(product, p1, q1, context) == 1);
    } while (BN_mod_inverse(d, e, product, context) == NULL);
    assert_true(BN_mod(numbers[5], d, p1, context) == 1 && BN_mod(numbers[6], d, q1, context) == 1);
    assert_non_null(BN_mod_inverse(numbers[7], q, p, context));
    for (size_t i = 0; i < 8; i++) {
        unsigned char bytes[SIZE_MAX_HERE];
        ost_text text = text_of_bytes(bytes, (size_t)BN_bn2bin(numbers[i], bytes));
        assert_int_equal(base64url_encode_to(arena, text, &text), OST_OK);
        jwk = ost_arena_format(arena, "%s,\"%s\":\"%s\"", jwk, names[i], text.data);
        BN_clear_free(numbers[i]);
    }
    ost_key *key = good_key(ost_arena_format(arena, "%s}", jwk));
    assert_int_equal(ost_key_bits(key), bits);
    ost_arena_free(arena);
    return key;
}

static int make_keys(void **state)
{
    for (size_t i = 0; i < KEYS; i++)
        keys[i] = key_of_size(sizes[i]);
    return 0;
}

static int free_keys(void **state)
{
    for (size_t i = 0; i < KEYS; i++)
        ost_key_unref(keys[i]);
    return 0;
}

static bool openssl_accepts(EVP_PKEY *pkey, hash_id hash, const unsigned char *digest,
                            const unsigned char *signature, size_t size)
{
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    const EVP_MD *md = EVP_get_digestbyname(hash_find(hash)->name);
    int salt = (int)hash_find(hash)->size;
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(context, md), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md(context, md), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt), 1);
    bool accepted = EVP_PKEY_verify(context, signature, size, digest, (size_t)salt) == 1;
    ERR_clear_error();
    return accepted;
}

static void same_verdict(const ost_key *key, hash_id hash, const unsigned char *digest,
                         const unsigned char *signature, size_t size, bool expected)
{
    rsa_scratch *scratch = rsa_scratch_new(key->rsa);
    EVP_MD_CTX *hasher = digest_context_new(hash);
    assert_int_equal(openssl_accepts(key->pkey, hash, digest, signature, size), expected);
    assert_int_equal(rsa_pss_verify(key->rsa, scratch, hash, hasher, digest, signature, size),
                     expected ? OST_OK : OST_E_SIGNATURE);
    EVP_MD_CTX_free(hasher);
    rsa_scratch_free(scratch);
}

/* EM = maskedDB || H || 0xbc, with whatever may be wrong about it. All zero: nothing is. */
typedef struct flaw {
    int salt;                /* bytes more than there should be */
    unsigned char trailer;   /* these are added to what should be there, without carry */
    unsigned char separator; /* the 0x01 before the salt */
    unsigned char padding;   /* in front of the separator */
    unsigned char hash;      /* in H */
    unsigned char salted;    /* in the salt, after it went into H */
    unsigned char zeros;     /* of the eight before the digest */
    bool other_mask;         /* MGF1 with another hash */
    size_t at;               /* where it is, of padding, hash and salt */
} flaw;

static void hash_of(hash_id hash, const unsigned char *data, size_t len, unsigned char *ret)
{
    assert_int_equal(digest(hash, text_of_bytes(data, len), ret), OST_OK);
}

static void apply_mask(hash_id hash, const unsigned char *seed, size_t seed_len,
                       unsigned char *data, size_t len)
{
    unsigned char input[HASH_MAX_SIZE + 4] = {0}, mask[HASH_MAX_SIZE];
    size_t step = hash_find(hash)->size;
    memcpy(input, seed, seed_len);
    for (size_t i = 0; i < len; i++) {
        if (i % step == 0) {
            input[seed_len + 3] = (unsigned char)(i / step);
            hash_of(hash, input, seed_len + 4, mask);
        }
        data[i] ^= mask[i % step];
    }
}

/* As many bytes as the modulus has, into `ret`. */
static void encode(const ost_key *key, hash_id hash, const unsigned char *digest_bytes,
                   const flaw *f, unsigned char *ret)
{
    unsigned bits = ost_key_bits(key) - 1;
    size_t size = (bits + 7) / 8, hash_size = hash_find(hash)->size;
    size_t salt_size = (size_t)((int)hash_size + f->salt), db_size = size - hash_size - 1;
    unsigned char salt[SIZE_MAX_HERE], input[8 + HASH_MAX_SIZE + SIZE_MAX_HERE] = {0};
    unsigned char *em = ret + ((ost_key_bits(key) + 7) / 8 - size), *h = em + db_size;
    memset(ret, 0, (ost_key_bits(key) + 7) / 8);
    assert_int_equal(RAND_bytes(salt, (int)sizeof salt), 1);
    input[7] = f->zeros;
    memcpy(input + 8, digest_bytes, hash_size);
    memcpy(input + 8 + hash_size, salt, salt_size);
    hash_of(hash, input, 8 + hash_size + salt_size, h);
    size_t separator = db_size - salt_size - 1;
    em[separator] = (unsigned char)(0x01 + f->separator);
    memcpy(em + separator + 1, salt, salt_size);
    if (f->salted != 0)
        em[separator + 1 + f->at % salt_size] ^= f->salted;
    if (f->padding != 0)
        em[f->at % separator] ^= f->padding;
    apply_mask(f->other_mask ? (hash + 1) % HASH_COUNT : hash, h, hash_size, em, db_size);
    h[f->at % hash_size] ^= f->hash;
    h[hash_size] = (unsigned char)(0xbc + f->trailer);
    em[0] &= (unsigned char)(0xff >> (8 * size - bits));
}

/* The private operation on a block of our own making. False: it is not a number below n. */
static bool raw_sign(const ost_key *key, const unsigned char *block, unsigned char *signature)
{
    size_t size = (ost_key_bits(key) + 7) / 8, made = size;
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    assert_int_equal(EVP_PKEY_sign_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING), 1);
    bool done = EVP_PKEY_sign(context, signature, &made, block, size) == 1;
    ERR_clear_error();
    return done;
}

static const ost_alg algs[HASH_COUNT] = {OST_PS256, OST_PS384, OST_PS512};

static void sign(const ost_key *key, hash_id hash, const unsigned char *digest_bytes,
                 unsigned char *signature)
{
    static const flaw none = {0};
    unsigned char block[SIZE_MAX_HERE];
    encode(key, hash, digest_bytes, &none, block);
    assert_true(raw_sign(key, block, signature));
}

static void good_and_bit_flips(void **state)
{
    unsigned char digest_bytes[HASH_MAX_SIZE], signature[SIZE_MAX_HERE];
    for (size_t k = 0; k < KEYS; k++) {
        size_t size = (sizes[k] + 7) / 8;
        for (hash_id hash = HASH_SHA256; hash <= HASH_SHA512; hash++) {
            assert_int_equal(digest(hash, OST_TEXT("input"), digest_bytes), OST_OK);
            sign(keys[k], hash, digest_bytes, signature);
            same_verdict(keys[k], hash, digest_bytes, signature, size, true);
            for (size_t bit = 0; bit < size * 8; bit += 61) {
                signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
                same_verdict(keys[k], hash, digest_bytes, signature, size, false);
                signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
            }
            digest_bytes[0] ^= 1;
            same_verdict(keys[k], hash, digest_bytes, signature, size, false);
            same_verdict(keys[k], (hash + 1) % HASH_COUNT, digest_bytes, signature, size, false);
            same_verdict(keys[k], hash, digest_bytes, signature, size - 1, false);
        }
    }
}

/* What OpenSSL signs is accepted, for that input and with that algorithm alone. */
static void signatures_by_the_library(void **state)
{
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    for (size_t k = 0; k < KEYS; k++) {
        for (hash_id hash = HASH_SHA256; hash <= HASH_SHA512; hash++) {
            assert_int_equal(
                signature_make(keys[k], algs[hash], OST_TEXT("input"), signature, &size), OST_OK);
            ost_text made = text_of_bytes(signature, size);
            assert_int_equal(signature_check(keys[k], algs[hash], OST_TEXT("input"), made), OST_OK);
            assert_int_equal(signature_check(keys[k], algs[hash], OST_TEXT("inpus"), made),
                             OST_E_SIGNATURE);
            assert_int_equal(
                signature_check(keys[k], algs[(hash + 1) % HASH_COUNT], OST_TEXT("input"), made),
                OST_E_SIGNATURE);
            assert_int_equal(signature_check(keys[k], OST_RS256 + hash, OST_TEXT("input"), made),
                             OST_E_SIGNATURE);
        }
    }
}

static void every_flaw(void **state)
{
    static const flaw flaws[] = {
        {.salt = -1},
        {.salt = 1},
        {.salt = -32},
        {.salt = 20},
        {.trailer = 0x10},
        {.trailer = 1},
        {.separator = 1},
        {.separator = 0xff},
        {.hash = 1},
        {.salted = 0x80},
        {.other_mask = true},
        {.zeros = 1},
        {.padding = 1},
        {.padding = 1, .at = 1},
        {.padding = 0x40, .at = 50},
        {.hash = 0x80, .at = 31},
        {.salted = 1, .at = 31},
    };
    unsigned char digest_bytes[HASH_MAX_SIZE] = {9}, block[SIZE_MAX_HERE], signature[SIZE_MAX_HERE];
    for (size_t k = 0; k < KEYS; k++) {
        size_t size = (sizes[k] + 7) / 8;
        for (hash_id hash = HASH_SHA256; hash <= HASH_SHA512; hash++) {
            for (size_t i = 0; i < ARRAY_LEN(flaws); i++) {
                encode(keys[k], hash, digest_bytes, &flaws[i], block);
                assert_true(raw_sign(keys[k], block, signature));
                same_verdict(keys[k], hash, digest_bytes, signature, size, false);
            }
        }
    }
}

/* Every byte of the zeros before the salt counts. */
static void padding_anywhere(void **state)
{
    unsigned char digest_bytes[HASH_MAX_SIZE] = {9}, block[SIZE_MAX_HERE], signature[SIZE_MAX_HERE];
    for (size_t at = 1; at < 256 - 2 * 32 - 2; at++) {
        const flaw f = {.padding = (unsigned char)(1 << at % 8), .at = at};
        encode(keys[0], HASH_SHA256, digest_bytes, &f, block);
        assert_true(raw_sign(keys[0], block, signature));
        same_verdict(keys[0], HASH_SHA256, digest_bytes, signature, 256, false);
    }
}

/* Bits in front of the message, where the modulus has room for them: step 6, and a whole byte of
 * them where the message is a byte shorter. */
static void bits_in_front(void **state)
{
    static const flaw none = {0};
    unsigned char digest_bytes[HASH_MAX_SIZE] = {9}, block[SIZE_MAX_HERE], signature[SIZE_MAX_HERE];
    for (size_t k = 0; k < KEYS; k++) {
        size_t size = (sizes[k] + 7) / 8;
        int tried = 0;
        for (int i = 0; i < 2000 && tried < 5; i++) {
            encode(keys[k], HASH_SHA256, digest_bytes, &none, block);
            block[0] |= (unsigned char)(1 << (sizes[k] - 1) % 8);
            if (!raw_sign(keys[k], block, signature))
                continue;
            same_verdict(keys[k], HASH_SHA256, digest_bytes, signature, size, false);
            tried++;
        }
        assert_int_equal(tried, 5);
    }
}

static void numbers_that_are_no_signature(void **state)
{
    unsigned char digest_bytes[HASH_MAX_SIZE] = {0}, signature[SIZE_MAX_HERE];
    for (size_t k = 0; k < KEYS; k++) {
        size_t size = (sizes[k] + 7) / 8;
        bn_auto BIGNUM *n = NULL;
        assert_int_equal(EVP_PKEY_get_bn_param(keys[k]->pkey, OSSL_PKEY_PARAM_RSA_N, &n), 1);
        for (BN_ULONG number = 0; number < 3; number++) { /* 0, 1, 2, n, n - 1, n - 2 */
            memset(signature, 0, sizeof signature);
            signature[size - 1] = (unsigned char)number;
            same_verdict(keys[k], HASH_SHA256, digest_bytes, signature, size, false);
            BN_bn2binpad(n, signature, (int)size);
            assert_int_equal(BN_sub_word(n, 1), 1);
            same_verdict(keys[k], HASH_SHA256, digest_bytes, signature, size, false);
        }
        for (int i = 0; i < 100; i++) {
            assert_int_equal(RAND_bytes(signature, (int)size), 1);
            signature[0] &= i % 2 == 0 ? 0 : 0xff;
            same_verdict(keys[k], HASH_SHA384, digest_bytes, signature, size, false);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_bit_flips), cmocka_unit_test(signatures_by_the_library),
        cmocka_unit_test(every_flaw),         cmocka_unit_test(padding_anywhere),
        cmocka_unit_test(bits_in_front),      cmocka_unit_test(numbers_that_are_no_signature),
    };
    return cmocka_run_group_tests_name("jose-rsa_pss", tests, make_keys, free_keys);
}
