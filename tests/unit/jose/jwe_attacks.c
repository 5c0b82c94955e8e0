/* Attacks on encrypted tokens: 35 to 38 of the list in docs/development, and those that every
 * implementation of ECDH-ES has met. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <ostiary/jose.h>

#include "base64url.h"
#include "compact.h"
#include "content.h"
#include "crypto_auto.h"
#include "jwe_keys.h"
#include "key_agreement.h"
#include "keys.h"
#include "rsa_weakness.h"
#include "text.h"

#define NOW 1700000000

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

static const ost_claims_rules claims_rules = {
    .issuer = "https://issuer",
    .audiences = (const char *const[]){"api"},
    .audience_count = 1,
    .algorithms = OST_ALG_BIT(OST_ES256),
};
static const char good_claims[] =
    "{\"iss\":\"https://issuer\",\"aud\":\"api\",\"exp\":1700000100,\"sub\":\"alice\"}";

static ost_text encoded(const char *text)
{
    ost_text ret = {0};
    assert_int_equal(base64url_encode_to(arena, text_of(text), &ret), OST_OK);
    return ret;
}

/* A token of five parts that say what they please. */
static ost_text message(const char *header, const char *rest)
{
    return text_of(ost_arena_format(arena, "%s.%s", encoded(header).data, rest));
}

static ost_result decrypt(ost_text token, const ost_key *key, const ost_jwe_rules *rules)
{
    ost_decrypted d;
    ost_keyset *keys = jwe_set(key);
    ost_result result = ost_jwe_decrypt(token, keys, rules, arena, &d, NULL);
    ost_keyset_unref(keys);
    return result;
}

static ost_text encrypt(ost_text content, const ost_key *key, ost_alg alg, const char *cty)
{
    const ost_jwe_options options = {.cty = cty};
    ost_text token = {0};
    assert_int_equal(ost_jwe_encrypt(content, key, alg, OST_A128GCM, &options, arena, &token, NULL),
                     OST_OK);
    return token;
}

static ost_result verify_nested(ost_text token, const ost_key *outer, const ost_key *inner)
{
    const ost_claims *claims;
    ost_keyset *private_keys = jwe_set(outer), *keys = jwe_set(inner);
    ost_result result = ost_jwt_verify_nested(token, private_keys, NULL, keys, &claims_rules, NOW,
                                              arena, &claims, NULL);
    if (result == OST_OK)
        assert_true(text_is(ost_claims_subject(claims), "alice"));
    ost_keyset_unref(private_keys);
    ost_keyset_unref(keys);
    return result;
}

static void nested_tokens(void **state)
{
    ost_key *outer = jwe_key(OST_ECDH_ES, "P-256"), *inner = good_key(test_p256);
    ost_text token;
    assert_int_equal(ost_jws_sign(text_of(good_claims), inner, OST_ES256, NULL, arena, &token),
                     OST_OK);
    assert_int_equal(verify_nested(encrypt(token, outer, OST_ECDH_ES, "JWT"), outer, inner),
                     OST_OK);
    /* Without `cty` it is no nested token, and a signed one alone is not either. */
    assert_int_equal(verify_nested(encrypt(token, outer, OST_ECDH_ES, NULL), outer, inner),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_nested(token, outer, inner), OST_E_TOKEN_FORMAT);
    ost_key_unref(outer);
    ost_key_unref(inner);
}

static void attack_35_compressed_bomb(void **state)
{
    static char zeroes[49152]; /* 1:1000 */
    const ost_jwe_options options = {.deflate = true};
    const ost_jwe_rules rules = {.inflate_max = 4096};
    ost_key *key = jwe_key(OST_A128KW, NULL);
    ost_text token;
    assert_int_equal(ost_jwe_encrypt((ost_text){zeroes, sizeof zeroes}, key, OST_A128KW,
                                     OST_A128GCM, &options, arena, &token, NULL),
                     OST_OK);
    assert_int_equal(decrypt(token, key, NULL), OST_E_ALGORITHM);
    size_t before = ost_arena_used(arena);
    assert_int_equal(decrypt(token, key, &rules), OST_E_DECRYPTION);
    assert_true(ost_arena_used(arena) - before < 4 * 4096);
    ost_key_unref(key);
}

