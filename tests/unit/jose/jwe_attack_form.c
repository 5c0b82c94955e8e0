/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted messages whose headers or parts are not what they should be: 20, 21 and 34 of the list
 * of attacks in docs/development, and what nothing protects. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/compact.h"
#include "jwe_keys.h"
#include "messages.h"
#include "test.h"

/* ---- compact ---- */

/* What the header says about itself. */
static void headers_that_are_refused(void **state)
{
    static const struct {
        const char *header;
        ost_result expected;
    } cases[] = {
        {"{\"alg\":\"dir\"}", OST_E_TOKEN_FORMAT},
        {"{\"enc\":\"A128GCM\"}", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"none\",\"enc\":\"A128GCM\"}", OST_E_ALGORITHM},
        {"{\"alg\":\"RS256\",\"enc\":\"A128GCM\"}", OST_E_ALGORITHM},
        {"{\"alg\":\"HS256\",\"enc\":\"A128GCM\"}", OST_E_ALGORITHM},
        {"{\"alg\":\"DIR\",\"enc\":\"A128GCM\"}", OST_E_ALGORITHM},
        {"{\"alg\":\"dir\",\"enc\":\"A128CBC\"}", OST_E_ALGORITHM},
        {"{\"alg\":\"dir\",\"enc\":\"none\"}", OST_E_ALGORITHM},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"crit\":[\"exp\"]}", OST_E_CRITICAL},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"crit\":[]}", OST_E_CRITICAL},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"b64\":false}", OST_E_CRITICAL},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"zip\":\"GZ\"}", OST_E_ALGORITHM},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"zip\":1}", OST_E_ALGORITHM},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"kid\":1}", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"typ\":1}", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"cty\":1}", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"cty\":null}", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"alg\":\"dir\"}", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"dir\",\"enc\":\"A128GCM\"} ", OST_OK},
        {"[]", OST_E_TOKEN_FORMAT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_unverified_jwe jwe;
        ost_text token = message_of(cases[i].header, ".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA");
        assert_int_equal(ost_jwe_read_unverified(token, NULL, message_arena, &jwe, NULL),
                         cases[i].expected);
    }
}

static void attack_34_long_token(void **state)
{
    static const char header[] = "{\"alg\":\"dir\",\"enc\":\"A128GCM\"}";
    static const char rest[] = ".AAAAAAAAAAAAAAAA.%s.AAAAAAAAAAAAAAAAAAAAAA";
    char *content = ost_arena_alloc(message_arena, TOKEN_MAX);
    size_t around = message_of(header, rest).len - 2;
    for (size_t more = 0; more < 2; more++) {
        ost_unverified_jwe jwe;
        size_t len = (TOKEN_MAX - around) / 4 * 4 + 4 * more;
        memset(content, 'A', len);
        content[len] = '\0';
        ost_text token = message_of(header, ost_arena_format(message_arena, rest, content));
        assert_int_equal(ost_jwe_read_unverified(token, NULL, message_arena, &jwe, NULL),
                         more == 0 ? OST_OK : OST_E_CEILING);
    }
}

static void attack_21_parts_that_are_not_strict(void **state)
{
    static const char *const rests[] = {
        "A.AAAA.AA.AAAA",   "AAAA.A.AA.AAAA",    "AAAA.AAAA.A.AAAA",  "AAAA.AAAA.AA.A",
        "AA=.AAAA.AA.AAAA", "AAAA.AA+A.AA.AAAA", "AAAA.AAAA.AB.AAAA", "AAAA.AAAA.AA.AA A"};
    for (size_t i = 0; i < ARRAY_LEN(rests); i++) {
        ost_unverified_jwe jwe;
        ost_text token = message_of("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}", rests[i]);
        assert_int_equal(ost_jwe_read_unverified(token, NULL, message_arena, &jwe, NULL),
                         OST_E_TOKEN_FORMAT);
    }
}

/* ---- JSON ---- */

/* Whoever carries a message can add a header that is not protected. What it says the content to be
 * is not taken for the sender's word. */
