/* SPDX-License-Identifier: Apache-2.0 */
/* The table of algorithms against OpenSSL's own knowledge of the same things. */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include "base/array.h"
#include "base/text.h"
#include "jose/alg.h"
#include "test.h"

static void names(void **state)
{
    static const char *const registered[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                             "PS512", "ES256", "ES384", "ES512", "EdDSA",
                                             "HS256", "HS384", "HS512"};
    for (size_t i = 0; i < 13; i++) {
        assert_int_equal(ost_alg_of(text_of(registered[i])), OST_RS256 + i);
        assert_string_equal(ost_alg_name((ost_alg)(OST_RS256 + i)), registered[i]);
    }
    assert_null(alg_find(OST_ALG_UNSET));
    static const char *const managing[] = {"RSA-OAEP",
                                           "RSA-OAEP-256",
                                           "A128KW",
                                           "A192KW",
                                           "A256KW",
                                           "dir",
                                           "ECDH-ES",
                                           "ECDH-ES+A128KW",
                                           "ECDH-ES+A192KW",
                                           "ECDH-ES+A256KW",
                                           "A128GCMKW",
                                           "A192GCMKW",
                                           "A256GCMKW",
                                           "PBES2-HS256+A128KW",
                                           "PBES2-HS384+A192KW",
                                           "PBES2-HS512+A256KW",
                                           "RSA1_5",
                                           "RSA-OAEP-384",
                                           "RSA-OAEP-512"};
    for (size_t i = 0; i < ARRAY_LEN(managing); i++) {
        assert_int_equal(ost_alg_of(text_of(managing[i])), OST_RSA_OAEP + i);
        assert_string_equal(ost_alg_name((ost_alg)(OST_RSA_OAEP + i)), managing[i]);
        assert_false(alg_signs((ost_alg)(OST_RSA_OAEP + i)));
    }
    assert_int_equal(ost_alg_of(OST_TEXT("ES256K")), OST_ES256K);
    assert_true(alg_signs(OST_ES256K));
    assert_int_equal(ost_alg_of(OST_TEXT("Ed25519")), OST_ED25519); /* G7: RFC 9864 */
    assert_int_equal(ost_alg_of(OST_TEXT("Ed448")), OST_ED448);
    assert_true(alg_signs(OST_ED25519) && alg_signs(OST_ED448));
    for (ost_alg alg = OST_ED448 + 1; alg < OST_RSA_OAEP; alg++)
        assert_null(alg_find(alg));
    assert_null(alg_find((ost_alg)(OST_RSA_OAEP_512 + 1)));
    assert_null(alg_find((ost_alg)-1));
    assert_string_equal(ost_alg_name((ost_alg)99), "none");
}

static void attack_01_alg_none_in_any_case(void **state)
{
    static const char *const bad[] = {
        "none",   "None",   "NONE", "nOnE",       "",    "rs256",   "RS256 ", " RS256", "RS25",
        "RS2566", "es256k", "HS1",  "RSA-OAEP-1", "DIR", "ed25519", "ES521",  "A128GCM"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(ost_alg_of(text_of(bad[i])), OST_ALG_UNSET);
    assert_int_equal(ost_alg_of(OST_TEXT("RS256\0")), OST_ALG_UNSET);
}

static void defaults(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_RSA_OAEP_512; alg++)
        assert_int_equal((OST_ALGS_DEFAULT & OST_ALG_BIT(alg)) != 0, alg < OST_HS256);
    assert_int_equal(OST_ALGS_DEFAULT & OST_ALG_BIT(OST_ALG_UNSET), 0);
    for (ost_alg alg = OST_ALG_UNSET; alg <= OST_RSA_OAEP_512; alg++) {
        assert_int_equal((OST_ALGS_SIGNATURE & OST_ALG_BIT(alg)) != 0, alg_signs(alg));
        assert_int_equal((OST_ALGS_ENCRYPTION & OST_ALG_BIT(alg)) != 0,
                         alg >= OST_RSA_OAEP && alg != OST_INSECURE_RSA1_5);
    }
}