static void attack_35_password_rounds(void **state)
{
    static const char *const counts[] = {"2147483648", "1000001", "4294967296", "1e300"};
    static const char *const wrong[] = {"-1", "0", "999", "\"1000\"", "null", "1000.5"};
    ost_key *key = jwe_key(OST_PBES2_HS256_A128KW, NULL);
    const char format[] = "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\","
                          "\"p2s\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"p2c\":%s}";
    const char rest[] =
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA";
    for (size_t i = 0; i < 3; i++) {
        ost_text token = message(ost_arena_format(arena, format, counts[i]), rest);
        assert_int_equal(decrypt(token, key, NULL), OST_E_CEILING);
    }
    assert_int_equal(decrypt(message(ost_arena_format(arena, format, counts[3]), rest), key, NULL),
                     OST_E_DECRYPTION);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ost_text token = message(ost_arena_format(arena, format, wrong[i]), rest);
        assert_int_equal(decrypt(token, key, NULL), OST_E_DECRYPTION);
    }
    ost_key_unref(key);
}

static void attack_36_unsigned_within(void **state)
{
    static const char *const ends[] = {".", "", ".AA"};
    ost_key *outer = jwe_key(OST_RSA_OAEP_256, NULL), *inner = good_key(test_p256);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *token =
            ost_arena_format(arena, "eyJhbGciOiJub25lIn0.%s%s", encoded(good_claims).data, ends[i]);
        ost_result result =
            verify_nested(encrypt(text_of(token), outer, OST_RSA_OAEP_256, "JWT"), outer, inner);
        assert_true(result == OST_E_ALGORITHM || result == OST_E_TOKEN_FORMAT);
    }
    /* Bare claims, as anyone who has the public key can encrypt them. */
    assert_int_equal(
        verify_nested(encrypt(text_of(good_claims), outer, OST_RSA_OAEP_256, "JWT"), outer, inner),
        OST_E_TOKEN_FORMAT);
    ost_key_unref(outer);
    ost_key_unref(inner);
}

/* RSA1_5: not read unless asked for, never written; then every bad padding is the same error. */
static void attack_37_rsa1_5(void **state)
{
    const ost_jwe_rules asked = {.algorithms = OST_ALG_BIT(OST_INSECURE_RSA1_5)};
    ost_key *key = jwe_key(OST_INSECURE_RSA1_5, NULL);
    ost_text token;
    assert_int_equal(ost_jwe_encrypt(OST_TEXT("a"), key, OST_INSECURE_RSA1_5, OST_A128GCM, NULL,
                                     arena, &token, NULL),
                     OST_E_ALGORITHM);
    for (unsigned i = 0; i < 64; i++) {
        unsigned char bytes[256];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (unsigned char)((k * 37 + i * 101) ^ (k >> 2));
        bytes[0] = (unsigned char)(i == 63 ? 0xff : i / 2); /* the last is beyond the modulus */
        char text[BASE64URL_LEN(sizeof bytes) + 1] = {0};
        base64url_encode(bytes, sizeof bytes, text);
        const char *rest =
            ost_arena_format(arena, "%s.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA", text);
        ost_text forged = message("{\"alg\":\"RSA1_5\",\"enc\":\"A128GCM\"}", rest);
        assert_int_equal(decrypt(forged, key, NULL), OST_E_ALGORITHM);
        assert_int_equal(decrypt(forged, key, &asked), OST_E_DECRYPTION);
    }
    ost_key_unref(key);
}

