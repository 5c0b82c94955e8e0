/* SPDX-License-Identifier: Apache-2.0 */
/* What is encrypted is decrypted: every key management with every content encryption, in every
 * serialization; and not when a single bit of it is another one. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "jose/jwe/jwe_alg.h"
#include "jwe_keys.h"
#include "test_arena.h"

static const ost_jwe_options quick = {.pbes2_count = 1000};
static const ost_text lengths[] = {{"", 0},
                                   {"x", 1},
                                   {"fifteen bytes..", 15},
                                   {"sixteen bytes...", 16},
                                   {"seventeen bytes..", 17}};

/* The way's key must have the length of the content's. */
static ost_key *key_for(ost_alg alg, ost_enc enc, const char *curve)
{
    return alg == OST_DIR ? jwe_direct_key(enc) : jwe_key(alg, curve);
}

static void round_trip(const ost_key *key, ost_alg alg, ost_enc enc)
{
    ost_keyset *keys = jwe_set(key);
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        ost_text token, json;
        ost_decrypted d;
        const ost_recipient recipient = {key, alg};
        ost_error error = {0};
        ost_arena_reset(arena);
        if (ost_jwe_encrypt(lengths[i], key, alg, enc, &quick, arena, &token, &error) != OST_OK ||
            ost_jwe_decrypt(token, keys, NULL, arena, &d, &error) != OST_OK)
            fail_msg("%s, %s: %s", ost_alg_name(alg), ost_enc_name(enc), error.detail);
        assert_true(text_equal(d.content, lengths[i]));
        assert_int_equal(d.alg, alg);
        assert_int_equal(d.enc, enc);
        if (ost_jwe_json_encrypt(lengths[i], &recipient, 1, enc, &quick, arena, &json, &error) !=
                OST_OK ||
            ost_jwe_json_decrypt(json, keys, NULL, arena, &d, &error) != OST_OK)
            fail_msg("%s, %s: %s", ost_alg_name(alg), ost_enc_name(enc), error.detail);
        assert_true(text_equal(d.content, lengths[i]));
    }
    ost_keyset_unref(keys);
}

static void every_way_with_every_cipher(void **state)
{
    for (ost_alg alg = OST_RSA_OAEP; alg <= OST_RSA_OAEP_512; alg++) {
        if (alg == OST_INSECURE_RSA1_5)
            continue;
        for (ost_enc enc = OST_A128CBC_HS256; enc <= OST_A256GCM; enc++) {
            ost_key *key = key_for(alg, enc, "P-256");
            round_trip(key, alg, enc);
            ost_key_unref(key);
        }
    }
}

static void every_curve(void **state)
{
    static const char *const curves[] = {"P-256", "P-384", "P-521", "X25519", "X448"};
    for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
        for (ost_alg alg = OST_ECDH_ES; alg <= OST_ECDH_ES_A256KW; alg++) {
            ost_key *key = jwe_key(alg, curves[i]);
            round_trip(key, alg, OST_A256CBC_HS512);
            round_trip(key, alg, OST_A128GCM);
            ost_key_unref(key);
        }
    }
}

