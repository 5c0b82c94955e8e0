/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks on the signature and on the choice of the key: 1 to 18 and 30 of the list in
 * docs/development/verification.md, as a client would send them. */
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/base64url.h"
#include "fixture.h"
#include "forge.h"
#include "jose/key/key_state.h"
#include "jose/signature/ecdsa.h"

#define CLAIMS "{" GOOD_CLAIMS "}"

static void good_tokens_of_every_kind_are_allowed(void **state)
{
    fixture *f = *state;
    fixture_allows(f, forge(f->arena, RSA_HEADER, CLAIMS, f->rsa, FORGE_PKCS1));
    fixture_allows(f, forge(f->arena, EC_HEADER, CLAIMS, f->ec, FORGE_PKCS1));
    fixture_allows(
        f, forge(f->arena, "{\"alg\":\"PS256\",\"kid\":\"rsa\"}", CLAIMS, f->rsa, FORGE_PSS));
    fixture_allows(f, forge(f->arena, "{\"alg\":\"RS384\",\"kid\":\"rsa\"}", CLAIMS, f->rsa,
                            FORGE_PKCS1_SHA384));
    ost_text token;
    assert_int_equal(ost_jws_sign(OST_TEXT(CLAIMS), f->ed, OST_EDDSA, "at+jwt", f->arena, &token),
                     OST_OK);
    fixture_allows(f, token);
}

static void attack_01_alg_none_in_any_case(void **state)
{
    fixture *f = *state;
    static const char *const names[] = {"none", "None", "NONE", "nOnE", "none ", "", "null"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *header = ost_arena_format(f->arena, "{\"alg\":\"%s\"}", names[i]);
        ost_text input = forge_input(f->arena, text_of(header), OST_TEXT(CLAIMS));
        fixture_refuses(f, forge_join(f->arena, input, NULL, 0), OST_E_TOKEN_FORMAT);
        fixture_refuses(f, forge_join(f->arena, input, (const unsigned char *)"x", 1),
                        OST_E_ALGORITHM);
    }
    static const char *const headers[] = {"{\"alg\":null}", "{\"alg\":[\"none\"]}", "{\"alg\":0}",
                                          "{}"};
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        ost_text input = forge_input(f->arena, text_of(headers[i]), OST_TEXT(CLAIMS));
        fixture_refuses(f, forge_join(f->arena, input, (const unsigned char *)"x", 1),
                        OST_E_TOKEN_FORMAT);
    }
}

static void attack_02_none_with_the_kid_of_a_key(void **state)
{
    fixture *f = *state;
    ost_text input =
        forge_input(f->arena, OST_TEXT("{\"alg\":\"none\",\"kid\":\"rsa\"}"), OST_TEXT(CLAIMS));
    fixture_refuses(f, forge_join(f->arena, input, NULL, 0), OST_E_TOKEN_FORMAT);
    fixture_refuses(f, forge_join(f->arena, input, (const unsigned char *)"x", 1), OST_E_ALGORITHM);
}

static void attack_03_stripped_signature(void **state)
{
    fixture *f = *state;
    ost_text input = forge_input(f->arena, OST_TEXT(RSA_HEADER), OST_TEXT(CLAIMS));
    fixture_refuses(f, input, OST_E_TOKEN_FORMAT);
    fixture_refuses(f, forge_join(f->arena, input, NULL, 0), OST_E_TOKEN_FORMAT);
    ost_text whole = forge(f->arena, RSA_HEADER, CLAIMS, f->rsa, FORGE_PKCS1);
    fixture_refuses(f, text_slice(whole, 0, whole.len - 1), OST_E_SIGNATURE);
    fixture_refuses(f, text_slice(whole, 0, input.len + 5), OST_E_SIGNATURE);
    fixture_refuses(f, text_of(ost_arena_format(f->arena, "%.*s.", (int)whole.len, whole.data)),
                    OST_E_TOKEN_FORMAT);
}

