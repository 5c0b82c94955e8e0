/* Signing and verifying, every algorithm, and keys through their JWK. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ostiary/jose.h>

#include "text.h"

static void round_trip(ost_alg alg)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_key *key = NULL, *copy = NULL;
    ost_text token, exported, payload;
    ost_unverified_jws jws;
    assert_int_equal(ost_key_generate(alg, 0, NULL, &key, NULL), OST_OK);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    bool symmetric = ost_key_type_of(key) == OST_KEY_OCT;
    assert_int_equal(symmetric ? ost_key_export_private(key, writer)
                               : ost_key_export_public(key, writer),
                     OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &exported), OST_OK);
    assert_int_equal(ost_key_import_jwk(exported, &copy, NULL), OST_OK);
    assert_int_equal(ost_jws_sign(OST_TEXT("{\"a\":1}"), key, alg, "JWT", arena, &token), OST_OK);
    assert_int_equal(ost_jws_read_unverified(token, OST_ALG_BIT(alg), arena, &jws, NULL), OST_OK);
    assert_int_equal(ost_jws_verify(&jws, copy, arena, &payload), OST_OK);
    assert_true(text_is(payload, "{\"a\":1}"));
    if (!symmetric)
        assert_int_equal(ost_jws_sign(OST_TEXT("{}"), copy, alg, "JWT", arena, &token),
                         OST_E_KEY_USE);

    /* One bit anywhere in the signature. */
    char *damaged = ost_arena_copy(arena, token);
    size_t at = text_find(token, '.', text_find(token, '.', 0) + 1) + 5;
    damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
    assert_int_equal(ost_jws_read_unverified((ost_text){damaged, token.len}, OST_ALG_BIT(alg),
                                             arena, &jws, NULL),
                     OST_OK);
    assert_int_equal(ost_jws_verify(&jws, copy, arena, &payload), OST_E_SIGNATURE);

    /* The private key comes back whole. */
    ost_json_writer *whole = ost_json_writer_new(arena, 0);
    ost_key *again = NULL;
    assert_int_equal(ost_key_export_private(key, whole), OST_OK);
    assert_int_equal(ost_json_writer_finish(whole, &exported), OST_OK);
    assert_int_equal(ost_key_import_jwk(exported, &again, NULL), OST_OK);
    assert_true(ost_key_is_private(again));
    ost_key_unref(again);
    ost_key_unref(copy);
    ost_key_unref(key);
    ost_arena_free(arena);
}

static void every_algorithm(void **state)
{
    (void)state;
    for (int alg = OST_RS256; alg <= OST_HS512; alg++)
        round_trip((ost_alg)alg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm),
    };
    return cmocka_run_group_tests_name("jose-jws", tests, NULL, NULL);
}
