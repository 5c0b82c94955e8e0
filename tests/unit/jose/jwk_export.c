/* SPDX-License-Identifier: Apache-2.0 */
/* Keys to JWKs and back: nothing is lost, and nothing private gets into a public one. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

static const char *const jwks[] = {test_rsa,  test_p256,    test_p384,
                                   test_p521, test_ed25519, test_secret};

static const ost_json *exported(const ost_key *key, bool private)
{
    ost_text text = {0};
    const ost_json *document = NULL;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_int_equal(
        private ? ost_key_export_private(key, writer) : ost_key_export_public(key, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    assert_int_equal(ost_json_read(text, NULL, arena, &document, NULL), OST_OK);
    return document;
}

static void whole_keys_come_back(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(jwks); i++) {
        const ost_json *original = NULL;
        ost_key *key = good_key(jwks[i]);
        const ost_json *copy = exported(key, true);
        assert_int_equal(ost_json_read(text_of(jwks[i]), NULL, arena, &original, NULL), OST_OK);
        assert_int_equal(ost_json_count(copy), ost_json_count(original));
        const ost_json *at = ost_json_first(original);
        for (; at != NULL; at = ost_json_next(at)) {
            ost_text value = {0};
            assert_true(ost_json_text(at, &value));
            assert_true(ost_json_equals(ost_json_get_text(copy, ost_json_name(at)), value));
        }
        ost_key_unref(key);
    }
}

static void public_halves_show_nothing_private(void **state)
{
    static const char *const secrets[] = {"d", "p", "q", "dp", "dq", "qi", "k", "key_ops"};
    for (size_t i = 0; i < 5; i++) {
        ost_key *key = good_key(jwks[i]);
        const ost_json *copy = exported(key, false);
        for (size_t s = 0; s < ARRAY_LEN(secrets); s++)
            assert_null(ost_json_get(copy, secrets[s]));
        ost_key_unref(key);
    }
}

static void what_cannot_be_exported(void **state)
{
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_key *secret = good_key(test_secret), *key = good_key(test_rsa), *half = public_half(key);
    assert_int_equal(ost_key_export_public(secret, writer), OST_E_KEY_USE);
    assert_int_equal(ost_key_export_private(half, writer), OST_E_KEY_USE);
    ost_key_unref(half);
    ost_key_unref(key);
    ost_key_unref(secret);
}

static void purposes_are_kept(void **state)
{
    ost_key *key = good_key(with(arena, test_p256, "\"alg\":\"ES256\",\"use\":\"sig\""));
    const ost_json *copy = exported(key, false);
    assert_true(ost_json_equals(ost_json_get(copy, "alg"), OST_TEXT("ES256")));
    assert_true(ost_json_equals(ost_json_get(copy, "use"), OST_TEXT("sig")));
    assert_true(ost_json_equals(ost_json_get(copy, "kid"), OST_TEXT("p256")));
    ost_key_unref(key);

    key = good_key(with(arena, test_p256, "\"key_ops\":[\"sign\"]"));
    copy = exported(key, true);
    assert_int_equal(ost_json_count(ost_json_get(copy, "key_ops")), 1);
    assert_true(ost_json_equals(ost_json_first(ost_json_get(copy, "key_ops")), OST_TEXT("sign")));
    copy = exported(key, false);
    assert_true(ost_json_equals(ost_json_get(copy, "use"), OST_TEXT("sig")));
    ost_key_unref(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_keys_come_back),
        cmocka_unit_test(public_halves_show_nothing_private),
        cmocka_unit_test(what_cannot_be_exported),
        cmocka_unit_test(purposes_are_kept),
    };
    return cmocka_run_group_tests_name("jose-jwk_export", tests, open_arena, close_arena);
}
