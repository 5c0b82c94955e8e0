/* SPDX-License-Identifier: Apache-2.0 */
/* Reading tokens before their verification: parts, base64url, and the header's strictness. */
#include <stdio.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

#define SIGNATURE OST_TEXT("signature")

static ost_result read_with(ost_text token, ost_algs accepted, ost_unverified_jws *ret_jws)
{
    ost_unverified_jws jws = {.alg = OST_HS512};
    ost_error error = {0};
    ost_result result = ost_jws_read_unverified(token, accepted, arena, &jws, &error);
    assert_int_equal(error.code, result);
    if (result != OST_OK)
        assert_int_equal(jws.alg, OST_HS512); /* untouched */
    if (ret_jws != NULL)
        *ret_jws = jws;
    return result;
}

static ost_result read_header(const char *header)
{
    return read_with(assemble(arena, text_of(header), OST_TEXT("{}"), SIGNATURE), 0, NULL);
}

static void good(void **state)
{
    ost_unverified_jws jws;
    ost_text token =
        assemble(arena, OST_TEXT("{\"typ\":\"at+jwt\",\"alg\":\"RS256\",\"kid\":\"a b\"}"),
                 OST_TEXT("payload"), SIGNATURE);
    assert_int_equal(read_with(token, 0, &jws), OST_OK);
    assert_int_equal(jws.alg, OST_RS256);
    assert_true(text_is(jws.kid, "a b"));
    assert_true(text_is(jws.typ, "at+jwt"));
    assert_true(text_is(jws.payload_encoded, "cGF5bG9hZA"));
    assert_true(text_is(jws.signature_encoded, "c2lnbmF0dXJl"));
    assert_ptr_equal(jws.signing_input.data, token.data);
    assert_int_equal(jws.signing_input.len, token.len - jws.signature_encoded.len - 1);
    assert_true(ost_json_equals(ost_json_get(jws.header, "typ"), OST_TEXT("at+jwt")));
    assert_int_equal(read_header(" { \"alg\" : \"ES512\" } \n"), OST_OK);
    token = assemble(arena, OST_TEXT("{\"alg\":\"RS256\"}"), (ost_text){0}, SIGNATURE);
    assert_int_equal(read_with(token, 0, &jws), OST_OK); /* an empty payload is one */
    assert_int_equal(jws.kid.len + jws.typ.len + jws.payload_encoded.len, 0);
}

static void attack_01_alg_none(void **state)
{
    static const char *const none[] = {"none",         "None",  "NONE", "nOnE",     "",      "nil",
                                       "RS256\\u0020", "rs256", "dir",  "RSA-OAEP", "A128KW"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        const char *header = ost_arena_format(arena, "{\"alg\":\"%s\"}", none[i]);
        assert_int_equal(read_header(header), OST_E_ALGORITHM);
    }
    static const char *const no_string[] = {"{}",
                                            "{\"alg\":null}",
                                            "{\"alg\":0}",
                                            "{\"alg\":[\"RS256\"]}",
                                            "{\"alg\":{\"a\":\"RS256\"}}",
                                            "{\"ALG\":\"RS256\"}",
                                            "{\"Alg\":\"RS256\"}"};
    for (size_t i = 0; i < ARRAY_LEN(no_string); i++)
        assert_int_equal(read_header(no_string[i]), OST_E_TOKEN_FORMAT);
}

static void attack_02_none_with_a_kid(void **state)
{
    assert_int_equal(read_header("{\"alg\":\"none\",\"kid\":\"rsa\"}"), OST_E_ALGORITHM);
}

