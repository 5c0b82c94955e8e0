/* SPDX-License-Identifier: Apache-2.0 */
/* Project Wycheproof's 139 cases for JWE: every verdict is ours too. */

#include <ostiary/jwe.h>

#include "base/base64url.h"
#include "base/text.h"
#include "test.h"
#include "vectors.h"

#define CASES 139

/* Accepted: decrypted to what the case says. */
static bool accepts(const ost_json *jwk, const ost_json *test)
{
    const ost_jwe_rules rules = {
        .algorithms = OST_ALGS_ENCRYPTION | OST_ALG_BIT(OST_INSECURE_RSA1_5),
        .inflate_max = 4096,
    };
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_key *key = NULL;
    ost_keyset *keys = NULL;
    ost_decrypted decrypted;
    ost_error error = {0};
    ost_text token = vectors_text(test, "jwe");
    bool accepted = ost_key_import_json(jwk, &key, &error) == OST_OK &&
                    ost_keyset_new(&key, 1, &keys) == OST_OK &&
                    ost_jwe_decrypt(token, keys, &rules, arena, &decrypted, &error) == OST_OK;
    if (accepted) {
        char *hex = ost_arena_alloc(arena, decrypted.content.len * 2 + 1);
        for (size_t i = 0; i < decrypted.content.len; i++) {
            hex[2 * i] = "0123456789abcdef"[(unsigned char)decrypted.content.data[i] >> 4];
            hex[2 * i + 1] = "0123456789abcdef"[(unsigned char)decrypted.content.data[i] & 15];
        }
        assert_true(text_is(vectors_text(test, "pt"), hex));
    } else if (text_is(vectors_text(test, "result"), "valid")) {
        print_error("%s\n", error.detail);
    }
    ost_keyset_unref(keys);
    ost_key_unref(key);
    ost_arena_free(arena);
    return accepted;
}

static void every_case(void **state)
{
    size_t cases = 0, failures = 0;
    ost_arena *arena = ost_arena_new((size_t)16 << 20);
    const ost_json *document =
        vectors_read(arena, "wycheproof/testvectors_v1/json_web_encryption_test.json");
    if (document == NULL) {
        ost_arena_free(arena);
        skip();
    }
    const ost_json *group = ost_json_first(ost_json_get(document, "testGroups"));
    for (; group != NULL; group = ost_json_next(group)) {
        const ost_json *test = ost_json_first(ost_json_get(group, "tests"));
        for (; test != NULL; test = ost_json_next(test), cases++) {
            int64_t number = 0;
            assert_true(ost_json_integer(ost_json_get(test, "tcId"), &number));
            bool accepted = accepts(ost_json_get(group, "private"), test);
            if (accepted != text_is(vectors_text(test, "result"), "valid")) {
                ost_text comment = vectors_text(test, "comment");
                print_error("case %d (%.*s): %s\n", (int)number, (int)comment.len, comment.data,
                            accepted ? "accepted" : "refused");
                failures++;
            }
        }
    }
    assert_int_equal(failures, 0);
    assert_int_equal(cases, CASES);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
    };
    return cmocka_run_group_tests_name("jose-jwe_wycheproof", tests, NULL, NULL);
}
