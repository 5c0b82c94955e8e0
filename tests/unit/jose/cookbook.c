/* The examples of RFC 7520 §4 and RFC 8037, appendix A; those of RFC 7797 must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <ostiary/jose.h>

#include "base64url.h"
#include "keys.h"
#include "signature.h"
#include "text.h"
#include "vectors.h"

static ost_arena *arena;

static int open_arena(void **state)
{
    arena = ost_arena_new((size_t)8 << 20);
    return arena == NULL;
}

static int close_arena(void **state)
{
    ost_arena_free(arena);
    return 0;
}

static const ost_json *example(const char *path)
{
    const ost_json *document = vectors_read(arena, ost_arena_format(arena, "cookbook/%s", path));
    if (document == NULL)
        skip();
    return document;
}

static ost_result verify_compact(const ost_json *jwk, const ost_json *document, const char *payload)
{
    ost_key *key = NULL;
    ost_unverified_jws jws;
    ost_text seen = {0};
    ost_text token = vectors_text(ost_json_get(document, "output"), "compact");
    ost_error error = {0};
    if (ost_key_import_json(jwk, &key, &error) != OST_OK)
        fail_msg("%s", error.detail);
    ost_result result = ost_jws_read_unverified(token, EVERY_ALG, arena, &jws, NULL);
    if (result == OST_OK)
        result = ost_jws_verify(&jws, key, arena, &seen);
    if (result == OST_OK && payload != NULL)
        assert_true(text_is(seen, payload));
    ost_key_unref(key);
    return result;
}

static void check_signature(const char *path)
{
    const ost_json *document = example(path), *input = ost_json_get(document, "input");
    ost_text payload = vectors_text(input, "payload");
    assert_int_equal(
        verify_compact(ost_json_get(input, "key"), document, ost_arena_copy(arena, payload)),
        OST_OK);
}

static void rfc_7520_4_1_rs256(void **state)
{
    check_signature("jws/4_1.rsa_v15_signature.json");
}

static void rfc_7520_4_2_ps384(void **state)
{
    check_signature("jws/4_2.rsa-pss_signature.json");
}

static void rfc_7520_4_3_es512(void **state)
{
    check_signature("jws/4_3.ecdsa_signature.json");
}

static void rfc_7520_4_4_hs256(void **state)
{
    check_signature("jws/4_4.hmac-sha2_integrity_protection.json");
}

static void rfc_8037_a_4_eddsa(void **state)
{
    check_signature("curve25519/jws.json");
}

/* RS256 and EdDSA have one signature only: ours are the RFCs'. */
static void signatures_that_are_reproducible(void **state)
{
    static const char *const paths[] = {"jws/4_1.rsa_v15_signature.json", "curve25519/jws.json",
                                        "jws/4_4.hmac-sha2_integrity_protection.json"};
    for (size_t i = 0; i < 3; i++) {
        unsigned char bytes[SIGNATURE_MAX_SIZE];
        char text[BASE64URL_LEN(SIGNATURE_MAX_SIZE)];
        size_t size = 0;
        ost_key *key = NULL;
        const ost_json *document = example(paths[i]), *input = ost_json_get(document, "input");
        const ost_json *signing = ost_json_get(document, "signing");
        assert_int_equal(ost_key_import_json(ost_json_get(input, "key"), &key, NULL), OST_OK);
        assert_int_equal(signature_make(key, ost_alg_of(vectors_text(input, "alg")),
                                        vectors_text(signing, "sig-input"), bytes, &size),
                         OST_OK);
        assert_true(text_equal(vectors_text(signing, "sig"),
                               (ost_text){text, base64url_encode(bytes, size, text)}));
        ost_key_unref(key);
    }
}

/* RFC 7520 §3: every key is read. */
static void rfc_7520_3_keys(void **state)
{
    static const struct {
        const char *path;
        ost_result expected;
    } keys[] = {
        {"jwk/3_1.ec_public_key.json", OST_OK},
        {"jwk/3_2.ec_private_key.json", OST_OK},
        {"jwk/3_3.rsa_public_key.json", OST_OK},
        {"jwk/3_4.rsa_private_key.json", OST_OK},
        {"jwk/3_5.symmetric_key_mac_computation.json", OST_OK},
        {"jwk/3_6.symmetric_key_encryption.json", OST_OK},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        ost_key *key = NULL;
        assert_int_equal(ost_key_import_json(example(keys[i].path), &key, NULL), keys[i].expected);
        ost_key_unref(key);
    }
}

static void attack_19_rfc_7797(void **state)
{
    static const char *const paths[] = {"rfc7797/hmac-sha2_b64_false.json",
                                        "rfc7797/4.2.hmac-sha2_b64_false.json"};
    for (size_t i = 0; i < 2; i++) {
        const ost_json *document = example(paths[i]);
        const ost_json *flat = ost_json_get(ost_json_get(document, "output"), "json_flat");
        const char *header = ost_arena_copy(arena, vectors_text(flat, "protected"));
        const char *token = ost_arena_format(arena, "%s.e30.c2ln", header);
        ost_unverified_jws jws;
        assert_int_equal(ost_jws_read_unverified(text_of(token), EVERY_ALG, arena, &jws, NULL),
                         OST_E_CRITICAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_7520_4_1_rs256), cmocka_unit_test(rfc_7520_4_2_ps384),
        cmocka_unit_test(rfc_7520_4_3_es512), cmocka_unit_test(rfc_7520_4_4_hs256),
        cmocka_unit_test(rfc_8037_a_4_eddsa), cmocka_unit_test(signatures_that_are_reproducible),
        cmocka_unit_test(rfc_7520_3_keys),    cmocka_unit_test(attack_19_rfc_7797),
    };
    return cmocka_run_group_tests_name("jose-cookbook", tests, open_arena, close_arena);
}