static void attack_03_stripped_signature(void **state)
{
    ost_text whole = assemble(arena, OST_TEXT("{\"alg\":\"RS256\"}"), OST_TEXT("{}"), SIGNATURE);
    size_t end = whole.len - 12;
    assert_int_equal(read_with(text_slice(whole, 0, end), 0, NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(read_with(text_slice(whole, 0, end - 1), 0, NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(read_with(text_slice(whole, 0, 20), 0, NULL), OST_E_TOKEN_FORMAT);
}

static void number_of_parts(void **state)
{
    static const char *const bad[] = {"",
                                      ".",
                                      "..",
                                      "...",
                                      "....",
                                      "e30",
                                      "e30.",
                                      "e30.e30",
                                      "e30.e30.",
                                      ".e30.e30",
                                      "e30.e30.e30.",
                                      ".e30.e30.e30",
                                      "eyJhbGciOiJSUzI1NiJ9.e30.c2ln.c2ln",
                                      "eyJhbGciOiJSUzI1NiJ9.e30.c2ln.c2ln.c2ln",
                                      "eyJhbGciOiJSUzI1NiJ9..",
                                      "eyJhbGciOiJSUzI1NiJ9 .e30.c2ln"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(read_with(text_of(bad[i]), 0, NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(read_with((ost_text){0}, 0, NULL), OST_E_TOKEN_FORMAT);
}

/* Whoever hands over the whole field is told so. */
static void a_scheme_before_the_token(void **state)
{
    static const char *const given[] = {"Bearer e30.e30.c2ln", "bearer e30.e30.c2ln",
                                        "DPoP e30.e30.c2ln", "Basic e30.e30.c2ln"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(given); i++) {
        ost_error error = {0};
        ost_unverified_jws jws;
        assert_int_equal(ost_jws_read_unverified(text_of(given[i]), 0, arena, &jws, &error),
                         OST_E_TOKEN_FORMAT);
        assert_int_equal(strstr(error.detail, "the scheme before a token") != NULL, i < 3);
    }
}

static void accepted_algorithms(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        const char *header = ost_arena_format(arena, "{\"alg\":\"%s\"}", ost_alg_name(alg));
        ost_text token = assemble(arena, text_of(header), OST_TEXT("{}"), SIGNATURE);
        assert_int_equal(read_with(token, 0, NULL), alg < OST_HS256 ? OST_OK : OST_E_ALGORITHM);
        assert_int_equal(read_with(token, OST_ALG_BIT(alg), NULL), OST_OK);
        assert_int_equal(read_with(token, EVERY_ALG & ~OST_ALG_BIT(alg), NULL), OST_E_ALGORITHM);
        assert_int_equal(read_with(token, OST_ALG_BIT(OST_ALG_UNSET), NULL), OST_E_ALGORITHM);
    }
}

static void attack_13_14_15_keys_in_the_header_are_ignored(void **state)
{
    assert_int_equal(read_header("{\"alg\":\"RS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"\"},"
                                 "\"jku\":\"http://attacker.example/\",\"x5c\":[1],\"x5u\":null}"),
                     OST_OK);
}

static void attack_16_kids(void **state)
{
    static const char *const odd[] = {
        "../../../../dev/null",        "' OR 1=1 --", "$(id)", "\xE2\x82\xAC",
        "http://attacker.example/key", "\\n"};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        const char *header = ost_arena_format(arena, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", odd[i]);
        assert_int_equal(read_header(header), OST_OK); /* text like any other */
    }
    assert_int_equal(read_header("{\"alg\":\"RS256\",\"kid\":\"a\\u0000b\"}"), OST_E_TOKEN_FORMAT);
    assert_int_equal(read_header("{\"alg\":\"RS256\",\"kid\":null}"), OST_E_TOKEN_FORMAT);
    assert_int_equal(read_header("{\"alg\":\"RS256\",\"kid\":1}"), OST_E_TOKEN_FORMAT);
    assert_int_equal(read_header("{\"alg\":\"RS256\",\"kid\":[\"a\"]}"), OST_E_TOKEN_FORMAT);
    assert_int_equal(read_header("{\"alg\":\"RS256\",\"typ\":1}"), OST_E_TOKEN_FORMAT);
    static const size_t lengths[] = {256, 257, 5000, 40000, 65536};
    for (size_t i = 0; i < 5; i++) {
        char *kid = ost_arena_alloc(arena, lengths[i] + 1);
        memset(kid, 'k', lengths[i]);
        const char *header = ost_arena_format(arena, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", kid);
        ost_result result = read_header(header);
        assert_int_equal(result, lengths[i] == 256     ? OST_OK
                                 : lengths[i] == 65536 ? OST_E_CEILING
                                                       : OST_E_TOKEN_FORMAT);
    }
}

static void attack_19_critical_extensions(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"RS256\",\"crit\":[]}",
        "{\"alg\":\"RS256\",\"crit\":null}",
        "{\"crit\":[\"b64\"],\"b64\":false,\"alg\":\"RS256\"}",
        "{\"crit\":[\"b64\"],\"b64\":true,\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"b64\":false}",
        "{\"alg\":\"RS256\",\"b64\":true}",
        "{\"alg\":\"RS256\",\"\\u0063rit\":[\"x\"]}",
        "{\"alg\":\"none\",\"crit\":[\"x\"]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        assert_int_equal(read_header(headers[i]), OST_E_CRITICAL);
}

static void headers_of_encryption(void **state)
{
    assert_int_equal(read_header("{\"alg\":\"RS256\",\"zip\":\"DEF\"}"), OST_E_TOKEN_FORMAT);
    assert_int_equal(read_header("{\"alg\":\"RS256\",\"enc\":\"A128GCM\"}"), OST_E_TOKEN_FORMAT);
}

static void attack_20_json_that_is_not_strict(void **state)
{
    static const char *const bad[] = {
        "{\"alg\":\"RS256\",\"alg\":\"none\"}",
        "{\"alg\":\"none\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"\\u0061lg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"kid\":\"\\u0000\"}",
        "{\"alg\":\"RS256\",\"kid\":\"\xff\"}",
        "{\"alg\":\"RS256\",\"kid\":\"\xc0\xaf\"}",
        "{\"alg\":\"RS256\",\"kid\":\"\xed\xa0\x80\"}",
        "{\"alg\":\"RS256\",\"kid\":\"\\ud800\"}",
        "{\"alg\":\"RS256\",}",
        "{'alg':'RS256'}",
        "{\"alg\":\"RS256\"} {}",
        "\xef\xbb\xbf{\"alg\":\"RS256\"}",
        "[{\"alg\":\"RS256\"}]",
        "\"RS256\"",
        "null",
        "{\"alg\":\"RS256\",\"x\":{\"a\":1,\"a\":2}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(read_header(bad[i]), OST_E_TOKEN_FORMAT);
}

static void attack_21_base64_of_the_header(void **state)
{
    static const char *const bad[] = {
        "eyJhbGciOiJSUzI1NiJ9=",          "eyJhbGciOiJSUzI1NiJ9==",   "eyJhbGciOiJSUzI1NiJ9\n",
        " eyJhbGciOiJSUzI1NiJ9",          "eyJhbGciOiJS\r\nUzI1NiJ9", "eyJhbGciOiJSUzI1NiJ",
        "eyJhbGciOiJSUzI1NiIgfR", /* unused bits: …fQ is right */
        "eyJhbGciOiJSUzI1NiIsIj8/Ijoxf+",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const char *token = ost_arena_format(arena, "%s.e30.c2ln", bad[i]);
        assert_int_equal(read_with(text_of(token), 0, NULL), OST_E_TOKEN_FORMAT);
    }
    assert_int_equal(read_with(OST_TEXT("eyJhbGciOiJSUzI1NiIgfQ.e30.c2ln"), 0, NULL), OST_OK);
}

static void attack_34_sizes(void **state)
{
    size_t size = 65536;
    char *token = ost_arena_alloc(arena, (size_t)1 << 20);
    memset(token, 'A', (size_t)1 << 20);
    memcpy(token, "eyJhbGciOiJSUzI1NiJ9.", 21);
    token[size - 400] = '.';
    assert_int_equal(read_with((ost_text){token, size}, 0, NULL), OST_OK);
    assert_int_equal(read_with((ost_text){token, size + 1}, 0, NULL), OST_E_CEILING);
    assert_int_equal(read_with((ost_text){token, (size_t)1 << 20}, 0, NULL), OST_E_CEILING);

    char *header = ost_arena_alloc(arena, 9000); /* the longest header, and one byte more */
    for (size_t len = 6144; len <= 6145; len++) {
        memset(header, ' ', len);
        memcpy(header, "{\"alg\":\"RS256\"}", 15);
        header[len] = '\0';
        assert_int_equal(read_header(header), len == 6144 ? OST_OK : OST_E_TOKEN_FORMAT);
    }

    memset(header, 0, 9000); /* deep, and with many values */
    size_t at = 0;
    at += (size_t)snprintf(header, 9000, "{\"alg\":\"RS256\",\"x\":");
    memset(header + at, '[', 100);
    memset(header + at + 100, ']', 100);
    header[at + 200] = '}';
    assert_int_equal(read_header(header), OST_E_TOKEN_FORMAT);
    memset(header, 0, 9000);
    at = (size_t)snprintf(header, 9000, "{\"alg\":\"RS256\",\"x\":[1");
    for (size_t i = 0; i < 520; i++, at += 2)
        memcpy(header + at, ",1", 2);
    memcpy(header + at, "]}", 3);
    assert_int_equal(read_header(header), OST_E_TOKEN_FORMAT);
}

/* The arena that the header names is enough for the most expensive token, and a smaller one is an
 * error of memory, not of the token. */
static void one_mebibyte_is_enough(void **state)
{
    ost_arena *enough = ost_arena_new((size_t)1 << 20), *little = ost_arena_new(300);
    char *claims = ost_arena_alloc(arena, 60000), *header = ost_arena_alloc(arena, 7000);
    size_t at = (size_t)snprintf(claims, 60000, "{\"exp\":2000000000,\"x\":[1");
    for (size_t i = 0; i < 8180; i++, at += 2)
        memcpy(claims + at, ",1", 2);
    memcpy(claims + at, "]}", 3);
    memset(claims + at + 2, ' ', 40000 - at - 2);
    size_t end = (size_t)snprintf(header, 7000, "{\"alg\":\"EdDSA\",\"x\":[1");
    for (size_t i = 0; i < 500; i++, end += 2)
        memcpy(header + end, ",1", 2);
    header[end] = ']';
    memset(header + end + 1, ' ', 6143 - end - 1);
    header[6143] = '}';
    ost_key *key = good_key(test_ed25519);
    ost_keyset *keys = NULL;
    assert_int_equal(ost_keyset_new(&key, 1, &keys), OST_OK);
    ost_text token = forge(arena, header, (ost_text){claims, 40000}, key, OST_EDDSA);
    const ost_claims_rules rules = {.issuer = "i", .insecure_any_audience = true};
    const ost_claims *ret = NULL;
    ost_error error = {0};
    assert_int_equal(ost_jwt_verify(token, keys, &rules, 1, enough, &ret, &error), OST_E_ISSUER);
    assert_int_equal(ost_jwt_verify(token, keys, &rules, 1, little, &ret, &error), OST_E_MEMORY);
    assert_null(ret);
    ost_keyset_unref(keys);
    ost_key_unref(key);
    ost_arena_free(enough);
    ost_arena_free(little);
}

/* RFC 7515 §4.1.9. */
static void types(void **state)
{
    assert_true(ost_typ_is(OST_TEXT("JWT"), "JWT"));
    assert_true(ost_typ_is(OST_TEXT("jwt"), "JWT"));
    assert_true(ost_typ_is(OST_TEXT("application/at+jwt"), "at+jwt"));
    assert_true(ost_typ_is(OST_TEXT("Application/AT+JWT"), "at+jwt"));
    assert_false(ost_typ_is(OST_TEXT("application/application/at+jwt"), "at+jwt"));
    assert_false(ost_typ_is(OST_TEXT("text/at+jwt"), "at+jwt"));
    assert_false(ost_typ_is(OST_TEXT("at+jwt "), "at+jwt"));
    assert_false(ost_typ_is(OST_TEXT("application/"), ""));
    assert_false(ost_typ_is((ost_text){0}, "JWT"));
    assert_true(ost_typ_is(OST_TEXT("example/x"), "example/x"));
    assert_false(ost_typ_is(OST_TEXT("application/example/x"), "example/x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(attack_01_alg_none),
        cmocka_unit_test(attack_02_none_with_a_kid),
        cmocka_unit_test(attack_03_stripped_signature),
        cmocka_unit_test(number_of_parts),
        cmocka_unit_test(a_scheme_before_the_token),
        cmocka_unit_test(accepted_algorithms),
        cmocka_unit_test(attack_13_14_15_keys_in_the_header_are_ignored),
        cmocka_unit_test(attack_16_kids),
        cmocka_unit_test(attack_19_critical_extensions),
        cmocka_unit_test(headers_of_encryption),
        cmocka_unit_test(attack_20_json_that_is_not_strict),
        cmocka_unit_test(attack_21_base64_of_the_header),
        cmocka_unit_test(attack_34_sizes),
        cmocka_unit_test(one_mebibyte_is_enough),
        cmocka_unit_test(types),
    };
    return cmocka_run_group_tests_name("jose-jws_read", tests, open_arena, close_arena);
}