static void type_of_another_hand(void **state)
{
    ost_key *key = jwe_key(OST_A128KW, NULL);
    ost_keyset *keys = jwe_set(key);
    const ost_recipient recipient = {key, OST_A128KW};
    const ost_jwe_options options = {.typ = "mine"};
    ost_text json;
    ost_decrypted d;
    assert_int_equal(ost_jwe_json_encrypt(OST_TEXT("a"), &recipient, 1, OST_A128GCM, &options,
                                          message_arena, &json, NULL),
                     OST_OK);
    const char *changed = ost_arena_format(message_arena, "{\"unprotected\":{\"cty\":\"JWT\"},%.*s",
                                           (int)json.len - 1, json.data + 1);
    assert_int_equal(ost_jwe_json_decrypt(text_of(changed), keys, NULL, message_arena, &d, NULL),
                     OST_OK);
    assert_int_equal(d.cty.len, 0);
    assert_true(text_is(d.typ, "mine"));
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

/* Every name of one header is looked for in the others: unprotected ones are small, as in a JWS. */
static void headers_of_many_names(void **state)
{
    ost_key *key = jwe_key(OST_A128KW, NULL);
    ost_keyset *keys = jwe_set(key);
    const ost_recipient recipient = {key, OST_A128KW};
    ost_text json;
    ost_decrypted d;
    assert_int_equal(ost_jwe_json_encrypt(OST_TEXT("a"), &recipient, 1, OST_A128GCM, NULL,
                                          message_arena, &json, NULL),
                     OST_OK);
    for (int count = 64; count <= 65; count++) {
        const char *names = "";
        for (int i = 0; i < count; i++)
            names = ost_arena_format(message_arena, "%s%s\"n%d\":1", names, i == 0 ? "" : ",", i);
        for (int own = 0; own < 2; own++) {
            const char *changed =
                ost_arena_format(message_arena, "{\"%s\":{%s},%.*s", own ? "header" : "unprotected",
                                 names, (int)json.len - 1, json.data + 1);
            assert_int_equal(
                ost_jwe_json_decrypt(text_of(changed), keys, NULL, message_arena, &d, NULL),
                count == 64 ? OST_OK : OST_E_TOKEN_FORMAT);
        }
    }
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

/* The JSON text with `old`, which is in it, replaced. */
static ost_text replaced(ost_text json, const char *old, const char *with)
{
    const char *at = strstr(json.data, old);
    assert_non_null(at);
    return text_of(ost_arena_format(message_arena, "%.*s%s%s", (int)(at - json.data), json.data,
                                    with, at + strlen(old)));
}

/* A recipient's header is covered by no tag of the content: what is in it has one form alone. */
static void members_that_nothing_protects(void **state)
{
    static const char *const names[] = {"\"iv\":\"", "\"tag\":\""};
    ost_key *key = jwe_key(OST_A128GCMKW, NULL), *other = jwe_key(OST_A128KW, NULL);
    const ost_recipient recipients[] = {{key, OST_A128GCMKW}, {other, OST_A128KW}};
    ost_text json;
    assert_int_equal(ost_jwe_json_encrypt(OST_TEXT("x"), recipients, 2, OST_A128GCM, NULL,
                                          message_arena, &json, NULL),
                     OST_OK);
    assert_int_equal(message_decrypt_json(json, key), OST_OK);
    for (size_t i = 0; i < 2; i++) {
        const char *begin = strstr(json.data, names[i]) + strlen(names[i]);
        const char *value =
            ost_arena_copy(message_arena, (ost_text){begin, (size_t)(strchr(begin, '"') - begin)});
        unsigned char bytes[17] = {0};
        size_t len;
        ost_text longer = {0}, shorter = {0}, other_one = {0};
        assert_int_equal(base64url_decode(text_of(value), bytes, &len), OST_OK);
        assert_int_equal(
            base64url_encode_to(message_arena, (ost_text){(const char *)bytes, len + 1}, &longer),
            OST_OK);
        assert_int_equal(
            base64url_encode_to(message_arena, (ost_text){(const char *)bytes, len - 1}, &shorter),
            OST_OK);
        bytes[0] ^= 1;
        assert_int_equal(
            base64url_encode_to(message_arena, (ost_text){(const char *)bytes, len}, &other_one),
            OST_OK);
        assert_int_equal(message_decrypt_json(replaced(json, value, other_one.data), key),
                         OST_E_DECRYPTION);
        assert_int_equal(message_decrypt_json(replaced(json, value, longer.data), key),
                         OST_E_DECRYPTION);
        assert_int_equal(message_decrypt_json(replaced(json, value, shorter.data), key),
                         OST_E_DECRYPTION);
    }
    ost_key_unref(key);
    ost_key_unref(other);
}

/* RFC 7516 §7.2.1: the names of the three headers are disjoint. */
static void attack_20_names_in_two_headers(void **state)
{
    static const char headers[] = "{\"protected\":\"%s\",\"unprotected\":%s,\"header\":%s,"
                                  "\"encrypted_key\":\"AAAA\",\"iv\":\"AAAAAAAAAAAAAAAA\","
                                  "\"ciphertext\":\"AA\",\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\"}";
    static const struct {
        const char *protected, *shared, *own;
        ost_result expected;
    } cases[] = {
        {"{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}", "{\"x\":1}", "{\"y\":1}", OST_E_DECRYPTION},
        {"{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}", "{\"x\":1}", "{\"x\":1}", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"A128KW\",\"enc\":\"A128GCM\",\"x\":1}", "{\"x\":1}", "{\"y\":1}",
         OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"A128KW\",\"enc\":\"A128GCM\",\"x\":1}", "{\"y\":1}", "{\"x\":1}",
         OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}", "[]", "{\"y\":1}", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}", "{\"x\":1}", "\"y\"", OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}", "null", "{\"y\":1}", OST_E_TOKEN_FORMAT},
    };
    ost_key *key = jwe_key(OST_A128KW, NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text json =
            text_of(ost_arena_format(message_arena, headers, message_part(cases[i].protected).data,
                                     cases[i].shared, cases[i].own));
        assert_int_equal(message_decrypt_json(json, key), cases[i].expected);
    }
    ost_key_unref(key);
}

/* RFC 7516 §7.2.1: "enc" may be a member of each recipient's header, and has to be the same there.
 * No header is protected here; what is encrypted comes from another implementation (Python's
 * cryptography). */
static void enc_of_each_recipient(void **state)
{
    static const char mine[] = "\"encrypted_key\":\"-4y9lAzYCFcoXtVE1VEUGtfVb9xfmgFw\"";
    static const char rest[] = "\"iv\":\"AAAAAAAAAAAAAAAA\",\"ciphertext\":\"eXYI33c\","
                               "\"tag\":\"Tpf10a2YcuJ8wLS6Uvydcw\"}";
    static const char both[] = "{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}";
    static const struct {
        const char *other; /* the header of a recipient before; NULL: there is none */
        const char *own;
        ost_result expected;
    } cases[] = {
        {NULL, both, OST_OK},
        {both, both, OST_OK},
        {"{\"alg\":\"A128KW\",\"enc\":\"A256GCM\"}", both, OST_E_TOKEN_FORMAT},
        {"{\"alg\":\"A128KW\"}", both, OST_E_TOKEN_FORMAT},
        {both, "{\"alg\":\"A128KW\"}", OST_E_TOKEN_FORMAT},
        {NULL, "{\"alg\":\"A128KW\",\"enc\":128}", OST_E_TOKEN_FORMAT},
    };
    ost_key *key;
    assert_int_equal(ost_key_import_jwk(OST_TEXT("{\"kty\":\"oct\",\"alg\":\"A128KW\","
                                                 "\"k\":\"AAECAwQFBgcICQoLDA0ODw\"}"),
                                        &key, NULL),
                     OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *flat =
            ost_arena_format(message_arena, "{\"header\":%s,%s,%s", cases[i].own, mine, rest);
        const char *general =
            ost_arena_format(message_arena,
                             "{\"recipients\":[{\"header\":%s,\"encrypted_key\":"
                             "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"},{\"header\":%s,%s}],%s",
                             cases[i].other, cases[i].own, mine, rest);
        assert_int_equal(
            message_decrypt_json(text_of(cases[i].other == NULL ? flat : general), key),
            cases[i].expected);
    }
    ost_key_unref(key);
}

static void recipients_are_some(void **state)
{
    static const char *const lists[] = {
        "[]", "{}", "null", "[[]]", "[1]", "[{}],\"header\":{}", "[{}],\"encrypted_key\":\"AAAA\""};
    ost_key *key = jwe_key(OST_A128KW, NULL);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        const char *text = ost_arena_format(
            message_arena,
            "{\"protected\":\"%s\",\"iv\":\"AAAAAAAAAAAAAAAA\",\"ciphertext\":\"AA\","
            "\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"recipients\":%s}",
            message_part("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}").data, lists[i]);
        assert_int_equal(message_decrypt_json(text_of(text), key), OST_E_TOKEN_FORMAT);
    }
    ost_recipient recipients[17];
    ost_text json = {0};
    for (size_t i = 0; i < 17; i++)
        recipients[i] = (ost_recipient){key, OST_A128KW};
    assert_int_equal(ost_jwe_json_encrypt(OST_TEXT("x"), recipients, 0, OST_A128GCM, NULL,
                                          message_arena, &json, NULL),
                     OST_E_ARGUMENT);
    assert_int_equal(ost_jwe_json_encrypt(OST_TEXT("x"), recipients, 17, OST_A128GCM, NULL,
                                          message_arena, &json, NULL),
                     OST_E_ARGUMENT);
    assert_null(json.data);
    assert_int_equal(ost_jwe_json_encrypt(OST_TEXT("x"), recipients, 16, OST_A128GCM, NULL,
                                          message_arena, &json, NULL),
                     OST_OK);
    ost_key_unref(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_that_are_refused),
        cmocka_unit_test(attack_34_long_token),
        cmocka_unit_test(attack_21_parts_that_are_not_strict),
        cmocka_unit_test(type_of_another_hand),
        cmocka_unit_test(headers_of_many_names),
        cmocka_unit_test(members_that_nothing_protects),
        cmocka_unit_test(attack_20_names_in_two_headers),
        cmocka_unit_test(enc_of_each_recipient),
        cmocka_unit_test(recipients_are_some),
    };
    return cmocka_run_group_tests_name("jose-jwe_attack_form", tests, message_start, message_end);
}
