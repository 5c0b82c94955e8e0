/* SPDX-License-Identifier: Apache-2.0 */
/* Digests: the standard's examples, and one thread's context under another's feet. */
#include <string.h>

#include <openssl/evp.h>

#include "base/text.h"
#include "jose/digest.h"
#include "test.h"

static void like_openssl(void **state)
{
    unsigned char data[300], expected[HASH_MAX_SIZE], seen[HASH_MAX_SIZE];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 7);
    for (hash_id hash = HASH_SHA256; hash <= HASH_SHA512; hash++) {
        const EVP_MD *md = EVP_get_digestbyname(hash_find(hash)->name);
        for (size_t len = 0; len <= sizeof data; len += 25) {
            assert_int_equal(EVP_Digest(data, len, expected, NULL, md, NULL), 1);
            assert_int_equal(digest(hash, (ost_text){(const char *)data, len}, seen), OST_OK);
            assert_memory_equal(seen, expected, hash_find(hash)->size);
        }
    }
}

static void sha256_of_nothing(void **state)
{
    static const unsigned char expected[32] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14,
                                               0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
                                               0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c,
                                               0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};
    unsigned char seen[32];
    assert_int_equal(ost_sha256((ost_text){0}, seen), OST_OK);
    assert_memory_equal(seen, expected, 32);
}

/* OpenID Connect Core, appendix A.3 and A.6. */
static void left_half_hash(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 12);
    ost_text hash = {0};
    assert_int_equal(ost_left_half_hash(OST_TEXT("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
                                        OST_RS256, arena, &hash),
                     OST_OK);
    assert_true(text_is(hash, "77QmUPtjPfzWtF2AnpK9RQ"));
    assert_int_equal(
        ost_left_half_hash(OST_TEXT("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
                           OST_PS256, arena, &hash),
        OST_OK);
    assert_true(text_is(hash, "LDktKdoQak3Pk0cnXxCltA"));
    static const struct {
        ost_alg alg;
        size_t len;
    } halves[] = {{OST_HS256, 22}, {OST_ES384, 32}, {OST_ES512, 43}, {OST_EDDSA, 43}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ost_left_half_hash(OST_TEXT("x"), halves[i].alg, arena, &hash), OST_OK);
        assert_int_equal(hash.len, halves[i].len);
    }
    ost_text untouched = {"kept", 4};
    assert_int_equal(ost_left_half_hash(OST_TEXT("x"), OST_ALG_UNSET, arena, &untouched),
                     OST_E_ARGUMENT);
    assert_true(text_is(untouched, "kept"));
    ost_arena_free(arena);
}

/* The values are Python's hashlib's: of SHA-512, and of 114 and 64 bytes of SHAKE256. */
static void half_hashes_of_edwards_curves(void **state)
{
    static const char ed448[] = "W6Ie3EoycJT-JESJ2WSAWX7LRP3FuHvmvNycBM"
                                "eL-NngYGhJXChp7YRUBdOXcrKGZD4qnhCAstjO";
    static const char *const halves[] = {
        "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM",
        ed448,
        "W6Ie3EoycJT-JESJ2WSAWX7LRP3FuHvmvNycBMeL-Nk",
    };
    const ost_text token = OST_TEXT("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    ost_arena *arena = ost_arena_new(1 << 12);
    ost_text hash = {0};
    assert_int_equal(ost_left_half_hash(token, OST_EDDSA, arena, &hash), OST_OK);
    assert_true(text_is(hash, halves[0]));
    assert_int_equal(ost_left_half_hash(token, OST_ED25519, arena, &hash), OST_OK);
    assert_true(text_is(hash, halves[0]));
    assert_int_equal(ost_left_half_hash(token, OST_ED448, arena, &hash), OST_OK);
    assert_true(text_is(hash, halves[1]));
    for (size_t i = 0; i < 3; i++) {
        hash = text_of(halves[i]);
        assert_int_equal(digest_half_check(token, OST_EDDSA, hash), OST_OK);
        assert_int_equal(digest_half_check(token, OST_ED448, hash),
                         i > 0 ? OST_OK : OST_E_SIGNATURE);
        assert_int_equal(digest_half_check(token, OST_ED25519, hash),
                         i > 0 ? OST_E_SIGNATURE : OST_OK);
        assert_int_equal(digest_half_check(token, OST_RS256, hash), OST_E_SIGNATURE);
        assert_int_equal(digest_half_check(OST_TEXT("another"), OST_EDDSA, hash), OST_E_SIGNATURE);
        assert_int_equal(digest_half_check(token, OST_EDDSA, text_slice(hash, 0, 8)),
                         OST_E_SIGNATURE);
    }
    assert_int_equal(digest_half_check(token, OST_EDDSA, (ost_text){0}), OST_E_SIGNATURE);
    assert_int_equal(digest_half_check(token, OST_ALG_UNSET, hash), OST_E_ARGUMENT);
    assert_int_equal(digest_half_check(token, OST_RSA_OAEP, hash), OST_E_ARGUMENT);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_openssl),
        cmocka_unit_test(sha256_of_nothing),
        cmocka_unit_test(left_half_hash),
        cmocka_unit_test(half_hashes_of_edwards_curves),
    };
    return cmocka_run_group_tests_name("jose-digest", tests, NULL, NULL);
}
