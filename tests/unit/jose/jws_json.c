/* SPDX-License-Identifier: Apache-2.0 */
/* JSON serializations: what is read, which signature counts, and everything that is refused. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/signature/signature.h"
#include "keys.h"
#include "test.h"

static ost_arena *arena;
static ost_key *p256, *ed25519, *secret;
static ost_keyset *keys;

static int open_all(void **state)
{
    arena = ost_arena_new((size_t)64 << 20);
    p256 = good_key(test_p256);
    ed25519 = good_key(test_ed25519);
    secret = good_key(test_secret);
    ost_key *all[] = {p256, ed25519, secret};
    return ost_keyset_new(all, 3, &keys) != OST_OK;
}

static int close_all(void **state)
{
    ost_keyset_unref(keys);
    ost_key_unref(p256);
    ost_key_unref(ed25519);
    ost_key_unref(secret);
    ost_arena_free(arena);
    return 0;
}

static const ost_jws_rules with_hs = {.algorithms = EVERY_ALG};

static ost_result verify_json(const char *json, const ost_jws_rules *rules, size_t *ret_which)
{
    ost_verified_jws verified = {.signature = 99};
    ost_error error = {0};
    ost_result result = ost_jws_json_verify(text_of(json), keys, rules, arena, &verified, &error);
    assert_int_equal(error.code, result);
    assert_true(text_is_utf8(text_of(error.detail)));
    assert_true((verified.key != NULL) == (result == OST_OK));
    if (result != OST_OK)
        assert_int_equal(verified.signature, 99); /* untouched */
    if (ret_which != NULL)
        *ret_which = verified.signature;
    return result;
}

static const char *b64(const char *text)
{
    ost_text encoded = {0};
    assert_int_equal(base64url_encode_to(arena, text_of(text), &encoded), OST_OK);
    return encoded.data;
}

/* A signature by HS256 over any header and payload, as they are. */
static const char *mac(const char *protected_encoded, const char *payload)
{
    unsigned char bytes[64];
    ost_text encoded = {0};
    size_t size = 0;
    const char *input = ost_arena_format(arena, "%s.%s", protected_encoded, payload);
    assert_int_equal(signature_make(secret, OST_HS256, text_of(input), bytes, &size), OST_OK);
    assert_int_equal(base64url_encode_to(arena, (ost_text){(const char *)bytes, size}, &encoded),
                     OST_OK);
    return encoded.data;
}

/* A flattened JWS with a good MAC, and these headers (NULL: not there). */
static const char *flat(const char *protected, const char *header)
{
    const char *encoded = protected != NULL ? b64(protected) : "", *json = "{\"payload\":\"e30\"";
    if (protected != NULL)
        json = ost_arena_format(arena, "%s,\"protected\":\"%s\"", json, encoded);
    if (header != NULL)
        json = ost_arena_format(arena, "%s,\"header\":%s", json, header);
    return ost_arena_format(arena, "%s,\"signature\":\"%s\"}", json, mac(encoded, "e30"));
}

#define HS "{\"alg\":\"HS256\",\"kid\":\"oct\"}"

static void flattened(void **state)
{
    ost_verified_jws verified;
    const char *json = flat(HS, "{\"note\":1}");
    assert_int_equal(ost_jws_json_verify(text_of(json), keys, &with_hs, arena, &verified, NULL),
                     OST_OK);
    assert_true(text_is(verified.payload, "{}"));
    assert_int_equal(verified.alg, OST_HS256);
    assert_true(text_is(verified.kid, "oct"));
    assert_ptr_equal(verified.key, secret);
    assert_int_equal(verified.signature, 0);
    assert_non_null(ost_json_get(verified.unprotected_header, "note"));
    assert_null(ost_json_get(verified.protected_header, "note"));
    /* HS is asked for by name. */
    assert_int_equal(verify_json(json, NULL, NULL), OST_E_ALGORITHM);
    /* A kid may stand outside; what is not understood is ignored, in the document, too. */
    assert_int_equal(verify_json(flat("{\"alg\":\"HS256\"}", "{\"kid\":\"oct\"}"), &with_hs, NULL),
                     OST_OK);
    assert_int_equal(
        verify_json(ost_arena_format(arena, "{\"x\":[{}],%s", flat(HS, NULL) + 1), &with_hs, NULL),
        OST_OK);
    assert_int_equal(verify_json(flat(HS, "{}"), &with_hs, NULL), OST_OK);
}