/* The forms in which a public key is at hand, for use as a secret. */
static void attack_04_public_key_as_hmac_secret(void **state)
{
    fixture *f = *state;
    static const char header[] = "{\"alg\":\"HS256\",\"kid\":\"rsa\"}";
    BIO *pem = BIO_new(BIO_s_mem()), *der = BIO_new(BIO_s_mem());
    char *data;
    assert_int_equal(PEM_write_bio_PUBKEY(pem, f->rsa->pkey), 1);
    assert_int_equal(i2d_PUBKEY_bio(der, f->rsa->pkey), 1);
    long len = BIO_get_mem_data(pem, &data);
    fixture_refuses(f, forge_hmac(f->arena, header, CLAIMS, (ost_text){data, (size_t)len}),
                    OST_E_ALGORITHM);
    len = BIO_get_mem_data(der, &data);
    fixture_refuses(f, forge_hmac(f->arena, header, CLAIMS, (ost_text){data, (size_t)len}),
                    OST_E_ALGORITHM);
    ost_key *const keys[] = {f->rsa, NULL};
    fixture_refuses(f, forge_hmac(f->arena, header, CLAIMS, fixture_jwks(f->arena, keys)),
                    OST_E_ALGORITHM);
    BIO_free(pem);
    BIO_free(der);
}

static void attack_05_hmac_with_an_empty_secret(void **state)
{
    fixture *f = *state;
    fixture_refuses(f, forge_hmac(f->arena, "{\"alg\":\"HS256\"}", CLAIMS, (ost_text){0}),
                    OST_E_ALGORITHM);
    const ost_issuer issuer = {.algorithms = OST_ALG_BIT(OST_HS256),
                               .hmac_secret = OST_TEXT("0123456789abcdef0123456789abcdef")};
    ost_guard *guard = fixture_guard(f, issuer, (ost_guard_config){0});
    ost_text good =
        forge_hmac(f->arena, "{\"alg\":\"HS256\",\"kid\":\"any\"}", CLAIMS, issuer.hmac_secret);
    ost_text bad = forge_hmac(f->arena, "{\"alg\":\"HS256\"}", CLAIMS, (ost_text){0});
    ost_text other = forge_hmac(f->arena, "{\"alg\":\"HS384\"}", CLAIMS, issuer.hmac_secret);
    assert_int_equal(fixture_check(f, guard, &fixture_any, good).decision, OST_ALLOW);
    assert_int_equal(fixture_check(f, guard, &fixture_any, bad).reason, OST_E_SIGNATURE);
    assert_int_equal(fixture_check(f, guard, &fixture_any, other).reason, OST_E_ALGORITHM);
    /* A guard with a secret takes no public keys. */
    ost_text rsa = forge(f->arena, RSA_HEADER, CLAIMS, f->rsa, FORGE_PKCS1);
    assert_int_equal(fixture_check(f, guard, &fixture_any, rsa).reason, OST_E_ALGORITHM);
    ost_guard_free(guard);
}

static void attack_06_hmac_secret_shorter_than_its_hash(void **state)
{
    static const char *const audiences[] = {"myapi"};
    ost_issuer issuer = {.issuer = FIXTURE_ISSUER,
                         .audiences = audiences,
                         .audience_count = 1,
                         .algorithms = OST_ALG_BIT(OST_HS256),
                         .hmac_secret = OST_TEXT("0123456789abcdef0123456789abcde")};
    const ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
    ost_guard *guard = NULL;
    ost_error error = {0};
    assert_int_equal(ost_guard_new(&config, &guard, &error), OST_E_CONFIG);
    issuer.hmac_secret = OST_TEXT("0123456789abcdef0123456789abcdef");
    issuer.algorithms = OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS512);
    assert_int_equal(ost_guard_new(&config, &guard, &error), OST_E_CONFIG);
    assert_null(guard);
}

/* r || s of one size, from two numbers. */
static ost_text with_r_and_s(fixture *f, ost_text input, const unsigned char *r,
                             const unsigned char *s)
{
    unsigned char raw[64];
    memcpy(raw, r, 32);
    memcpy(raw + 32, s, 32);
    return forge_join(f->arena, input, raw, sizeof raw);
}