static void attack_38_deeper_nesting(void **state)
{
    ost_key *outer = jwe_key(OST_ECDH_ES_A128KW, "X25519"), *inner = good_key(test_p256);
    ost_text token;
    assert_int_equal(ost_jws_sign(text_of(good_claims), inner, OST_ES256, NULL, arena, &token),
                     OST_OK);
    for (int depth = 0; depth < 3; depth++) {
        token = encrypt(token, outer, OST_ECDH_ES_A128KW, "JWT");
        assert_int_equal(verify_nested(token, outer, inner),
                         depth == 0 ? OST_OK : OST_E_TOKEN_FORMAT);
    }
    ost_key_unref(outer);
    ost_key_unref(inner);
}

/* The ephemeral key is hostile: off the curve, of another curve, of small order, private. */
static void invalid_curve(void **state)
{
    static const char *const p256_keys[] = {
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
        "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-"
        "IK08\"}",
        "{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "\"key\"",
        "null",
        "[]",
        "{}",
    };
    ost_key *key = jwe_key(OST_ECDH_ES, "P-256");
    const char rest[] = ".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA";
    for (size_t i = 0; i < sizeof p256_keys / sizeof p256_keys[0]; i++) {
        const char *header = ost_arena_format(
            arena, "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":%s}", p256_keys[i]);
        assert_int_equal(decrypt(message(header, rest), key, NULL), OST_E_DECRYPTION);
    }
    const char *own =
        ost_arena_format(arena, "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":%s}", test_p256);
    assert_int_equal(decrypt(message(own, rest), key, NULL), OST_E_DECRYPTION); /* private */
    ost_key_unref(key);
}

