/* SPDX-License-Identifier: Apache-2.0 */
/* Project Wycheproof's cases below JOSE: signatures over any bytes, with keys that come as JWK, PEM
 * and DER; and points of X25519 and X448. Each file is skipped where it is not beside the others.
 */
#include <string.h>

#include <openssl/evp.h>
#include <ostiary/jose.h>

#include "base/text.h"
#include "jose/signature/signature.h"
#include "test_arena.h"
#include "vectors.h"

static const ost_json *groups_of(const char *name)
{
    ost_arena_reset(arena);
    const char *path = ost_arena_format(arena, "wycheproof/testvectors_v1/%s_test.json", name);
    const ost_json *document = vectors_read(arena, path);
    if (document == NULL)
        skip();
    return ost_json_first(ost_json_get(document, "testGroups"));
}

static ost_text bytes_of(const ost_json *object, const char *name)
{
    static const char digits[] = "0123456789abcdef";
    ost_text hex = vectors_text(object, name);
    char *bytes = ost_arena_alloc(arena, hex.len / 2 + 1);
    for (size_t i = 0; i < hex.len / 2; i++) {
        bytes[i] = (char)((strchr(digits, hex.data[2 * i]) - digits) << 4 |
                          (strchr(digits, hex.data[2 * i + 1]) - digits));
    }
    return (ost_text){bytes, hex.len / 2};
}

static void assert_same_key(const ost_key *a, const ost_key *b)
{
    char left[44], right[44];
    assert_int_equal(ost_key_thumbprint(a, left), OST_OK);
    assert_int_equal(ost_key_thumbprint(b, right), OST_OK);
    assert_string_equal(left, right);
}

/* The group's key in its three forms, which must be one. NULL: one that we refuse in all of them.
 */
static ost_key *key_of(const ost_json *group)
{
    ost_key *der = NULL, *pem = NULL, *jwk = NULL;
    const ost_json *json = ost_json_get(group, "publicKeyJwk");
    ost_result result =
        ost_key_import_der(bytes_of(group, "publicKeyDer"), OST_ALG_UNSET, NULL, &der, NULL);
    assert_int_equal(
        ost_key_import_pem(vectors_text(group, "publicKeyPem"), OST_ALG_UNSET, NULL, &pem, NULL),
        result);
    if (json == NULL)
        json = ost_json_get(group, "keyJwk");
    if (json != NULL && result == OST_OK) {
        assert_int_equal(ost_key_import_json(json, &jwk, NULL), OST_OK);
        assert_same_key(jwk, der);
    }
    if (result == OST_OK)
        assert_same_key(pem, der);
    ost_key_unref(jwk);
    ost_key_unref(pem);
    return der;
}

static void check_signatures(const char *name, ost_alg alg, size_t expected_cases)
{
    size_t cases = 0, failures = 0;
    for (const ost_json *g = groups_of(name); g != NULL; g = ost_json_next(g)) {
        ost_key *key = key_of(g);
        const ost_json *test = ost_json_first(ost_json_get(g, "tests"));
        for (; test != NULL; test = ost_json_next(test), cases++) {
            int64_t number = 0;
            bool valid = text_is(vectors_text(test, "result"), "valid");
            assert_true(ost_json_integer(ost_json_get(test, "tcId"), &number));
            bool accepted = key != NULL && signature_check(key, alg, bytes_of(test, "msg"),
                                                           bytes_of(test, "sig")) == OST_OK;
            if (accepted != valid) {
                ost_text comment = vectors_text(test, "comment");
                print_error("%s %d (%.*s): %s\n", name, (int)number, (int)comment.len, comment.data,
                            accepted ? "accepted" : "refused");
                failures++;
            }
        }
        ost_key_unref(key);
    }
    assert_int_equal(failures, 0);
    assert_int_equal(cases, expected_cases);
}

static void es256(void **state)
{
    check_signatures("ecdsa_secp256r1_sha256_p1363", OST_ES256, 262);
}

static void es384(void **state)
{
    check_signatures("ecdsa_secp384r1_sha384_p1363", OST_ES384, 280);
}

static void es512(void **state)
{
    check_signatures("ecdsa_secp521r1_sha512_p1363", OST_ES512, 318);
}

static void es256k(void **state)
{
    check_signatures("ecdsa_secp256k1_sha256_p1363", OST_ES256K, 252);
}

static void ed25519(void **state)
{
    check_signatures("ed25519", OST_EDDSA, 151);
}

static void ed448(void **state)
{
    check_signatures("ed448", OST_EDDSA, 87);
}

static void rs256(void **state)
{
    check_signatures("rsa_signature_2048_sha256", OST_RS256, 259);
}

static void rs512(void **state)
{
    check_signatures("rsa_signature_2048_sha512", OST_RS512, 259);
}

static void ps256(void **state)
{
    check_signatures("rsa_pss_2048_sha256_mgf1_32", OST_PS256, 108);
}

static void ps512(void **state)
{
    check_signatures("rsa_pss_4096_sha512_mgf1_64", OST_PS512, 179);
}

static bool agrees(const ost_key *ours, const ost_key *theirs, ost_text shared)
{
    unsigned char agreed[64];
    size_t len = sizeof agreed;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, ours->pkey, NULL);
    assert_int_equal(EVP_PKEY_derive_init(context), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(context, theirs->pkey), 1);
    bool same = EVP_PKEY_derive(context, agreed, &len) == 1 && len == shared.len &&
                memcmp(agreed, shared.data, len) == 0;
    EVP_PKEY_CTX_free(context);
    return same;
}

/* Where the secret is zero, the public key was of small order, or none of this curve: it must not
 * be read, at least not as one. All others are, and agree upon what they should. */
static void check_agreements(const char *name, size_t expected_cases)
{
    size_t cases = 0;
    for (const ost_json *g = groups_of(name); g != NULL; g = ost_json_next(g)) {
        const ost_json *test = ost_json_first(ost_json_get(g, "tests"));
        for (; test != NULL; test = ost_json_next(test), cases++) {
            ost_key *ours = NULL, *theirs = NULL;
            ost_text shared = bytes_of(test, "shared");
            unsigned any = 0;
            for (size_t i = 0; i < shared.len; i++)
                any |= (unsigned char)shared.data[i];
            assert_int_equal(ost_key_import_json(ost_json_get(test, "private"), &ours, NULL),
                             OST_OK);
            ost_result result = ost_key_import_json(ost_json_get(test, "public"), &theirs, NULL);
            if (any != 0)
                assert_int_equal(result, OST_OK);
            else
                assert_true(result != OST_OK || theirs->curve != ours->curve);
            if (any != 0)
                assert_true(agrees(ours, theirs, shared));
            ost_key_unref(ours);
            ost_key_unref(theirs);
        }
    }
    assert_int_equal(cases, expected_cases);
}

static void x25519(void **state)
{
    check_agreements("x25519_jwk", 531);
}

static void x448(void **state)
{
    check_agreements("x448_jwk", 523);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(es256),  cmocka_unit_test(es384),   cmocka_unit_test(es512),
        cmocka_unit_test(es256k), cmocka_unit_test(ed25519), cmocka_unit_test(ed448),
        cmocka_unit_test(rs256),  cmocka_unit_test(rs512),   cmocka_unit_test(ps256),
        cmocka_unit_test(ps512),  cmocka_unit_test(x25519),  cmocka_unit_test(x448),
    };
    return cmocka_run_group_tests_name("jose-wycheproof_keys", tests, open_arena, close_arena);
}