static void attack_07_ecdsa_at_the_edges(void **state)
{
    fixture *f = *state;
    ost_text input = forge_input(f->arena, OST_TEXT(EC_HEADER), OST_TEXT(CLAIMS));
    unsigned char numbers[4][32] = {{0}}; /* 0, 1, n-1, n */
    numbers[1][31] = 1;
    memcpy(numbers[3], f->ec->curve->order, 32);
    memcpy(numbers[2], numbers[3], 32);
    numbers[2][31]--;
    for (size_t r = 0; r < 4; r++) {
        for (size_t s = 0; s < 4; s++)
            fixture_refuses(f, with_r_and_s(f, input, numbers[r], numbers[s]), OST_E_SIGNATURE);
    }
}

static void attack_08_ecdsa_in_other_forms(void **state)
{
    fixture *f = *state;
    fixture_refuses(f, forge(f->arena, EC_HEADER, CLAIMS, f->ec, FORGE_DER), OST_E_SIGNATURE);
    ost_text good = forge(f->arena, EC_HEADER, CLAIMS, f->ec, FORGE_PKCS1);
    ost_text input = forge_input(f->arena, OST_TEXT(EC_HEADER), OST_TEXT(CLAIMS));
    unsigned char raw[128] = {0};
    size_t len;
    assert_int_equal(base64url_decode(text_slice(good, input.len + 1, good.len), raw, &len),
                     OST_OK);
    assert_int_equal(len, 64);
    fixture_allows(f, forge_join(f->arena, input, raw, 64));
    fixture_refuses(f, forge_join(f->arena, input, raw, 65), OST_E_SIGNATURE);
    fixture_refuses(f, forge_join(f->arena, input, raw, 63), OST_E_SIGNATURE);
    fixture_refuses(f, forge_join(f->arena, input, raw, 96), OST_E_SIGNATURE);
    fixture_refuses(f, forge_join(f->arena, input, raw, 128), OST_E_SIGNATURE);
}

static void attack_09_key_of_another_curve(void **state)
{
    fixture *f = *state;
    fixture_refuses(
        f, forge(f->arena, "{\"alg\":\"ES384\",\"kid\":\"ec\"}", CLAIMS, f->ec, FORGE_PKCS1),
        OST_E_KEY_USE);
    fixture_refuses(
        f, forge(f->arena, "{\"alg\":\"ES256\",\"kid\":\"rsa\"}", CLAIMS, f->ec, FORGE_PKCS1),
        OST_E_KEY_USE);
    fixture_refuses(
        f, forge(f->arena, "{\"alg\":\"RS256\",\"kid\":\"ec\"}", CLAIMS, f->rsa, FORGE_PKCS1),
        OST_E_KEY_USE);
    fixture_refuses(
        f, forge(f->arena, "{\"alg\":\"EdDSA\",\"kid\":\"ec\"}", CLAIMS, f->ec, FORGE_PKCS1),
        OST_E_KEY_USE);
}

/* Key sets with such keys leave nothing to verify with. */
static void attack_10_weak_rsa_keys(void **state)
{
    fixture *f = *state;
    static const char jwk[] = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"%.*s\","
                              "\"e\":\"%s\"}]}";
    unsigned char n[256];
    ost_text encoded;
    size_t len;
    ost_keyset *keys = NULL;
    assert_int_equal(key_member(f->rsa, "n", n, &len), OST_OK);
    assert_int_equal(base64url_encode_to(f->arena, (ost_text){(const char *)n, len}, &encoded),
                     OST_OK);
    char *one = ost_arena_format(f->arena, jwk, (int)encoded.len, encoded.data, "AQ");
    assert_int_equal(ost_keyset_import(text_of(one), 0, &keys, NULL, NULL), OST_E_KEY_UNKNOWN);
    encoded.len = BASE64URL_LEN(255);
    char *small = ost_arena_format(f->arena, jwk, (int)encoded.len, encoded.data, "AQAB");
    assert_int_equal(ost_keyset_import(text_of(small), 0, &keys, NULL, NULL), OST_E_KEY_UNKNOWN);
    assert_null(keys);
}