static void small_order(void **state)
{
    static const char *const points[] = {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                         "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                         "7P___________________________________________38"};
    ost_key *key = jwe_key(OST_ECDH_ES, "X25519");
    for (size_t i = 0; i < 3; i++) {
        const char *header = ost_arena_format(
            arena,
            "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":{\"kty\":\"OKP\",\"crv\":\"X25519\","
            "\"x\":\"%s\"}}",
            points[i]);
        assert_int_equal(
            decrypt(message(header, ".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"), key, NULL),
            OST_E_DECRYPTION);
    }
    ost_key_unref(key);
}

/* A JWK of RSA, with private numbers that agree with each other as far as they can be compared
 * without an exponentiation modulo a prime of nearly all bits. */
static const char *costly_jwk(int bits)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *e = BN_new(), *d = BN_new();
    bn_auto BIGNUM *p1 = BN_new(), *q1 = BN_new(), *dp = BN_new(), *dq = BN_new(), *qi = BN_new();
    bn_auto BIGNUM *product = BN_new();
    do {
        assert_int_equal(BN_rand(p, bits - 160, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD), 1);
        assert_int_equal(BN_rand(q, 160, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD), 1);
        assert_int_equal(BN_mul(n, p, q, context), 1);
        assert_true(BN_sub(p1, p, BN_value_one()) == 1 && BN_sub(q1, q, BN_value_one()) == 1);
        assert_true(BN_mul(product, p1, q1, context) == 1 && BN_set_word(e, 65537) == 1);
    } while (rsa_weakness(n) != NULL || BN_mod_inverse(d, e, product, context) == NULL);
    assert_true(BN_mod(dp, d, p1, context) == 1 && BN_mod(dq, d, q1, context) == 1);
    assert_true(BN_mod_inverse(qi, q, p, context) != NULL);
    const BIGNUM *const numbers[] = {n, e, d, p, q, dp, dq, qi};
    static const char *const names[] = {"n", "e", "d", "p", "q", "dp", "dq", "qi"};
    const char *jwk = "{\"kty\":\"RSA\"";
    for (size_t i = 0; i < 8; i++) {
        unsigned char bytes[1024];
        ost_text text;
        assert_int_equal(
            base64url_encode_to(arena, text_of_bytes(bytes, (size_t)BN_bn2bin(numbers[i], bytes)),
                                &text),
            OST_OK);
        jwk = ost_arena_format(arena, "%s,\"%s\":\"%s\"", jwk, names[i], text.data);
    }
    return ost_arena_format(arena, "%s}", jwk);
}

/* Ephemeral keys are whatever the sender likes. Sixteen of RSA, whose primes are nobody's business,
 * must not take seconds. */
static void ephemeral_keys_that_cost(void **state)
{
    ost_key *key = jwe_key(OST_ECDH_ES_A128KW, "P-256");
    ost_keyset *keys = jwe_set(key);
    ost_decrypted d;
    struct timespec before, after;
    const char *entry = ost_arena_format(
        arena, "{\"header\":{\"alg\":\"ECDH-ES+A128KW\",\"epk\":%s},\"encrypted_key\":\"AA\"}",
        costly_jwk(8192));
    const char *entries = entry;
    for (int i = 1; i < 16; i++)
        entries = ost_arena_format(arena, "%s,%s", entries, entry);
    const char *json =
        ost_arena_format(arena,
                         "{\"protected\":\"%s\",\"recipients\":[%s],\"iv\":\"AAAAAAAAAAAAAAAA\","
                         "\"ciphertext\":\"AA\",\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
                         encoded("{\"enc\":\"A128GCM\"}").data, entries);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    assert_int_equal(ost_jwe_json_decrypt(text_of(json), keys, NULL, arena, &d, NULL),
                     OST_E_DECRYPTION);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    int64_t milliseconds =
        (int64_t)(after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    assert_in_range(milliseconds, 0, 500); /* 2,500 if the numbers are looked at */
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

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
                                          arena, &json, NULL),
                     OST_OK);
    const char *changed = ost_arena_format(arena, "{\"unprotected\":{\"cty\":\"JWT\"},%.*s",
                                           (int)json.len - 1, json.data + 1);
    assert_int_equal(ost_jwe_json_decrypt(text_of(changed), keys, NULL, arena, &d, NULL), OST_OK);
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
    assert_int_equal(
        ost_jwe_json_encrypt(OST_TEXT("a"), &recipient, 1, OST_A128GCM, NULL, arena, &json, NULL),
        OST_OK);
    for (int count = 64; count <= 65; count++) {
        const char *names = "";
        for (int i = 0; i < count; i++)
            names = ost_arena_format(arena, "%s%s\"n%d\":1", names, i == 0 ? "" : ",", i);
        for (int own = 0; own < 2; own++) {
            const char *changed =
                ost_arena_format(arena, "{\"%s\":{%s},%.*s", own ? "header" : "unprotected", names,
                                 (int)json.len - 1, json.data + 1);
            assert_int_equal(ost_jwe_json_decrypt(text_of(changed), keys, NULL, arena, &d, NULL),
                             count == 64 ? OST_OK : OST_E_TOKEN_FORMAT);
        }
    }
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

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
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ost_unverified_jwe jwe;
        ost_text token = message(cases[i].header, ".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA");
        assert_int_equal(ost_jwe_read_unverified(token, NULL, arena, &jwe, NULL),
                         cases[i].expected);
    }
}

static void attack_34_long_token(void **state)
{
    static const char header[] = "{\"alg\":\"dir\",\"enc\":\"A128GCM\"}";
    static const char rest[] = ".AAAAAAAAAAAAAAAA.%s.AAAAAAAAAAAAAAAAAAAAAA";
    char *content = ost_arena_alloc(arena, TOKEN_MAX);
    size_t around = message(header, rest).len - 2;
    for (size_t more = 0; more < 2; more++) {
        ost_unverified_jwe jwe;
        size_t len = (TOKEN_MAX - around) / 4 * 4 + 4 * more;
        memset(content, 'A', len);
        content[len] = '\0';
        ost_text token = message(header, ost_arena_format(arena, rest, content));
        assert_int_equal(ost_jwe_read_unverified(token, NULL, arena, &jwe, NULL),
                         more == 0 ? OST_OK : OST_E_CEILING);
    }
}