static void hashes(void **state)
{
    for (hash_id hash = HASH_SHA256; hash <= HASH_SHA512; hash++) {
        const EVP_MD *md = EVP_get_digestbyname(hash_find(hash)->name);
        assert_non_null(md);
        assert_int_equal(EVP_MD_get_size(md), hash_find(hash)->size);
    }
}

#define AGREEMENTS (OST_ALG_BIT(OST_A128GCMKW) - OST_ALG_BIT(OST_ECDH_ES))

static void curves(void **state)
{
    static const struct {
        const char *name;
        int nid;
        ost_alg alg;
    } known[] = {{"P-256", NID_X9_62_prime256v1, OST_ES256},
                 {"P-384", NID_secp384r1, OST_ES384},
                 {"P-521", NID_secp521r1, OST_ES512},
                 {"secp256k1", NID_secp256k1, OST_ES256K}};
    for (size_t i = 0; i < 4; i++) {
        const curve_facts *curve = curve_find(OST_KEY_EC, text_of(known[i].name));
        EC_GROUP *group = EC_GROUP_new_by_curve_name(known[i].nid);
        unsigned char order[CURVE_MAX_SIZE];
        assert_non_null(curve);
        assert_int_equal(curve->bits, EC_GROUP_get_degree(group));
        assert_int_equal(curve->size, (curve->bits + 7) / 8);
        assert_int_equal(BN_bn2binpad(EC_GROUP_get0_order(group), order, (int)curve->size),
                         curve->size);
        assert_memory_equal(curve->order, order, curve->size);
        assert_int_equal(algs_of_type(OST_KEY_EC, curve),
                         OST_ALG_BIT(known[i].alg) | (curve->agrees ? AGREEMENTS : 0));
        assert_ptr_equal(curve, curve_find_openssl(OST_KEY_EC, OBJ_nid2sn(known[i].nid)));
        assert_int_equal(alg_find(known[i].alg)->signature_size, 2 * curve->size);
        EC_GROUP_free(group);
    }
    assert_false(curve_find(OST_KEY_EC, OST_TEXT("secp256k1"))->agrees);
    assert_null(curve_find(OST_KEY_EC, OST_TEXT("Ed25519")));
    assert_null(curve_find(OST_KEY_OKP, OST_TEXT("P-256")));
    assert_null(curve_find(OST_KEY_EC, OST_TEXT("p-256")));
    assert_null(curve_find(OST_KEY_EC, OST_TEXT("secp256r1")));
}

static void types(void **state)
{
    ost_algs all = algs_of_type(OST_KEY_RSA, NULL) | algs_of_type(OST_KEY_OKP, NULL) |
                   algs_of_type(OST_KEY_OCT, NULL);
    assert_int_equal(algs_of_type(OST_KEY_EC, NULL), 0);
    assert_int_equal(all & OST_ALG_BIT(OST_ES256), 0);
    assert_int_equal(__builtin_popcountll(algs_of_type(OST_KEY_RSA, NULL)), 6 + 5);
    assert_int_equal(algs_of_type(OST_KEY_OKP, NULL), OST_ALG_BIT(OST_EDDSA));
    assert_int_equal(__builtin_popcountll(algs_of_type(OST_KEY_OCT, NULL)), 3 + 10);
    static const struct {
        const char *name;
        ost_algs algs;
    } edwards[] = {{"Ed25519", OST_ALG_BIT(OST_EDDSA) | OST_ALG_BIT(OST_ED25519)},
                   {"Ed448", OST_ALG_BIT(OST_EDDSA) | OST_ALG_BIT(OST_ED448)},
                   {"X25519", AGREEMENTS},
                   {"X448", AGREEMENTS}};
    for (size_t i = 0; i < 4; i++) {
        const curve_facts *curve = curve_find(OST_KEY_OKP, text_of(edwards[i].name));
        assert_int_equal(algs_of_type(OST_KEY_OKP, curve), edwards[i].algs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),    cmocka_unit_test(attack_01_alg_none_in_any_case),
        cmocka_unit_test(defaults), cmocka_unit_test(hashes),
        cmocka_unit_test(curves),   cmocka_unit_test(types),
    };
    return cmocka_run_group_tests_name("jose-alg", tests, NULL, NULL);
}