/* Lenient readers of the padding are how such signatures are forged (Bleichenbacher 2006). */
static void attack_11_rsa_padding(void **state)
{
    fixture *f = *state;
    ost_text input = forge_input(f->arena, OST_TEXT(RSA_HEADER), OST_TEXT(CLAIMS));
    unsigned char raw[512] = {0};
    size_t size = 256;
    /* The right hash after too little padding, and something behind it. */
    static const unsigned char info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                         0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    unsigned char block[256] = {0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0};
    memcpy(block + 11, info, sizeof info);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(f->rsa->pkey, NULL);
    assert_int_equal(EVP_PKEY_sign_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING), 1);
    assert_int_equal(ost_sha256(input, block + 11 + sizeof info), OST_OK);
    assert_int_equal(EVP_PKEY_sign(context, raw, &size, block, sizeof block), 1);
    EVP_PKEY_CTX_free(context);
    fixture_refuses(f, forge_join(f->arena, input, raw, 256), OST_E_SIGNATURE);
    /* The right one with a byte more on either side. */
    ost_text good = forge(f->arena, RSA_HEADER, CLAIMS, f->rsa, FORGE_PKCS1);
    assert_int_equal(base64url_decode(text_slice(good, input.len + 1, good.len), raw + 1, &size),
                     OST_OK);
    assert_int_equal(size, 256);
    fixture_allows(f, forge_join(f->arena, input, raw + 1, 256));
    fixture_refuses(f, forge_join(f->arena, input, raw, 257), OST_E_SIGNATURE);
    fixture_refuses(f, forge_join(f->arena, input, raw + 1, 257), OST_E_SIGNATURE);
    fixture_refuses(f, forge_join(f->arena, input, raw + 1, 255), OST_E_SIGNATURE);
    memset(raw, 0, sizeof raw);
    fixture_refuses(f, forge_join(f->arena, input, raw, 256), OST_E_SIGNATURE);
    raw[255] = 1;
    fixture_refuses(f, forge_join(f->arena, input, raw, 256), OST_E_SIGNATURE);
    memset(raw, 0xFF, 256);
    fixture_refuses(f, forge_join(f->arena, input, raw, 256), OST_E_SIGNATURE);
}

static void attack_12_pss_with_other_parameters(void **state)
{
    fixture *f = *state;
    static const char ps256[] = "{\"alg\":\"PS256\",\"kid\":\"rsa\"}";
    static const forge_how bad[] = {FORGE_PSS_SHORT_SALT, FORGE_PSS_NO_SALT, FORGE_PSS_SHA384,
                                    FORGE_PKCS1};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        fixture_refuses(f, forge(f->arena, ps256, CLAIMS, f->rsa, bad[i]), OST_E_SIGNATURE);
    fixture_refuses(f, forge(f->arena, RSA_HEADER, CLAIMS, f->rsa, FORGE_PSS), OST_E_SIGNATURE);
    fixture_refuses(f, forge(f->arena, RSA_HEADER, CLAIMS, f->rsa, FORGE_PKCS1_SHA384),
                    OST_E_SIGNATURE);
}

/* The token brings the key it is signed with. */
static void attack_13_embedded_jwk(void **state)
{
    fixture *f = *state;
    ost_key *const keys[] = {f->rsa_foreign, NULL};
    ost_text set = fixture_jwks(f->arena, keys);
    ost_text jwk = text_slice(set, 9, set.len - 11); /* without {"keys":[ and ]} */
    char *with_kid = ost_arena_format(f->arena, "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"jwk\":%.*s}",
                                      (int)jwk.len, jwk.data);
    char *without =
        ost_arena_format(f->arena, "{\"alg\":\"RS256\",\"jwk\":%.*s}", (int)jwk.len, jwk.data);
    fixture_refuses(f, forge(f->arena, with_kid, CLAIMS, f->rsa_foreign, FORGE_PKCS1),
                    OST_E_SIGNATURE);
    fixture_refuses(f, forge(f->arena, without, CLAIMS, f->rsa_foreign, FORGE_PKCS1),
                    OST_E_SIGNATURE);
}