static void attack_21_parts_that_are_not_strict(void **state)
{
    static const char *const rests[] = {
        "A.AAAA.AA.AAAA",   "AAAA.A.AA.AAAA",    "AAAA.AAAA.A.AAAA",  "AAAA.AAAA.AA.A",
        "AA=.AAAA.AA.AAAA", "AAAA.AA+A.AA.AAAA", "AAAA.AAAA.AB.AAAA", "AAAA.AAAA.AA.AA A"};
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        ost_unverified_jwe jwe;
        ost_text token = message("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}", rests[i]);
        assert_int_equal(ost_jwe_read_unverified(token, NULL, arena, &jwe, NULL),
                         OST_E_TOKEN_FORMAT);
    }
}

/* One message, whose ephemeral key once is shown as it should be and once with its secret. */
static void ephemeral_keys_that_show_their_secret(void **state)
{
    ost_key *key = jwe_key(OST_ECDH_ES, "P-256"), *ephemeral = good_key(test_p256);
    const agreement_info info = {.algorithm = OST_TEXT("A128GCM"), .size = 16};
    content_key cek = {.size = 16};
    assert_int_equal(key_agreement_derive(ephemeral, key, &info, arena, cek.data), OST_OK);
    for (int secret = 0; secret < 2; secret++) {
        sealed_content sealed;
        ost_text iv = {0}, ciphertext = {0}, tag = {0};
        const char *epk = secret ? test_p256 : changed(arena, test_p256, "d", NULL);
        ost_text header = encoded(
            ost_arena_format(arena, "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":%s}", epk));
        assert_int_equal(content_seal(OST_A128GCM, &cek, header, OST_TEXT("x"), arena, &sealed),
                         OST_OK);
        assert_int_equal(base64url_encode_to(arena, sealed.iv, &iv), OST_OK);
        assert_int_equal(base64url_encode_to(arena, sealed.ciphertext, &ciphertext), OST_OK);
        assert_int_equal(base64url_encode_to(arena, sealed.tag, &tag), OST_OK);
        ost_text token = text_of(ost_arena_format(arena, "%s..%s.%s.%s", header.data, iv.data,
                                                  ciphertext.data, tag.data));
        assert_int_equal(decrypt(token, key, NULL), secret ? OST_E_DECRYPTION : OST_OK);
    }
    ost_key_unref(ephemeral);
    ost_key_unref(key);
}

/* Whoever leaves out a key that could not be opened goes on with one of zeroes. */
static void content_under_a_key_of_zeroes(void **state)
{
    static const ost_alg algs[] = {OST_A128KW, OST_A128GCMKW, OST_RSA_OAEP};
    static const size_t sizes[] = {24, 16, 256}; /* of the encrypted key */
    const content_key zeroes = {.size = 16};
    for (size_t i = 0; i < sizeof algs / sizeof algs[0]; i++) {
        static const char nothing[256];
        ost_key *key = jwe_key(algs[i], NULL);
        sealed_content sealed;
        ost_text iv = {0}, ciphertext = {0}, tag = {0}, encrypted_key = {0};
        ost_text header = encoded(
            ost_arena_format(arena,
                             "{\"alg\":\"%s\",\"enc\":\"A128GCM\",\"iv\":\"AAAAAAAAAAAAAAAA\","
                             "\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
                             ost_alg_name(algs[i])));
        assert_int_equal(content_seal(OST_A128GCM, &zeroes, header, OST_TEXT("x"), arena, &sealed),
                         OST_OK);
        assert_int_equal(base64url_encode_to(arena, (ost_text){nothing, sizes[i]}, &encrypted_key),
                         OST_OK);
        assert_int_equal(base64url_encode_to(arena, sealed.iv, &iv), OST_OK);
        assert_int_equal(base64url_encode_to(arena, sealed.ciphertext, &ciphertext), OST_OK);
        assert_int_equal(base64url_encode_to(arena, sealed.tag, &tag), OST_OK);
        ost_text token =
            text_of(ost_arena_format(arena, "%s.%s.%s.%s.%s", header.data, encrypted_key.data,
                                     iv.data, ciphertext.data, tag.data));
        assert_int_equal(decrypt(token, key, NULL), OST_E_DECRYPTION);
        ost_key_unref(key);
    }
}

/* The JSON text with `old`, which is in it, replaced. */
static ost_text replaced(ost_text json, const char *old, const char *with)
{
    const char *at = strstr(json.data, old);
    assert_non_null(at);
    return text_of(ost_arena_format(arena, "%.*s%s%s", (int)(at - json.data), json.data, with,
                                    at + strlen(old)));
}

static ost_result decrypt_json(ost_text json, const ost_key *key)
{
    ost_decrypted d;
    ost_keyset *keys = jwe_set(key);
    ost_result result = ost_jwe_json_decrypt(json, keys, NULL, arena, &d, NULL);
    ost_keyset_unref(keys);
    return result;
}

/* A recipient's header is covered by no tag of the content: what is in it has one form alone. */
static void members_that_nothing_protects(void **state)
{
    static const char *const names[] = {"\"iv\":\"", "\"tag\":\""};
    ost_key *key = jwe_key(OST_A128GCMKW, NULL), *other = jwe_key(OST_A128KW, NULL);
    const ost_recipient recipients[] = {{key, OST_A128GCMKW}, {other, OST_A128KW}};
    ost_text json;
    assert_int_equal(
        ost_jwe_json_encrypt(OST_TEXT("x"), recipients, 2, OST_A128GCM, NULL, arena, &json, NULL),
        OST_OK);
    assert_int_equal(decrypt_json(json, key), OST_OK);
    for (size_t i = 0; i < 2; i++) {
        const char *begin = strstr(json.data, names[i]) + strlen(names[i]);
        const char *value =
            ost_arena_copy(arena, (ost_text){begin, (size_t)(strchr(begin, '"') - begin)});
        unsigned char bytes[17] = {0};
        size_t len;
        ost_text longer = {0}, shorter = {0}, other_one = {0};
        assert_int_equal(base64url_decode(text_of(value), bytes, &len), OST_OK);
        assert_int_equal(
            base64url_encode_to(arena, (ost_text){(const char *)bytes, len + 1}, &longer), OST_OK);
        assert_int_equal(
            base64url_encode_to(arena, (ost_text){(const char *)bytes, len - 1}, &shorter), OST_OK);
        bytes[0] ^= 1;
        assert_int_equal(
            base64url_encode_to(arena, (ost_text){(const char *)bytes, len}, &other_one), OST_OK);
        assert_int_equal(decrypt_json(replaced(json, value, other_one.data), key),
                         OST_E_DECRYPTION);
        assert_int_equal(decrypt_json(replaced(json, value, longer.data), key), OST_E_DECRYPTION);
        assert_int_equal(decrypt_json(replaced(json, value, shorter.data), key), OST_E_DECRYPTION);
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
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ost_text json = text_of(ost_arena_format(arena, headers, encoded(cases[i].protected).data,
                                                 cases[i].shared, cases[i].own));
        assert_int_equal(decrypt_json(json, key), cases[i].expected);
    }
    ost_key_unref(key);
}

static void recipients_are_some(void **state)
{
    static const char *const lists[] = {
        "[]", "{}", "null", "[[]]", "[1]", "[{}],\"header\":{}", "[{}],\"encrypted_key\":\"AAAA\""};
    ost_key *key = jwe_key(OST_A128KW, NULL);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const char *text = ost_arena_format(
            arena,
            "{\"protected\":\"%s\",\"iv\":\"AAAAAAAAAAAAAAAA\",\"ciphertext\":\"AA\","
            "\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"recipients\":%s}",
            encoded("{\"alg\":\"A128KW\",\"enc\":\"A128GCM\"}").data, lists[i]);
        assert_int_equal(decrypt_json(text_of(text), key), OST_E_TOKEN_FORMAT);
    }
    ost_recipient recipients[17];
    ost_text json = {0};
    for (size_t i = 0; i < 17; i++)
        recipients[i] = (ost_recipient){key, OST_A128KW};
    assert_int_equal(
        ost_jwe_json_encrypt(OST_TEXT("x"), recipients, 0, OST_A128GCM, NULL, arena, &json, NULL),
        OST_E_ARGUMENT);
    assert_int_equal(
        ost_jwe_json_encrypt(OST_TEXT("x"), recipients, 17, OST_A128GCM, NULL, arena, &json, NULL),
        OST_E_ARGUMENT);
    assert_null(json.data);
    assert_int_equal(
        ost_jwe_json_encrypt(OST_TEXT("x"), recipients, 16, OST_A128GCM, NULL, arena, &json, NULL),
        OST_OK);
    ost_key_unref(key);
}