static const char *replaced(const char *text, const char *what, const char *by)
{
    const char *at = strstr(text, what);
    assert_non_null(at);
    return ost_arena_format(arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
}

static void attack_03_signatures_that_do_not_match(void **state)
{
    const char *json = flat(HS, NULL);
    assert_int_equal(verify_json(replaced(json, "e30", "e3s"), &with_hs, NULL), OST_E_SIGNATURE);
    assert_int_equal(
        verify_json(replaced(json, "\"payload\":\"e30\"", "\"payload\":\"\""), &with_hs, NULL),
        OST_E_SIGNATURE);
    const char *other = flat("{\"alg\":\"HS384\",\"kid\":\"oct\"}", NULL);
    assert_int_equal(verify_json(other, &with_hs, NULL), OST_E_SIGNATURE);
    assert_int_equal(verify_json(replaced(json, b64(HS),
                                          b64("{\"alg\":\"HS256\",\"kid\":\"oct\",\"a\":"
                                              "1}")),
                                 &with_hs, NULL),
                     OST_E_SIGNATURE);
    const char *short_one = ost_arena_format(
        arena, "{\"payload\":\"e30\",\"protected\":\"%s\",\"signature\":\"AA\"}", b64(HS));
    assert_int_equal(verify_json(short_one, &with_hs, NULL), OST_E_SIGNATURE);
}

static void attack_01_and_02_no_algorithm(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"none\",\"kid\":\"oct\"}", "{\"alg\":\"NONE\"}", "{\"alg\":\"\"}",
        "{\"alg\":\"RSA-OAEP\"}", "{\"alg\":\"dir\",\"kid\":\"oct\"}"};
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        assert_int_equal(verify_json(flat(headers[i], NULL), &with_hs, NULL), OST_E_ALGORITHM);
    assert_int_equal(verify_json(flat("{\"kid\":\"oct\"}", NULL), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json(flat("{\"alg\":1}", NULL), &with_hs, NULL), OST_E_TOKEN_FORMAT);
}

/* Whoever can change `alg` on the way chooses how the signature is read. */
static void unprotected_algorithms(void **state)
{
    const ost_jws_rules insecure = {.algorithms = EVERY_ALG, .insecure_unprotected_alg = true};
    const char *json = flat(NULL, HS);
    assert_int_equal(verify_json(json, &with_hs, NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json(json, &insecure, NULL), OST_OK);
    json = flat("{\"kid\":\"oct\"}", "{\"alg\":\"HS256\"}");
    assert_int_equal(verify_json(json, &with_hs, NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json(json, &insecure, NULL), OST_OK);
}

static void attack_20_names_in_two_headers(void **state)
{
    assert_int_equal(verify_json(flat(HS, "{\"kid\":\"oct\"}"), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json(flat(HS, "{\"alg\":\"HS256\"}"), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json(flat("{\"alg\":\"HS256\",\"x\":1}", "{\"x\":1}"), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json(flat(HS, "{\"x\":1,\"x\":1}"), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(
        verify_json(flat("{\"alg\":\"HS256\",\"alg\":\"HS256\"}", NULL), &with_hs, NULL),
        OST_E_TOKEN_FORMAT);
}

static void attack_19_critical(void **state)
{
    const ost_jws_rules unencoded = {.algorithms = EVERY_ALG, .unencoded = true};
    static const char *const never[] = {
        "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"HS256\",\"crit\":[]}",
        "{\"alg\":\"HS256\",\"crit\":\"b64\",\"b64\":true}",
        "{\"alg\":\"HS256\",\"crit\":[\"b64\"]}",
        "{\"alg\":\"HS256\",\"b64\":true}",
        "{\"alg\":\"HS256\",\"b64\":false}",
        "{\"alg\":\"HS256\",\"crit\":[\"b64\",\"b64\"],\"b64\":true}",
        "{\"alg\":\"HS256\",\"crit\":[\"b64\",\"alg\"],\"b64\":true}",
        "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":0}",
        "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":\"false\"}",
        "{\"alg\":\"HS256\",\"crit\":null,\"b64\":true}",
        "{\"alg\":\"HS256\",\"crit\":[1],\"b64\":true}"};
    for (size_t i = 0; i < ARRAY_LEN(never); i++) {
        assert_int_equal(verify_json(flat(never[i], NULL), &with_hs, NULL), OST_E_CRITICAL);
        assert_int_equal(verify_json(flat(never[i], NULL), &unencoded, NULL), OST_E_CRITICAL);
    }
    static const char *const outside[] = {"{\"crit\":[\"b64\"]}", "{\"b64\":true}",
                                          "{\"b64\":false}", "{\"crit\":[]}"};
    for (size_t i = 0; i < ARRAY_LEN(outside); i++)
        assert_int_equal(verify_json(flat(HS, outside[i]), &unencoded, NULL), OST_E_CRITICAL);
    /* b64 true changes nothing, but is understood only where b64 is. */
    const char *encoded =
        flat("{\"alg\":\"HS256\",\"kid\":\"oct\",\"crit\":[\"b64\"],\"b64\":true}", NULL);
    assert_int_equal(verify_json(encoded, &unencoded, NULL), OST_OK);
    assert_int_equal(verify_json(encoded, &with_hs, NULL), OST_E_CRITICAL);
    const char *raw =
        flat("{\"alg\":\"HS256\",\"kid\":\"oct\",\"crit\":[\"b64\"],\"b64\":false}", NULL);
    assert_int_equal(verify_json(raw, &unencoded, NULL), OST_OK);
    assert_int_equal(verify_json(raw, &with_hs, NULL), OST_E_CRITICAL);
    /* RFC 7797 §7: a JWT is always encoded. */
    static const char *const types[] = {"JWT", "jwt", "at+jwt", "application/logout+JWT"};
    for (size_t i = 0; i < 4; i++) {
        const char *header = ost_arena_format(
            arena, "{\"alg\":\"HS256\",\"typ\":\"%s\",\"crit\":[\"b64\"],\"b64\":false}", types[i]);
        assert_int_equal(verify_json(flat(header, NULL), &unencoded, NULL), OST_E_CRITICAL);
    }
}

static void malformed(void **state)
{
    const char *good = flat(HS, NULL);
    static const char *const documents[] = {
        "",
        "[]",
        "{}",
        "null",
        "\"a.b.c\"",
        "{\"payload\":\"e30\"}",
        "{\"payload\":\"e30\",\"signatures\":[]}",
        "{\"payload\":\"e30\",\"signatures\":{}}",
        "{\"payload\":\"e30\",\"signatures\":[1]}",
        "{\"payload\":\"e30\",\"signatures\":[{}]}",
        "{\"payload\":\"e30\",\"signatures\":null}",
        "{\"payload\":\"e30\",\"signature\":\"AAAA\"}",
        "{\"payload\":\"e30\",\"header\":{\"alg\":\"HS256\"},\"signature\":\"\"}",
        ("{\"payload\":\"e30\",\"protected\":\"\",\"header\":{\"alg\":\"HS256\"},\"signature\":"
         "\"AA\"}"),
        "{\"payload\":\"e30\",\"protected\":\"e30=\",\"signature\":\"AA\"}",
        "{\"payload\":\"e30\",\"protected\":\"W10\",\"signature\":\"AA\"}",
        "{\"payload\":\"e30\",\"protected\":{\"alg\":\"HS256\"},\"signature\":\"AA\"}"};
    for (size_t i = 0; i < ARRAY_LEN(documents); i++)
        assert_int_equal(verify_json(documents[i], &with_hs, NULL), OST_E_TOKEN_FORMAT);
    static const char *const changes[][2] = {
        {"\"payload\":\"e30\"", "\"payload\":1"},
        {"\"payload\":\"e30\"", "\"payload\":null"},
        {"\"payload\":\"e30\"", "\"Payload\":\"e30\""},
        {"\"payload\":\"e30\"", "\"payload\":\"e30=\""},
        {"\"payload\":\"e30\"", "\"payload\":\"e3 0\""},
        {"\"payload\":\"e30\"", "\"payload\":\"e31\",\"payload\":\"e30\""},
        {"\"signature\":\"", "\"signature\":\"\\u0000"},
        {"\"signature\":\"", "\"Signature\":\""},
        {"{\"payload\"", "{\"signatures\":[],\"payload\""},
        {"{\"payload\"", "{\"header\":[],\"payload\""},
        {"{\"payload\"", "{\"header\":null,\"payload\""},
        {"{\"payload\"", "{\"header\":{\"kid\":1,\"x\":1},\"payload\""}};
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        if (verify_json(replaced(good, changes[i][0], changes[i][1]), &with_hs, NULL) !=
            OST_E_TOKEN_FORMAT)
            fail_msg("%s", changes[i][1]);
    }
    assert_int_equal(verify_json(flat("{\"alg\":\"HS256\",\"zip\":\"DEF\"}", NULL), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json(flat(HS, "{\"enc\":\"A128GCM\"}"), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json(flat("{\"alg\":\"HS256\",\"typ\":1}", NULL), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
}

/* One by Ed25519, one by HS256, each with its kid. */
static const char *general(ost_text payload, const ost_jws_signer *signers, size_t count)
{
    ost_text json = {0};
    const ost_jws_options options = {.general = true};
    assert_int_equal(ost_jws_json_sign(payload, signers, count, &options, arena, &json, NULL),
                     OST_OK);
    return json.data;
}

static void which_signature_counts(void **state)
{
    const ost_jws_signer signers[] = {{.key = ed25519, .alg = OST_EDDSA},
                                      {.key = p256, .alg = OST_ES256},
                                      {.key = secret, .alg = OST_HS256}};
    const char *json = general(OST_TEXT("x"), signers, 3);
    const ost_jws_rules ed = {.algorithms = OST_ALG_BIT(OST_EDDSA)};
    const ost_jws_rules es = {.algorithms = OST_ALG_BIT(OST_ES256)};
    const ost_jws_rules hs = {.algorithms = OST_ALG_BIT(OST_HS256)};
    const ost_jws_rules rs = {.algorithms = OST_ALG_BIT(OST_RS256)};
    size_t which = 99;
    assert_int_equal(verify_json(json, &ed, &which), OST_OK);
    assert_int_equal(which, 0);
    assert_int_equal(verify_json(json, &es, &which), OST_OK);
    assert_int_equal(which, 1);
    assert_int_equal(verify_json(json, &hs, &which), OST_OK);
    assert_int_equal(which, 2);
    assert_int_equal(verify_json(json, NULL, &which), OST_OK);
    assert_int_equal(which, 0);
    assert_int_equal(verify_json(json, &rs, &which), OST_E_ALGORITHM);

    /* The first one damaged: the next counts. All damaged: none does. */
    const char *at = strstr(json, "\"signature\":\"") + 13;
    char *damaged = ost_arena_copy(arena, text_of(json));
    damaged[at - json + 3] = at[3] == 'A' ? 'B' : 'A';
    assert_int_equal(verify_json(damaged, NULL, &which), OST_OK);
    assert_int_equal(which, 1);
    assert_int_equal(verify_json(damaged, &ed, &which), OST_E_SIGNATURE);
    const char *changed_payload = replaced(json, "\"payload\":\"eA\"", "\"payload\":\"eQ\"");
    assert_int_equal(verify_json(changed_payload, &with_hs, &which), OST_E_SIGNATURE);
}

/* Others' signatures may be by algorithms and keys that are not known here, but not malformed. */
static void others_signatures(void **state)
{
    const ost_jws_signer signer = {.key = ed25519, .alg = OST_EDDSA};
    const char *json = general(OST_TEXT("x"), &signer, 1);
    static const char *const harmless[] = {"{\"alg\":\"XX9\"}",
                                           "{\"alg\":\"none\"}",
                                           "{\"alg\":\"ES256\",\"kid\":\"of another\"}",
                                           "{\"alg\":\"RS256\",\"kid\":\"p256\"}",
                                           "{\"alg\":\"ES384\"}",
                                           "{\"alg\":\"HS256\"}"};
    static const char *const harmful[] = {
        "{\"alg\":1}", "{}", "{\"alg\":\"XX9\",\"kid\":1}", "{\"alg\":\"XX9\",\"zip\":\"DEF\"}",
        "[]",          "x"};
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
        const char *other = ost_arena_format(
            arena, "\"signatures\":[{\"protected\":\"%s\",\"signature\":\"AAAA\"},",
            b64(harmless[i]));
        size_t which = 0;
        assert_int_equal(verify_json(replaced(json, "\"signatures\":[", other), NULL, &which),
                         OST_OK);
        assert_int_equal(which, 1);
    }
    for (size_t i = 0; i < ARRAY_LEN(harmful); i++) {
        const char *other = ost_arena_format(
            arena, "\"signatures\":[{\"protected\":\"%s\",\"signature\":\"AAAA\"},",
            b64(harmful[i]));
        assert_int_equal(verify_json(replaced(json, "\"signatures\":[", other), NULL, NULL),
                         OST_E_TOKEN_FORMAT);
    }
    const char *critical =
        ost_arena_format(arena, "\"signatures\":[{\"protected\":\"%s\",\"signature\":\"AAAA\"},",
                         b64("{\"alg\":\"XX9\",\"crit\":[\"x\"],\"x\":1}"));
    assert_int_equal(verify_json(replaced(json, "\"signatures\":[", critical), NULL, NULL),
                     OST_E_CRITICAL);
}

/* RFC 7515 §7.2.2: readers that look at another of the two would see another message. */
static void general_or_flattened(void **state)
{
    static const char *const members[] = {"\"protected\":\"e30\"", "\"header\":{\"a\":1}",
                                          "\"signature\":\"AA\""};
    const ost_jws_signer signer = {.key = ed25519, .alg = OST_EDDSA};
    const char *json = general(OST_TEXT("x"), &signer, 1);
    assert_int_equal(verify_json(json, NULL, NULL), OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const char *both = ost_arena_format(arena, "%s,\"signatures\":[", members[i]);
        assert_int_equal(verify_json(replaced(json, "\"signatures\":[", both), NULL, NULL),
                         OST_E_TOKEN_FORMAT);
    }
}

static void attack_34_at_most_so_many(void **state)
{
    const ost_jws_signer signer = {.key = ed25519, .alg = OST_EDDSA};
    ost_jws_signer signers[OST_JWS_SIGNATURES_MAX];
    for (size_t i = 0; i < OST_JWS_SIGNATURES_MAX; i++)
        signers[i] = signer;
    const char *json = general(OST_TEXT("x"), signers, OST_JWS_SIGNATURES_MAX);
    assert_int_equal(verify_json(json, NULL, NULL), OST_OK);
    const char *more = ost_arena_format(
        arena, "\"signatures\":[{\"protected\":\"%s\",\"signature\":\"AAAA\"},", b64(HS));
    assert_int_equal(verify_json(replaced(json, "\"signatures\":[", more), NULL, NULL),
                     OST_E_CEILING);
    char *large = ost_arena_alloc(arena, OST_JWS_JSON_MAX + 2);
    memset(large, ' ', OST_JWS_JSON_MAX + 1);
    memcpy(large, json, strlen(json));
    assert_int_equal(verify_json(large, NULL, NULL), OST_E_CEILING);
    large[OST_JWS_JSON_MAX] = '\0';
    assert_int_equal(verify_json(large, NULL, NULL), OST_OK);
    /* Headers of either kind. */
    char *long_kid = ost_arena_alloc(arena, 9000);
    memset(long_kid, 'k', 8999);
    const char *member = ost_arena_format(arena, "{\"x\":\"%s\"}", long_kid);
    assert_int_equal(verify_json(flat(HS, member), &with_hs, NULL), OST_E_TOKEN_FORMAT);
    member = ost_arena_format(arena, "{\"alg\":\"HS256\",\"x\":\"%s\"}", long_kid);
    assert_int_equal(verify_json(flat(member, NULL), &with_hs, NULL), OST_E_TOKEN_FORMAT);
    const char *many = "{\"0\":1";
    for (int i = 1; i < 65; i++)
        many = ost_arena_format(arena, "%s,\"%d\":1", many, i);
    assert_int_equal(verify_json(flat(HS, ost_arena_format(arena, "%s}", many)), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    long_kid[257] = '\0';
    member = ost_arena_format(arena, "{\"kid\":\"%s\"}", long_kid);
    assert_int_equal(verify_json(flat("{\"alg\":\"HS256\"}", member), &with_hs, NULL),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_json("{\"a\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}", NULL, NULL),
                     OST_E_TOKEN_FORMAT);
}

/* RFC 7797 §3: all or none. */
static void b64_must_be_alike(void **state)
{
    const ost_jws_rules unencoded = {.algorithms = EVERY_ALG, .unencoded = true};
    const char *raw = b64("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}");
    const char *json = ost_arena_format(
        arena,
        "{\"payload\":\"e30\",\"signatures\":[{\"protected\":\"%s\",\"signature\":\"%s\"},{"
        "\"protected\":\"%s\",\"signature\":\"%s\"}]}",
        raw, mac(raw, "e30"), b64(HS), mac(b64(HS), "e30"));
    assert_int_equal(verify_json(json, &unencoded, NULL), OST_E_TOKEN_FORMAT);
}

static void attack_13_keys_within(void **state)
{
    /* jwk, jku, x5u, x5c are never looked at, in either header. */
    const char *header = "{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"},\"x5c\":1}";
    assert_int_equal(verify_json(flat(header, NULL), NULL, NULL), OST_E_SIGNATURE);
    const char *outside = "{\"jku\":\"http://attacker.example/\",\"x5u\":7}";
    assert_int_equal(verify_json(flat(HS, outside), &with_hs, NULL), OST_OK);
}

/* RFC 7515, appendix A.6 and A.7. */
static const char a_6_rsa[] =
    "{\"kty\":\"RSA\",\"kid\":\"2010-12-29\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQ"
    "oTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW"
    "vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2"
    "R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8"
    "q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}";
static const char a_6_ec[] =
    "{\"kty\":\"EC\",\"kid\":\"e9bc097a-ce51-4036-9562-d2ade882db0d\",\"crv\":\"P-256\",\"x\""
    ":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyS"
    "tikYjKIWI5a0\"}";
static const char a_6[] =
    "{\"payload\":\"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvb"
    "S9pc19yb290Ijp0cnVlfQ\",\"signatures\":[{\"protected\":\"eyJhbGciOiJSUzI1NiJ9\",\"header"
    "\":{\"kid\":\"2010-12-29\"},\"signature\":\"cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2Vt"
    "Qgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAyn"
    "RFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--x"
    "i12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIh"
    "WkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw\"},{\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"header\""
    ":{\"kid\":\"e9bc097a-ce51-4036-9562-d2ade882db0d\"},\"signature\":\"DtEhU3ljbEg8L38VWAfU"
    "AqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q\"}]}";
static const char a_7[] =
    "{\"payload\":\"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvb"
    "S9pc19yb290Ijp0cnVlfQ\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"header\":{\"kid\":\"e9b"
    "c097a-ce51-4036-9562-d2ade882db0d\"},\"signature\":\"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4G"
    "awxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q\"}";

static void rfc_7515_a_6_and_a_7(void **state)
{
    ost_key *both[] = {good_key(a_6_rsa), good_key(a_6_ec)};
    for (size_t i = 0; i < 2; i++) {
        ost_keyset *set = NULL;
        ost_verified_jws verified = {.signature = 99};
        assert_int_equal(ost_keyset_new(&both[i], 1, &set), OST_OK);
        assert_int_equal(ost_jws_json_verify(text_of(a_6), set, NULL, arena, &verified, NULL),
                         OST_OK);
        assert_int_equal(verified.signature, i);
        assert_true(text_starts(verified.payload, "{\"iss\":\"joe\","));
        assert_int_equal(ost_jws_json_verify(text_of(a_7), set, NULL, arena, &verified, NULL),
                         i == 1 ? OST_OK : OST_E_KEY_UNKNOWN);
        ost_keyset_unref(set);
        ost_key_unref(both[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flattened),
        cmocka_unit_test(attack_03_signatures_that_do_not_match),
        cmocka_unit_test(attack_01_and_02_no_algorithm),
        cmocka_unit_test(unprotected_algorithms),
        cmocka_unit_test(attack_20_names_in_two_headers),
        cmocka_unit_test(attack_19_critical),
        cmocka_unit_test(malformed),
        cmocka_unit_test(which_signature_counts),
        cmocka_unit_test(others_signatures),
        cmocka_unit_test(general_or_flattened),
        cmocka_unit_test(attack_34_at_most_so_many),
        cmocka_unit_test(b64_must_be_alike),
        cmocka_unit_test(attack_13_keys_within),
        cmocka_unit_test(rfc_7515_a_6_and_a_7),
    };
    return cmocka_run_group_tests_name("jose-jws_json", tests, open_all, close_all);
}