static void attack_15_self_signed_x5c(void **state)
{
    fixture *f = *state;
    static const char header[] = "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"x5c\":[\"MIIB\"],"
                                 "\"x5t\":\"AAAA\",\"x5t#S256\":\"AAAA\"}";
    fixture_refuses(f, forge(f->arena, header, CLAIMS, f->rsa_foreign, FORGE_PKCS1),
                    OST_E_SIGNATURE);
    /* A certificate beside a good signature is no harm: it is not looked at. */
    fixture_allows(f, forge(f->arena, header, CLAIMS, f->rsa, FORGE_PKCS1));
}

static void attack_16_hostile_kid(void **state)
{
    fixture *f = *state;
    static const char *const kids[] = {
        "../../../../etc/passwd",
        "/dev/null",
        "rsa' OR '1'='1",
        "rsa; DROP TABLE keys",
        "rsa%00",
        "RSA",
        "rsa ",
        " rsa",
        "rs",
        "rsax",
        "http://evil/",
        "\\\\evil\\share",
        "${jndi:ldap://evil/}",
        "\\r\\nX: y",
        "\\\"",
        "|rsa",
    };
    for (size_t i = 0; i < ARRAY_LEN(kids); i++) {
        char *header = ost_arena_format(f->arena, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", kids[i]);
        ost_text token = forge(f->arena, header, CLAIMS, f->rsa, FORGE_PKCS1);
        ost_verdict verdict = fixture_check(f, f->guard, &fixture_any, token);
        assert_int_equal(verdict.decision, OST_REFUSE);
        assert_true(verdict.reason == OST_E_KEY_UNKNOWN || verdict.reason == OST_E_TOKEN_FORMAT);
        for (size_t k = 0; k < verdict.explanation.len; k++)
            assert_true((unsigned char)verdict.explanation.data[k] >= 0x20);
    }
    fixture_refuses(
        f,
        forge(f->arena, "{\"alg\":\"RS256\",\"kid\":\"rsa\\u0000\"}", CLAIMS, f->rsa, FORGE_PKCS1),
        OST_E_TOKEN_FORMAT);
    static const char *const types[] = {"7", "null", "[\"rsa\"]", "{\"a\":\"rsa\"}", "true"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        char *header = ost_arena_format(f->arena, "{\"alg\":\"RS256\",\"kid\":%s}", types[i]);
        fixture_refuses(f, forge(f->arena, header, CLAIMS, f->rsa, FORGE_PKCS1),
                        OST_E_TOKEN_FORMAT);
    }
    char *long_kid = ost_arena_alloc(f->arena, 65536);
    memset(long_kid, 'k', 65535);
    char *header = ost_arena_format(f->arena, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", long_kid);
    fixture_refuses(f, forge(f->arena, header, CLAIMS, f->rsa, FORGE_PKCS1), OST_E_CEILING);
    header = ost_arena_format(f->arena, "{\"alg\":\"RS256\",\"kid\":\"%.1000s\"}", long_kid);
    fixture_refuses(f, forge(f->arena, header, CLAIMS, f->rsa, FORGE_PKCS1), OST_E_TOKEN_FORMAT);
}

/* The keys of the guard itself are in attack_32; here the set alone. */
static void attack_17_duplicate_kid(void **state)
{
    fixture *f = *state;
    ost_key *const keys[] = {f->rsa, f->rsa_foreign, NULL};
    ost_keyset *set = NULL;
    const ost_key *key = NULL;
    assert_int_equal(ost_keyset_import(fixture_jwks(f->arena, keys), 0, &set, NULL, NULL), OST_OK);
    assert_int_equal(ost_keyset_find(set, ost_key_kid(f->rsa), OST_RS256, &key),
                     OST_E_KEY_AMBIGUOUS);
    assert_null(key);
    ost_keyset_unref(set);
    /* Without a kid exactly one key must fit: there is one RSA key, but no kid. */
    fixture_allows(f, forge(f->arena, "{\"alg\":\"RS256\"}", CLAIMS, f->rsa, FORGE_PKCS1));
    fixture_refuses(f, forge(f->arena, "{\"alg\":\"RS256\"}", CLAIMS, f->rsa_foreign, FORGE_PKCS1),
                    OST_E_SIGNATURE);
}

static void attack_30_key_of_another_issuer(void **state)
{
    fixture *f = *state;
    static const char *const audiences[] = {"myapi"};
    char paths[2][32] = {"/tmp/ostiary-test-XXXXXX", "/tmp/ostiary-test-XXXXXX"};
    ost_key *const sets[2][2] = {{f->rsa, NULL}, {f->ec, NULL}};
    ost_issuer issuers[2];
    for (size_t i = 0; i < 2; i++) {
        ost_text jwks = fixture_jwks(f->arena, sets[i]);
        int fd = mkstemp(paths[i]);
        assert_true(fd >= 0 && write(fd, jwks.data, jwks.len) == (ssize_t)jwks.len);
        close(fd);
        issuers[i] = (ost_issuer){.issuer = i == 0 ? FIXTURE_ISSUER : "https://other.example/",
                                  .audiences = audiences,
                                  .audience_count = 1,
                                  .jwks_url = "http://127.0.0.1:1/",
                                  .seed_file = paths[i]};
    }
    const ost_guard_config config = {.issuers = issuers, .issuer_count = 2, .context = &f->context};
    ost_guard *guard;
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_OK);
    static const char other[] = "{" GOOD_TIMES ",\"iss\":\"https://other.example/\","
                                "\"aud\":\"myapi\"}";
    ost_text tokens[] = {
        forge(f->arena, RSA_HEADER, CLAIMS, f->rsa, FORGE_PKCS1), /* good */
        forge(f->arena, EC_HEADER, other, f->ec, FORGE_PKCS1),    /* good */
        forge(f->arena, EC_HEADER, CLAIMS, f->ec, FORGE_PKCS1),
        forge(f->arena, RSA_HEADER, other, f->rsa, FORGE_PKCS1),
        forge(f->arena, "{\"alg\":\"ES256\"}", CLAIMS, f->ec, FORGE_PKCS1),
    };
    for (int round = 0; round < 2; round++) { /* also when the good ones are remembered */
        for (size_t i = 0; i < 5; i++) {
            ost_verdict verdict = fixture_check(f, guard, &fixture_any, tokens[i]);
            assert_int_equal(verdict.decision, i < 2 ? OST_ALLOW : OST_REFUSE);
            if (i >= 2)
                assert_int_equal(verdict.reason, OST_E_KEY_UNKNOWN);
        }
    }
    ost_guard_free(guard);
    unlink(paths[0]);
    unlink(paths[1]);
}

/* One guard with both kinds of issuers: neither's algorithms serve the other. */
static void attack_30_secret_of_another_issuer(void **state)
{
    fixture *f = *state;
    static const char *const audiences[] = {"myapi"};
    static const ost_text secret = {"0123456789abcdef0123456789abcdef", 32};
    char path[] = "/tmp/ostiary-test-XXXXXX";
    ost_key *const keys[] = {f->rsa, NULL};
    ost_text jwks = fixture_jwks(f->arena, keys);
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, jwks.data, jwks.len) == (ssize_t)jwks.len);
    close(fd);
    const ost_issuer issuers[] = {
        {.issuer = FIXTURE_ISSUER,
         .audiences = audiences,
         .audience_count = 1,
         .jwks_url = "http://127.0.0.1:1/",
         .seed_file = path},
        {.issuer = "https://other.example/",
         .audiences = audiences,
         .audience_count = 1,
         .algorithms = OST_ALG_BIT(OST_HS256),
         .hmac_secret = secret},
    };
    const ost_guard_config config = {.issuers = issuers, .issuer_count = 2, .context = &f->context};
    static const char hs[] = "{\"alg\":\"HS256\"}", rs[] = "{\"alg\":\"RS256\",\"kid\":\"rsa\"}";
    static const char other[] = "{" GOOD_TIMES ",\"iss\":\"https://other.example/\","
                                "\"aud\":\"myapi\"}";
    const struct {
        ost_text token;
        ost_result reason;
    } cases[] = {
        {forge(f->arena, rs, CLAIMS, f->rsa, FORGE_PKCS1), OST_OK},
        {forge_hmac(f->arena, hs, other, secret), OST_OK},
        {forge_hmac(f->arena, hs, CLAIMS, secret), OST_E_ALGORITHM},
        {forge_hmac(f->arena, hs, CLAIMS, jwks), OST_E_ALGORITHM},
        {forge_hmac(f->arena, hs, other, jwks), OST_E_SIGNATURE},
        {forge(f->arena, rs, other, f->rsa, FORGE_PKCS1), OST_E_ALGORITHM},
        {forge_hmac(f->arena, hs, "{" GOOD_TIMES ",\"aud\":\"myapi\"}", secret), OST_E_ISSUER},
        {forge_hmac(f->arena, hs, "{" GOOD_TIMES ",\"iss\":[]}", secret), OST_E_ISSUER},
        {forge_hmac(f->arena, hs, "[]", secret), OST_E_TOKEN_FORMAT},
        {forge_hmac(f->arena, hs, "{", secret), OST_E_TOKEN_FORMAT},
    };
    ost_guard *guard;
    assert_int_equal(ost_guard_new(&config, &guard, NULL), OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_verdict verdict = fixture_check(f, guard, &fixture_any, cases[i].token);
        assert_int_equal(verdict.reason, cases[i].reason);
        assert_int_equal(verdict.status, cases[i].reason == OST_OK ? 200 : 401);
    }
    ost_guard_free(guard);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(good_tokens_of_every_kind_are_allowed, fixture_reset),
        cmocka_unit_test_setup(attack_01_alg_none_in_any_case, fixture_reset),
        cmocka_unit_test_setup(attack_02_none_with_the_kid_of_a_key, fixture_reset),
        cmocka_unit_test_setup(attack_03_stripped_signature, fixture_reset),
        cmocka_unit_test_setup(attack_04_public_key_as_hmac_secret, fixture_reset),
        cmocka_unit_test_setup(attack_05_hmac_with_an_empty_secret, fixture_reset),
        cmocka_unit_test_setup(attack_06_hmac_secret_shorter_than_its_hash, fixture_reset),
        cmocka_unit_test_setup(attack_07_ecdsa_at_the_edges, fixture_reset),
        cmocka_unit_test_setup(attack_08_ecdsa_in_other_forms, fixture_reset),
        cmocka_unit_test_setup(attack_09_key_of_another_curve, fixture_reset),
        cmocka_unit_test_setup(attack_10_weak_rsa_keys, fixture_reset),
        cmocka_unit_test_setup(attack_11_rsa_padding, fixture_reset),
        cmocka_unit_test_setup(attack_12_pss_with_other_parameters, fixture_reset),
        cmocka_unit_test_setup(attack_13_embedded_jwk, fixture_reset),
        cmocka_unit_test_setup(attack_15_self_signed_x5c, fixture_reset),
        cmocka_unit_test_setup(attack_16_hostile_kid, fixture_reset),
        cmocka_unit_test_setup(attack_17_duplicate_kid, fixture_reset),
        cmocka_unit_test_setup(attack_30_key_of_another_issuer, fixture_reset),
        cmocka_unit_test_setup(attack_30_secret_of_another_issuer, fixture_reset),
    };
    return cmocka_run_group_tests_name("guard-check_attack_signature", tests, fixture_start,
                                       fixture_end);
}
