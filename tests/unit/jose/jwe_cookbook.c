/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of RFC 7520 §5 and §6 and of RFC 8037, appendix A.6, in every serialization they
 * come in. */

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "test_arena.h"
#include "vectors.h"

#define MAX_KEYS 3

static const ost_jwe_rules rules = {
    .algorithms = OST_ALGS_ENCRYPTION | OST_ALG_BIT(OST_INSECURE_RSA1_5),
    .inflate_max = 4096,
};

static const ost_json *example(const char *path)
{
    const ost_json *document = vectors_read(arena, ost_arena_format(arena, "cookbook/%s", path));
    if (document == NULL)
        skip();
    return document;
}

/* The keys of an example; one that is a password is for the algorithm of the example. */
static ost_keyset *keys_of(const ost_json *input)
{
    ost_key *keys[MAX_KEYS];
    size_t count = 0;
    ost_keyset *set = NULL;
    ost_error error = {0};
    const ost_json *entry = ost_json_get(input, "key");
    if (entry == NULL) {
        assert_int_equal(ost_key_import_secret(vectors_text(input, "pwd"),
                                               ost_alg_of(vectors_text(input, "alg")), NULL,
                                               &keys[count++], &error),
                         OST_OK);
    } else {
        bool many = ost_json_is(entry, OST_JSON_ARRAY);
        entry = many ? ost_json_first(entry) : entry;
        for (; entry != NULL && count < MAX_KEYS; entry = many ? ost_json_next(entry) : NULL) {
            if (ost_key_import_json(entry, &keys[count++], &error) != OST_OK)
                fail_msg("%s", error.detail);
        }
    }
    assert_int_equal(ost_keyset_new(keys, count, &set), OST_OK);
    while (count > 0)
        ost_key_unref(keys[--count]);
    return set;
}

static void check_form(const ost_json *output, const char *form, const ost_keyset *keys,
                       ost_text plaintext)
{
    ost_decrypted decrypted;
    ost_error error = {0};
    const ost_json *message = ost_json_get(output, form);
    if (message == NULL)
        return;
    ost_result result =
        ost_json_is(message, OST_JSON_STRING)
            ? ost_jwe_decrypt(vectors_text(output, form), keys, &rules, arena, &decrypted, &error)
            : ost_jwe_json_decrypt(ost_json_source(message), keys, &rules, arena, &decrypted,
                                   &error);
    if (result != OST_OK)
        fail_msg("%s: %s", form, error.detail);
    assert_true(text_equal(decrypted.content, plaintext));
}

static void check(const char *path)
{
    const ost_json *document = example(path), *input = ost_json_get(document, "input");
    ost_keyset *keys = keys_of(input);
    ost_text plaintext = vectors_text(input, "plaintext");
    check_form(ost_json_get(document, "output"), "compact", keys, plaintext);
    check_form(ost_json_get(document, "output"), "json", keys, plaintext);
    check_form(ost_json_get(document, "output"), "json_flat", keys, plaintext);
    ost_keyset_unref(keys);
}

static void rfc_7520_5(void **state)
{
    static const char *const paths[] = {
        "jwe/5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2.json",
        "jwe/5_2.key_encryption_using_rsa-oaep_with_aes-gcm.json",
        "jwe/5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2.json",
        "jwe/5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm.json",
        "jwe/5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2.json",
        "jwe/5_6.direct_encryption_using_aes-gcm.json",
        "jwe/5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2.json",
        "jwe/5_8.key_wrap_using_aes-keywrap_with_aes-gcm.json",
        "jwe/5_9.compressed_content.json",
        "jwe/5_10.including_additional_authentication_data.json",
        "jwe/5_11.protecting_specific_header_fields.json",
        "jwe/5_12.protecting_content_only.json",
        "jwe/5_13.encrypting_to_multiple_recipients.json",
    };
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        check(paths[i]);
}

/* Each of three recipients reads it with its own key alone. */
static void rfc_7520_5_13_one_by_one(void **state)
{
    const ost_json *document = example("jwe/5_13.encrypting_to_multiple_recipients.json");
    const ost_json *input = ost_json_get(document, "input");
    ost_text json = ost_json_source(ost_json_get(ost_json_get(document, "output"), "json"));
    ost_keyset *all = keys_of(input);
    for (size_t i = 0; i < MAX_KEYS; i++) {
        ost_key *key = ost_key_ref((ost_key *)(uintptr_t)ost_keyset_at(all, i));
        ost_keyset *alone = NULL;
        ost_decrypted decrypted;
        assert_int_equal(ost_keyset_new(&key, 1, &alone), OST_OK);
        assert_int_equal(ost_jwe_json_decrypt(json, alone, &rules, arena, &decrypted, NULL),
                         OST_OK);
        assert_int_equal(decrypted.recipient, i);
        assert_true(text_equal(decrypted.content, vectors_text(input, "plaintext")));
        ost_keyset_unref(alone);
        ost_key_unref(key);
    }
    ost_keyset_unref(all);
}

static void rfc_8037_a_6(void **state)
{
    check("curve25519/ecdh-es.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_7520_5),
        cmocka_unit_test(rfc_7520_5_13_one_by_one),
        cmocka_unit_test(rfc_8037_a_6),
    };
    return cmocka_run_group_tests_name("jose-jwe_cookbook", tests, open_arena, close_arena);
}