/* A key for one thing is not taken for another. */
static void keys_for_something_else(void **state)
{
    ost_key *wrapping = jwe_key(OST_A128KW, NULL), *gcm = jwe_key(OST_A128GCMKW, NULL);
    ost_key *oaep = jwe_key(OST_RSA_OAEP, NULL), *half = public_half(oaep);
    ost_text token = encrypt(OST_TEXT("a"), wrapping, OST_A128KW, NULL);
    assert_int_equal(decrypt(token, gcm, NULL), OST_E_KEY_UNKNOWN);
    token = encrypt(OST_TEXT("a"), half, OST_RSA_OAEP, NULL);
    assert_int_equal(decrypt(token, oaep, NULL), OST_OK);
    assert_int_equal(decrypt(token, half, NULL), OST_E_KEY_USE);
    assert_int_equal(ost_jwe_encrypt(OST_TEXT("a"), oaep, OST_RSA_OAEP_256, OST_A128GCM, NULL,
                                     arena, &token, NULL),
                     OST_E_KEY_USE);
    /* Of one length, but for another cipher. */
    ost_key *direct = good_key("{\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":"
                               "\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\"}");
    assert_int_equal(ost_jwe_encrypt(OST_TEXT("a"), direct, OST_DIR, OST_A128CBC_HS256, NULL, arena,
                                     &token, NULL),
                     OST_E_KEY_USE);
    const char header[] = "{\"alg\":\"dir\",\"enc\":\"A128CBC-HS256\"}";
    assert_int_equal(
        decrypt(message(header, ".AAAAAAAAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"), direct, NULL),
        OST_E_DECRYPTION);
    /* key_ops of one direction. */
    ost_key *only = good_key("{\"kty\":\"oct\",\"alg\":\"A128KW\",\"key_ops\":[\"wrapKey\"],"
                             "\"k\":\"GZy6sIZ6wl9NJOKB-jnmVQ\"}");
    token = encrypt(OST_TEXT("a"), only, OST_A128KW, NULL);
    assert_int_equal(decrypt(token, only, NULL), OST_E_KEY_UNKNOWN);
    ost_key_unref(direct);
    ost_key_unref(only);
    ost_key_unref(wrapping);
    ost_key_unref(gcm);
    ost_key_unref(oaep);
    ost_key_unref(half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_tokens),
        cmocka_unit_test(attack_35_compressed_bomb),
        cmocka_unit_test(attack_35_password_rounds),
        cmocka_unit_test(attack_36_unsigned_within),
        cmocka_unit_test(attack_37_rsa1_5),
        cmocka_unit_test(attack_38_deeper_nesting),
        cmocka_unit_test(invalid_curve),
        cmocka_unit_test(small_order),
        cmocka_unit_test(ephemeral_keys_that_cost),
        cmocka_unit_test(type_of_another_hand),
        cmocka_unit_test(headers_of_many_names),
        cmocka_unit_test(headers_that_are_refused),
        cmocka_unit_test(attack_34_long_token),
        cmocka_unit_test(attack_21_parts_that_are_not_strict),
        cmocka_unit_test(ephemeral_keys_that_show_their_secret),
        cmocka_unit_test(content_under_a_key_of_zeroes),
        cmocka_unit_test(members_that_nothing_protects),
        cmocka_unit_test(attack_20_names_in_two_headers),
        cmocka_unit_test(recipients_are_some),
        cmocka_unit_test(keys_for_something_else),
    };
    return cmocka_run_group_tests_name("jose-jwe_attacks", tests, open_arena, close_arena);
}