static void options_arrive(void **state)
{
    const ost_jwe_options options = {
        .typ = "x+y", .cty = "JWT", .apu = OST_TEXT("Alice"), .apv = OST_TEXT("Bob")};
    ost_key *key = jwe_key(OST_ECDH_ES, "P-256");
    ost_keyset *keys = jwe_set(key);
    ost_text token;
    ost_decrypted d;
    ost_arena_reset(arena);
    assert_int_equal(ost_jwe_encrypt(OST_TEXT("a"), key, OST_ECDH_ES, OST_A256GCM, &options, arena,
                                     &token, NULL),
                     OST_OK);
    assert_int_equal(ost_jwe_decrypt(token, keys, NULL, arena, &d, NULL), OST_OK);
    assert_true(text_is(d.typ, "x+y"));
    assert_true(text_is(d.cty, "JWT"));
    assert_true(text_equal(d.kid, ost_key_kid(key)));
    assert_true(ost_json_equals(ost_json_get(d.header, "apu"), OST_TEXT("QWxpY2U")));
    assert_ptr_equal(d.key, ost_keyset_at(keys, 0));
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

static void several_recipients(void **state)
{
    static const ost_alg algs[] = {OST_RSA_OAEP_256, OST_ECDH_ES_A256KW, OST_A128KW, OST_A256GCMKW,
                                   OST_PBES2_HS256_A128KW};
    enum { COUNT = ARRAY_LEN(algs) };
    ost_recipient recipients[COUNT];
    ost_key *keys[COUNT];
    const ost_jwe_options options = {.pbes2_count = 1000, .aad = OST_TEXT("for all to see")};
    ost_text json;
    ost_error error = {0};
    ost_arena_reset(arena);
    for (size_t i = 0; i < COUNT; i++)
        recipients[i] = (ost_recipient){keys[i] = jwe_key(algs[i], "X25519"), algs[i]};
    if (ost_jwe_json_encrypt(OST_TEXT("to many"), recipients, COUNT, OST_A128CBC_HS256, &options,
                             arena, &json, &error) != OST_OK)
        fail_msg("%s", error.detail);
    for (size_t i = 0; i < COUNT; i++) {
        ost_decrypted d;
        ost_keyset *own = jwe_set(keys[i]);
        assert_int_equal(ost_jwe_json_decrypt(json, own, NULL, arena, &d, NULL), OST_OK);
        assert_int_equal(d.recipient, i);
        assert_true(text_is(d.content, "to many"));
        assert_true(text_is(d.aad, "for all to see"));
        ost_keyset_unref(own);
    }
    for (size_t i = 0; i < COUNT; i++)
        ost_key_unref(keys[i]);
}

/* What is read has a ceiling, so that more is not written. */
static void content_and_aad_have_ceilings(void **state)
{
    enum { CONTENT_MAX = 512 * 1024, AAD_MAX = 8 * 1024 };
    ost_key *key = jwe_direct_key(OST_A128GCM);
    const ost_recipient recipient = {key, OST_DIR};
    ost_arena *room = ost_arena_new((size_t)16 << 20);
    char *large = ost_arena_alloc(room, CONTENT_MAX + 1);
    memset(large, 'x', CONTENT_MAX + 1);
    for (size_t more = 0; more < 2; more++) {
        ost_text json = {0};
        ost_result expected = more == 0 ? OST_OK : OST_E_CEILING;
        const ost_jwe_options options = {.aad = {large, AAD_MAX + more}};
        assert_int_equal(ost_jwe_json_encrypt((ost_text){large, CONTENT_MAX + more}, &recipient, 1,
                                              OST_A128GCM, NULL, room, &json, NULL),
                         expected);
        assert_int_equal(ost_jwe_json_encrypt(OST_TEXT("x"), &recipient, 1, OST_A128GCM, &options,
                                              room, &json, NULL),
                         expected);
    }
    ost_arena_free(room);
    ost_key_unref(key);
}

static void direct_keys_are_for_one(void **state)
{
    ost_key *key = jwe_key(OST_ECDH_ES, "P-256"), *other = jwe_key(OST_A128KW, NULL);
    const ost_recipient recipients[] = {{key, OST_ECDH_ES}, {other, OST_A128KW}};
    ost_text json;
    ost_arena_reset(arena);
    assert_int_equal(
        ost_jwe_json_encrypt(OST_TEXT("a"), recipients, 2, OST_A128GCM, NULL, arena, &json, NULL),
        OST_E_ARGUMENT);
    ost_key_unref(key);
    ost_key_unref(other);
}

/* Every character of a token replaced by another: refused, each time. */
static void no_character_may_change(void **state)
{
    static const ost_alg algs[] = {OST_A128KW, OST_A256GCMKW, OST_ECDH_ES, OST_ECDH_ES_A128KW};
    for (size_t a = 0; a < ARRAY_LEN(algs); a++) {
        for (ost_enc enc = OST_A128CBC_HS256; enc <= OST_A128GCM; enc += 3) {
            ost_text token;
            ost_key *key = jwe_key(algs[a], "P-256");
            ost_keyset *keys = jwe_set(key);
            ost_arena_reset(arena);
            assert_int_equal(
                ost_jwe_encrypt(OST_TEXT("content"), key, algs[a], enc, NULL, arena, &token, NULL),
                OST_OK);
            char *copy = ost_arena_copy(arena, token);
            for (size_t i = 0; i < token.len; i++) {
                ost_decrypted d;
                ost_arena *own = ost_arena_new(1 << 20);
                char kept = copy[i];
                copy[i] = kept == 'A' ? 'Q' : 'A';
                assert_int_not_equal(
                    ost_jwe_decrypt((ost_text){copy, token.len}, keys, NULL, own, &d, NULL),
                    OST_OK);
                copy[i] = kept;
                ost_arena_free(own);
            }
            ost_keyset_unref(keys);
            ost_key_unref(key);
        }
    }
}

/* Not a byte less, and not one more. */
static void no_length_may_change(void **state)
{
    ost_key *key = jwe_key(OST_A256KW, NULL);
    ost_keyset *keys = jwe_set(key);
    ost_text token;
    ost_decrypted d;
    ost_arena_reset(arena);
    assert_int_equal(ost_jwe_encrypt(OST_TEXT("content"), key, OST_A256KW, OST_A256CBC_HS512, NULL,
                                     arena, &token, NULL),
                     OST_OK);
    for (size_t len = 0; len < token.len; len++)
        assert_int_not_equal(
            ost_jwe_decrypt(text_slice(token, 0, len), keys, NULL, arena, &d, NULL), OST_OK);
    const char *longer = ost_arena_format(arena, "%sAAA", token.data);
    assert_int_equal(ost_jwe_decrypt(text_of(longer), keys, NULL, arena, &d, NULL),
                     OST_E_DECRYPTION);
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

static void compressed(void **state)
{
    static char zeroes[20000];
    const ost_jwe_options options = {.deflate = true};
    const ost_jwe_rules enough = {.inflate_max = sizeof zeroes},
                        less = {.inflate_max = sizeof zeroes - 1};
    ost_key *key = jwe_key(OST_A256KW, NULL);
    ost_keyset *keys = jwe_set(key);
    ost_text token;
    ost_decrypted d;
    ost_arena_reset(arena);
    assert_int_equal(ost_jwe_encrypt((ost_text){zeroes, sizeof zeroes}, key, OST_A256KW,
                                     OST_A256GCM, &options, arena, &token, NULL),
                     OST_OK);
    assert_true(token.len < 500);
    assert_int_equal(ost_jwe_decrypt(token, keys, &enough, arena, &d, NULL), OST_OK);
    assert_true(text_equal(d.content, (ost_text){zeroes, sizeof zeroes}));
    assert_int_equal(ost_jwe_decrypt(token, keys, &less, arena, &d, NULL), OST_E_DECRYPTION);
    assert_int_equal(ost_jwe_decrypt(token, keys, NULL, arena, &d, NULL), OST_E_ALGORITHM);
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

/* RFC 7516 §7.2.1: the ciphertext MUST be present. */
static void nothing_has_its_ciphertext(void **state)
{
    ost_key *key = jwe_key(OST_A256KW, NULL);
    const ost_recipient recipient = {key, OST_A256KW};
    const ost_json *read;
    ost_text json, ciphertext;
    ost_arena_reset(arena);
    assert_int_equal(
        ost_jwe_json_encrypt((ost_text){0}, &recipient, 1, OST_A256GCM, NULL, arena, &json, NULL),
        OST_OK);
    assert_int_equal(ost_json_read(json, NULL, arena, &read, NULL), OST_OK);
    assert_true(ost_json_text(ost_json_get(read, "ciphertext"), &ciphertext));
    assert_int_equal(ciphertext.len, 0);
    assert_null(ost_json_get(read, "aad"));
    ost_key_unref(key);
}

/* Whoever does not mind how much it is may say so. */
static void inflated_without_a_bound(void **state)
{
    static char zeroes[20000];
    const ost_jwe_options options = {.deflate = true};
    const ost_jwe_rules rules = {.inflate_max = SIZE_MAX};
    ost_key *key = jwe_key(OST_A256KW, NULL);
    ost_keyset *keys = jwe_set(key);
    ost_text token;
    ost_decrypted d;
    ost_arena_reset(arena);
    assert_int_equal(ost_jwe_encrypt((ost_text){zeroes, sizeof zeroes}, key, OST_A256KW,
                                     OST_A256GCM, &options, arena, &token, NULL),
                     OST_OK);
    assert_int_equal(ost_jwe_decrypt(token, keys, &rules, arena, &d, NULL), OST_OK);
    assert_true(text_equal(d.content, (ost_text){zeroes, sizeof zeroes}));
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

/* Messages that inflate to as much as may be, one of them with many members, in arenas
 * of the size that <ostiary/jwe.h> states. */
static void arena_as_stated(void **state)
{
    static char zeroes[66000]; /* just beyond a doubling */
    const ost_jwe_options options = {.deflate = true};
    const ost_jwe_rules rules = {.inflate_max = sizeof zeroes};
    ost_key *key = jwe_direct_key(OST_A256GCM);
    ost_keyset *keys = jwe_set(key);
    ost_text token, json;
    ost_decrypted d;
    ost_arena_reset(arena);
    assert_int_equal(ost_jwe_encrypt((ost_text){zeroes, 65000}, key, OST_DIR, OST_A256GCM, &options,
                                     arena, &token, NULL),
                     OST_OK);
    ost_arena *stated = ost_arena_new(4 * token.len + 3 * rules.inflate_max + (64 << 10));
    assert_int_equal(ost_jwe_decrypt(token, keys, &rules, stated, &d, NULL), OST_OK);
    ost_arena_free(stated);

    const ost_recipient recipient = {key, OST_DIR};
    assert_int_equal(ost_jwe_json_encrypt((ost_text){zeroes, sizeof zeroes}, &recipient, 1,
                                          OST_A256GCM, &options, arena, &json, NULL),
                     OST_OK);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_text members;
    ost_json_open_object(writer);
    for (int i = 0; i < 2000; i++) {
        ost_json_put_name(writer, text_of(ost_arena_format(arena, "\n%x", i)));
        ost_json_open_array(writer);
        ost_json_close_array(writer);
    }
    ost_json_close_object(writer);
    assert_int_equal(ost_json_writer_finish(writer, &members), OST_OK);
    const char *message = ost_arena_format(arena, "{\"of nobody\":%s,%.*s", members.data,
                                           (int)json.len - 1, json.data + 1);
    stated = ost_arena_new(4 * strlen(message) + 3 * rules.inflate_max + (512 << 10));
    assert_int_equal(ost_jwe_json_decrypt(text_of(message), keys, &rules, stated, &d, NULL),
                     OST_OK);
    assert_true(text_equal(d.content, (ost_text){zeroes, sizeof zeroes}));
    ost_arena_free(stated);
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

/* Recipients without a kid are tried one after the other; that takes no more room than the last. */
static void many_before_ours(void **state)
{
    const size_t len = (size_t)512 << 10;
    ost_key *keys[16];
    ost_recipient recipients[16];
    ost_text json;
    ost_decrypted d;
    ost_arena *large = ost_arena_new((size_t)64 << 20);
    char *content = ost_arena_alloc(large, len);
    for (size_t i = 0; i < 16; i++) {
        char secret[16] = {(char)i};
        assert_int_equal(ost_key_import_secret((ost_text){secret, sizeof secret}, OST_A128KW, NULL,
                                               &keys[i], NULL),
                         OST_OK);
        recipients[i] = (ost_recipient){keys[i], OST_A128KW};
    }
    assert_int_equal(ost_jwe_json_encrypt((ost_text){content, len}, recipients, 16, OST_A256GCM,
                                          NULL, large, &json, NULL),
                     OST_OK);
    for (size_t i = 0; i < 16; i += 15) {
        ost_keyset *set = jwe_set(keys[i]);
        ost_arena *stated = ost_arena_new(4 * json.len + (512 << 10));
        assert_int_equal(ost_jwe_json_decrypt(json, set, NULL, stated, &d, NULL), OST_OK);
        assert_int_equal(d.recipient, i);
        assert_true(text_equal(d.content, (ost_text){content, len}));
        ost_arena_free(stated);
        ost_keyset_unref(set);
    }
    for (size_t i = 0; i < 16; i++)
        ost_key_unref(keys[i]);
    ost_arena_free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_with_every_cipher),
        cmocka_unit_test(every_curve),
        cmocka_unit_test(options_arrive),
        cmocka_unit_test(several_recipients),
        cmocka_unit_test(content_and_aad_have_ceilings),
        cmocka_unit_test(direct_keys_are_for_one),
        cmocka_unit_test(no_character_may_change),
        cmocka_unit_test(no_length_may_change),
        cmocka_unit_test(compressed),
        cmocka_unit_test(nothing_has_its_ciphertext),
        cmocka_unit_test(inflated_without_a_bound),
        cmocka_unit_test(arena_as_stated),
        cmocka_unit_test(many_before_ours),
    };
    return cmocka_run_group_tests_name("jose-jwe_round", tests, open_arena, close_arena);
}
