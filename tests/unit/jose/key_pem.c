/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in PEM and DER: every form, there and back, and everything that is refused. */
#include <string.h>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "certificates.h"
#include "jose/key/key_state.h"
#include "keys.h"
#include "test_arena.h"

static ost_result import(const char *pem, ost_key **ret_key)
{
    ost_key *key = NULL;
    ost_error error = {0};
    ost_result result = ost_key_import_pem(text_of(pem), OST_ALG_UNSET, NULL, &key, &error);
    assert_int_equal(error.code, result);
    assert_true(text_is_utf8(text_of(error.detail)));
    assert_true((key != NULL) == (result == OST_OK));
    if (ret_key != NULL)
        *ret_key = key;
    else
        ost_key_unref(key);
    return result;
}

static ost_result import_der(ost_text der)
{
    ost_key *key = NULL;
    ost_error error = {0};
    ost_result result = ost_key_import_der(der, OST_ALG_UNSET, NULL, &key, &error);
    assert_int_equal(error.code, result);
    assert_true((key != NULL) == (result == OST_OK));
    ost_key_unref(key);
    return result;
}

static void assert_same_key(const ost_key *a, const ost_key *b)
{
    char left[44], right[44];
    assert_int_equal(ost_key_thumbprint(a, left), OST_OK);
    assert_int_equal(ost_key_thumbprint(b, right), OST_OK);
    assert_string_equal(left, right);
    assert_int_equal(ost_key_bits(a), ost_key_bits(b));
    assert_int_equal(a->algs, b->algs);
}

/* The kinds of keys that there are, without RSA, which takes too long to make. */
static ost_key *key_of_kind(size_t kind)
{
    static const struct {
        ost_alg alg;
        const char *curve;
    } kinds[] = {{OST_ES256, "P-256"},      {OST_ES384, "P-384"},   {OST_ES512, "P-521"},
                 {OST_ES256K, "secp256k1"}, {OST_EDDSA, "Ed25519"}, {OST_EDDSA, "Ed448"},
                 {OST_ECDH_ES, "X25519"},   {OST_ECDH_ES, "X448"}};
    ost_key *key = NULL;
    ost_text text = {0};
    if (kind == 0)
        return good_key(test_rsa);
    if (kind > ARRAY_LEN(kinds))
        return NULL;
    assert_int_equal(
        ost_key_generate_curve(kinds[kind - 1].alg, kinds[kind - 1].curve, "", &key, NULL), OST_OK);
    /* Without alg and use, as it comes back. */
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_int_equal(ost_key_export_private(key, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    ost_key_unref(key);
    return good_key(changed(arena, changed(arena, text.data, "alg", NULL), "use", NULL));
}

static void there_and_back(void **state)
{
    size_t kind = 0;
    for (ost_key *key; (key = key_of_kind(kind)) != NULL; kind++) {
        ost_text pem = {0}, der = {0};
        ost_key *half = public_half(key), *again = NULL;
        assert_int_equal(ost_key_export_pkcs8(key, OST_KEY_PEM, arena, &pem), OST_OK);
        assert_int_equal(import(pem.data, &again), OST_OK);
        assert_true(ost_key_is_private(again));
        assert_same_key(again, key);
        ost_key_unref(again);

        assert_int_equal(ost_key_export_spki(key, OST_KEY_PEM, arena, &pem), OST_OK);
        assert_int_equal(import(pem.data, &again), OST_OK);
        assert_false(ost_key_is_private(again));
        assert_same_key(again, key);
        ost_key_unref(again);

        assert_int_equal(ost_key_export_spki(half, OST_KEY_DER, arena, &der), OST_OK);
        assert_int_equal(import_der(der), OST_OK);
        assert_int_equal(ost_key_export_pkcs8(key, OST_KEY_DER, arena, &der), OST_OK);
        assert_int_equal(import_der(der), OST_OK);
        assert_int_equal(ost_key_export_pkcs8(half, OST_KEY_DER, arena, &der), OST_E_KEY_USE);
        ost_key_unref(half);
        ost_key_unref(key);
    }
    assert_int_equal(kind, 9);
    ost_text text = {0};
    ost_key *secret = good_key(test_secret);
    assert_int_equal(ost_key_export_spki(secret, OST_KEY_PEM, arena, &text), OST_E_KEY_USE);
    assert_int_equal(ost_key_export_spki(secret, (ost_key_form)7, arena, &text), OST_E_ARGUMENT);
    assert_int_equal(ost_key_export_pkcs8(secret, OST_KEY_PEM, arena, &text), OST_E_KEY_USE);
    assert_null(text.data);
    ost_key_unref(secret);
}

/* Within the lengths that a key of ours has. */
static size_t put_head(char *to, unsigned char tag, size_t len)
{
    size_t count = len < 0x80 ? 0 : len < 0x100 ? 1 : 2;
    to[0] = (char)tag;
    to[1] = (char)(count == 0 ? len : 0x80 + count);
    for (size_t i = 0; i < count; i++)
        to[2 + i] = (char)(len >> 8 * (count - 1 - i));
    return 2 + count;
}

/* What is within the SEQUENCE. */
static ost_text contents(ost_text der)
{
    unsigned char len = (unsigned char)der.data[1];
    return text_slice(der, len < 0x80 ? 2 : 2 + (len & 0x7f), der.len);
}

/* The key in version 2 of PKCS#8, whose public half is that of `half`. */
static ost_text key_pair(const ost_key *key, const ost_key *half, bool wrapped)
{
    char body[8192], bits[4096];
    ost_text pkcs8 = {0}, spki = {0};
    assert_int_equal(ost_key_export_pkcs8(key, OST_KEY_DER, arena, &pkcs8), OST_OK);
    assert_int_equal(ost_key_export_spki(half, OST_KEY_DER, arena, &spki), OST_OK);
    pkcs8 = contents(pkcs8);
    spki = contents(spki);
    spki = text_slice(spki, 2 + (size_t)spki.data[1], spki.len); /* behind the algorithm */
    assert_int_equal(spki.data[0], V_ASN1_BIT_STRING);
    ost_text within = contents(spki);
    size_t at = put_head(bits, wrapped ? 0xa1 : 0x81, wrapped ? spki.len : within.len);
    memcpy(bits + at, wrapped ? spki.data : within.data, wrapped ? spki.len : within.len);
    at += wrapped ? spki.len : within.len;
    size_t head = put_head(body, 0x30, pkcs8.len + at);
    memcpy(body + head, pkcs8.data, pkcs8.len);
    memcpy(body + head + pkcs8.len, bits, at);
    assert_int_equal(body[head + 2], 0);
    body[head + 2] = 1;
    ost_text whole = {body, head + pkcs8.len + at};
    whole.data = ost_arena_copy(arena, whole);
    return whole;
}

/* As BouncyCastle, ring, rcgen and ed25519-dalek write keys; wrapped once more, as older ring did.
 */
static void with_the_public_half(void **state)
{
    size_t kind = 0;
    for (ost_key *key; (key = key_of_kind(kind)) != NULL; kind++) {
        ost_key *other = kind > 0 ? key_of_kind(kind) : good_key(test_rsa_other);
        for (int wrapped = 0; wrapped < 2; wrapped++) {
            ost_key *again = NULL;
            ost_text der = key_pair(key, key, wrapped == 1);
            assert_int_equal(ost_key_import_der(der, OST_ALG_UNSET, NULL, &again, NULL), OST_OK);
            assert_true(ost_key_is_private(again));
            assert_same_key(again, key);
            ost_key_unref(again);
            for (size_t len = der.len - 1; len > der.len - 8; len--)
                assert_int_equal(import_der(text_slice(der, 0, len)), OST_E_KEY_FORMAT);
            der = key_pair(key, other, wrapped == 1);
            assert_int_equal(import_der(der), OST_E_KEY_FORMAT);
        }
        ost_key_unref(other);
        ost_key_unref(key);
    }
    assert_int_equal(kind, 9);
    /* RFC 8410 §10.3, which has an attribute too. */
    assert_int_equal(import("-----BEGIN PRIVATE KEY-----\n"
                            "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                            "oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n"
                            "Z9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                            "-----END PRIVATE KEY-----\n",
                            NULL),
                     OST_OK);
}

/* What we write is what OpenSSL writes. */
static void as_openssl_writes_it(void **state)
{
    char *data;
    ost_text pem = {0};
    ost_key *key = good_key(test_rsa);
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PUBKEY(bio, key->pkey), 1);
    size_t len = (size_t)BIO_get_mem_data(bio, &data);
    assert_int_equal(ost_key_export_spki(key, OST_KEY_PEM, arena, &pem), OST_OK);
    assert_true(text_equal(pem, (ost_text){data, len}));
    BIO_free(bio);
    bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL), 1);
    len = (size_t)BIO_get_mem_data(bio, &data);
    assert_int_equal(ost_key_export_pkcs8(key, OST_KEY_PEM, arena, &pem), OST_OK);
    assert_true(text_equal(pem, (ost_text){data, len}));
    BIO_free(bio);
    ost_key_unref(key);
}

static void older_forms_and_certificates(void **state)
{
    static const char *const jwks[] = {test_rsa, test_p256, test_p521, test_ed25519};
    for (size_t i = 0; i < 4; i++) {
        ost_key *key = good_key(jwks[i]), *again = NULL;
        ost_text der = certificate_of(arena, key);
        assert_int_equal(import(pem_of(arena, "CERTIFICATE", der), &again), OST_OK);
        assert_false(ost_key_is_private(again));
        assert_same_key(again, key);
        ost_key_unref(again);
        assert_int_equal(import_der(der), OST_OK);
        if (i < 3) {
            const char *label = i == 0 ? "RSA PRIVATE KEY" : "EC PRIVATE KEY";
            der = traditional(arena, key);
            assert_int_equal(import(pem_of(arena, label, der), &again), OST_OK);
            assert_true(ost_key_is_private(again));
            assert_same_key(again, key);
            ost_key_unref(again);
            assert_int_equal(import_der(der), OST_OK);
        }
        ost_key_unref(key);
    }
    unsigned char *bytes = NULL;
    ost_key *key = good_key(test_rsa);
    int len = i2d_PublicKey(key->pkey, &bytes);
    ost_text der = {(const char *)bytes, (size_t)len};
    assert_int_equal(import_der(der), OST_OK);
    assert_int_equal(import(pem_of(arena, "RSA PUBLIC KEY", der), NULL), OST_OK);
    OPENSSL_free(bytes);
    ost_key_unref(key);
}

static void alg_and_kid(void **state)
{
    ost_text pem = {0};
    ost_key *key = good_key(test_rsa), *again = NULL;
    assert_int_equal(ost_key_export_spki(key, OST_KEY_PEM, arena, &pem), OST_OK);
    assert_int_equal(ost_key_import_pem(pem, OST_PS256, "k", &again, NULL), OST_OK);
    assert_int_equal(again->algs, OST_ALG_BIT(OST_PS256));
    assert_true(text_is(ost_key_kid(again), "k"));
    ost_key_unref(again);
    again = NULL;
    assert_int_equal(ost_key_import_pem(pem, OST_ES256, "k", &again, NULL), OST_E_KEY_FORMAT);
    assert_int_equal(ost_key_import_pem(pem, OST_HS256, "k", &again, NULL), OST_E_KEY_FORMAT);
    assert_int_equal(ost_key_import_pem(pem, (ost_alg)77, "k", &again, NULL), OST_E_ARGUMENT);
    assert_int_equal(ost_key_import_pem(pem, OST_RS256, "\xff", &again, NULL), OST_E_UTF8);
    assert_null(again);
    ost_key_unref(key);
}

/* RFC 7468 §3: white space, text around, and no more. */
static void what_a_text_may_look_like(void **state)
{
    ost_text pem = {0}, der = {0};
    ost_key *key = good_key(test_p256);
    assert_int_equal(ost_key_export_spki(key, OST_KEY_PEM, arena, &pem), OST_OK);
    assert_int_equal(ost_key_export_spki(key, OST_KEY_DER, arena, &der), OST_OK);
    const char *body = base64_of(arena, der);
#define BEGINS "-----BEGIN PUBLIC KEY-----"
#define ENDS "-----END PUBLIC KEY-----"
    static const struct {
        const char *format;
        ost_result expected;
    } cases[] = {
        {BEGINS "\n%s\n" ENDS, OST_OK}, /* one line, no end of the last */
        {BEGINS "\r\n%s\r\n" ENDS "\r\n", OST_OK},
        {BEGINS "  \n \t%s \n\n" ENDS " \t\n\n", OST_OK},
        {"Subject: it's me\n\n" BEGINS "\n%s\n" ENDS "\nthe end", OST_OK},
        {" " BEGINS "\n%s\n" ENDS, OST_E_KEY_FORMAT},
        {"x" BEGINS "\n%s\n" ENDS, OST_E_KEY_FORMAT},
        {BEGINS "%s" ENDS, OST_E_KEY_FORMAT},
        {BEGINS "\n%s" ENDS, OST_E_KEY_FORMAT},
        {BEGINS "\n%s\n", OST_E_KEY_FORMAT},
        {BEGINS "\n%s\n-----END PRIVATE KEY-----", OST_E_KEY_FORMAT},
        {BEGINS "\n%s\n-----END PUBLIC KEY", OST_E_KEY_FORMAT},
        {BEGINS "\n" BEGINS "\n%s\n" ENDS, OST_E_KEY_FORMAT},
        {"-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----", OST_E_KEY_FORMAT},
        {"-----BEGIN RSA PUBLIC KEY-----\n%s\n-----END RSA PUBLIC KEY-----", OST_E_KEY_FORMAT},
        {"-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----", OST_E_KEY_FORMAT},
        {"-----BEGIN public key-----\n%s\n-----END public key-----", OST_E_UNSUPPORTED},
        {"-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----",
         OST_E_UNSUPPORTED},
        {"-----BEGIN DSA PRIVATE KEY-----\n%s\n-----END DSA PRIVATE KEY-----", OST_E_UNSUPPORTED},
        {"-----BEGIN -----\n%s\n-----END -----", OST_E_KEY_FORMAT},
        {"%s", OST_E_KEY_FORMAT},
        {BEGINS "\n*%s\n" ENDS, OST_E_KEY_FORMAT},
        {BEGINS "\n%s=\n" ENDS, OST_E_KEY_FORMAT},
        {BEGINS "\nAAAA%s\n" ENDS, OST_E_KEY_FORMAT},
        {BEGINS "\n%sAAAA\n" ENDS, OST_E_KEY_FORMAT},
        {BEGINS "\n" ENDS "%.0s", OST_E_KEY_FORMAT},
        {BEGINS "\nProc-Type: 4,ENCRYPTED\n\n%s\n" ENDS, OST_E_UNSUPPORTED},
        {BEGINS "\nComment: x\n\n%s\n" ENDS, OST_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        /* The formats are all above. */
        const char *at = strstr(cases[i].format, "%");
        size_t skip = at[1] == 's' ? 2 : 4;
        const char *text = ost_arena_format(arena, "%.*s%s%s", (int)(at - cases[i].format),
                                            cases[i].format, skip == 2 ? body : "", at + skip);
        ost_result seen = import(text, NULL);
        if (seen != cases[i].expected)
            fail_msg("%s: %s", cases[i].format, ost_result_name(seen));
    }
    /* No bytes at all, and a NUL within. */
    assert_int_equal(import("", NULL), OST_E_KEY_FORMAT);
    char *with_nul = ost_arena_copy(arena, pem);
    with_nul[60] = '\0';
    ost_key *none = NULL;
    assert_int_equal(
        ost_key_import_pem((ost_text){with_nul, pem.len}, OST_ALG_UNSET, NULL, &none, NULL),
        OST_E_KEY_FORMAT);
    assert_null(none);
    ost_key_unref(key);
}

/* The label and the dashes after it: 64 characters, white space at the end aside. */
static void labels_have_a_ceiling(void **state)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH";
    static const char *const ends[] = {"\n", "\r\n", " \t\n"};
    for (int len = 58; len <= 60; len++) {
        for (size_t i = 0; i < 3; i++) {
            const char *text =
                ost_arena_format(arena, "-----BEGIN %.*s-----%sAAAA%s-----END %.*s-----%s", len,
                                 letters, ends[i], ends[i], len, letters, ends[i]);
            assert_int_equal(import(text, NULL), len <= 59 ? OST_E_UNSUPPORTED : OST_E_KEY_FORMAT);
        }
    }
}

/* BER has many forms of one key, DER has one; the label does not change that. */
static void lengths_are_those_of_der(void **state)
{
    ost_key *key = good_key(test_p256);
    ost_text der = {0};
    assert_int_equal(ost_key_export_spki(key, OST_KEY_DER, arena, &der), OST_OK);
    char *longer = ost_arena_alloc(arena, der.len + 1);
    longer[0] = der.data[0];
    longer[1] = (char)0x81;
    memcpy(longer + 2, der.data + 1, der.len - 1);
    assert_int_equal(import(pem_of(arena, "PUBLIC KEY", der), NULL), OST_OK);
    assert_int_equal(import(pem_of(arena, "PUBLIC KEY", (ost_text){longer, der.len + 1}), NULL),
                     OST_E_KEY_FORMAT);
    ost_key_unref(key);
}

static void attack_34_long_text(void **state)
{
    enum { PEM_MAX = 64 * 1024 };
    ost_key *key = good_key(test_p256);
    ost_text pem = {0};
    assert_int_equal(ost_key_export_spki(key, OST_KEY_PEM, arena, &pem), OST_OK);
    char *large = ost_arena_alloc(arena, PEM_MAX + 2);
    memset(large, '\n', PEM_MAX + 1);
    memcpy(large, pem.data, pem.len);
    assert_int_equal(import(large, NULL), OST_E_CEILING);
    large[PEM_MAX] = '\0';
    assert_int_equal(import(large, NULL), OST_OK);
    ost_key_unref(key);
}

static void more_than_one_block(void **state)
{
    ost_key *key = good_key(test_p256);
    ost_text public = {0}, private = {0};
    assert_int_equal(ost_key_export_spki(key, OST_KEY_PEM, arena, &public), OST_OK);
    assert_int_equal(ost_key_export_pkcs8(key, OST_KEY_PEM, arena, &private), OST_OK);
    const char *certificate = pem_of(arena, "CERTIFICATE", certificate_of(arena, key));
    const char *parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
                             "-----END EC PARAMETERS-----\n";
    const char *ec = pem_of(arena, "EC PRIVATE KEY", traditional(arena, key));
#define JOIN(a, b) ost_arena_format(arena, "%s%s", a, b)
    assert_int_equal(import(JOIN(parameters, ec), NULL), OST_OK);
    assert_int_equal(import(JOIN(certificate, certificate), NULL), OST_OK);
    assert_int_equal(import(JOIN(public.data, public.data), NULL), OST_E_KEY_AMBIGUOUS);
    assert_int_equal(import(JOIN(private.data, certificate), NULL), OST_E_KEY_AMBIGUOUS);
    assert_int_equal(import(JOIN(certificate, private.data), NULL), OST_E_KEY_AMBIGUOUS);
    assert_int_equal(import(JOIN(ec, parameters), NULL), OST_E_KEY_AMBIGUOUS);
    assert_int_equal(import(parameters, NULL), OST_E_KEY_FORMAT);
    assert_int_equal(import(JOIN(public.data, "-----BEGIN x"), NULL), OST_E_KEY_FORMAT);
    ost_key_unref(key);
}

/* Nobody is ever asked for a password. */
static void encrypted_keys(void **state)
{
    char *data;
    ost_key *key = good_key(test_rsa);
    BIO *bio = BIO_new(BIO_s_mem());
    char word[] = "a password";
    assert_int_equal(
        PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, EVP_aes_128_cbc(), word, 10, NULL, NULL), 1);
    size_t len = (size_t)BIO_get_mem_data(bio, &data);
    assert_int_equal(import(ost_arena_copy(arena, (ost_text){data, len}), NULL), OST_E_UNSUPPORTED);
    BIO_free(bio);
    bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, key->pkey, EVP_aes_128_cbc(),
                                                          (unsigned char *)word, 10, NULL, NULL),
                     1);
    len = (size_t)BIO_get_mem_data(bio, &data);
    const char *old = ost_arena_copy(arena, (ost_text){data, len});
    assert_non_null(strstr(old, "ENCRYPTED"));
    assert_int_equal(import(old, NULL), OST_E_UNSUPPORTED);
    BIO_free(bio);
    bio = BIO_new(BIO_s_mem());
    assert_int_equal(
        i2d_PKCS8PrivateKey_bio(bio, key->pkey, EVP_aes_128_cbc(), word, 10, NULL, NULL), 1);
    len = (size_t)BIO_get_mem_data(bio, &data);
    ost_text der = {data, len};
    assert_int_equal(import_der(der), OST_E_UNSUPPORTED);
    /* Under the wrong label, too. */
    assert_int_equal(import(pem_of(arena, "PRIVATE KEY", der), NULL), OST_E_KEY_FORMAT);
    assert_int_equal(import(pem_of(arena, "RSA PRIVATE KEY", der), NULL), OST_E_KEY_FORMAT);
    BIO_free(bio);
    ost_key_unref(key);
}

static ost_text spki_of(EVP_PKEY *pkey)
{
    unsigned char *bytes = NULL;
    int len = i2d_PUBKEY(pkey, &bytes);
    assert_true(len > 0);
    ost_text der = {ost_arena_copy(arena, (ost_text){(const char *)bytes, (size_t)len}),
                    (size_t)len};
    OPENSSL_free(bytes);
    EVP_PKEY_free(pkey);
    return der;
}

static void attack_10_weak_and_other_keys(void **state)
{
    assert_int_equal(import_der(spki_of(EVP_RSA_gen(1024))), OST_E_KEY_WEAK);
    assert_int_equal(import_der(spki_of(EVP_EC_gen("secp224r1"))), OST_E_UNSUPPORTED);
    assert_int_equal(import_der(spki_of(EVP_EC_gen("brainpoolP256r1"))), OST_E_UNSUPPORTED);
    /* RSA-PSS is a type of its own, with its own limits. */
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    EVP_PKEY *pss = NULL;
    assert_int_equal(EVP_PKEY_keygen_init(context), 1);
    assert_int_equal(EVP_PKEY_generate(context, &pss), 1);
    EVP_PKEY_CTX_free(context);
    assert_int_equal(import_der(spki_of(pss)), OST_E_UNSUPPORTED);
}

/* A curve that is P-256 in all but its base point makes a public key its forger's: CVE-2020-0601.
 */
static void attack_09_curves_that_are_spelled_out(void **state)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    assert_int_equal(EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING,
                                                    OSSL_PKEY_EC_ENCODING_EXPLICIT),
                     1);
    ost_text der = spki_of(pkey);
    assert_true(der.len > 200);
    assert_int_equal(import_der(der), OST_E_UNSUPPORTED);
}

/* SEC 1 §2.3.3 writes the point at infinity as one zero byte; as a key it would verify anything
 * that was made for it. */
static void attack_09_point_at_infinity(void **state)
{
    static const char der[] = "\x30\x19\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86"
                              "\x48\xce\x3d\x03\x01\x07\x03\x02\x00\x00";
    assert_int_equal(import_der((ost_text){der, sizeof der - 1}), OST_E_KEY_FORMAT);
}

/* Points of small order, in DER as well as in a JWK. */
static void attack_09_points_of_small_order(void **state)
{
    static const struct {
        unsigned char type, first; /* of the OID 1.3.101.n, of the point */
        ost_result expected;
    } cases[] = {
        {0x6e, 0, OST_E_KEY_WEAK}, {0x6e, 1, OST_E_KEY_WEAK}, {0x6e, 9, OST_OK},
        {0x70, 1, OST_E_KEY_WEAK}, {0x70, 0, OST_E_KEY_WEAK},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char der[44] = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x00\x03\x21";
        der[8] = (char)cases[i].type;
        der[12] = (char)cases[i].first;
        assert_int_equal(import_der((ost_text){der, sizeof der}), cases[i].expected);
    }
}

/* Every byte changed in turn: no crash, and never a private key that signs for another. */
static void damaged(void **state)
{
    static const char *const jwks[] = {test_p256, test_ed25519};
    for (size_t k = 0; k < 2; k++) {
        ost_key *key = good_key(jwks[k]);
        ost_text der = {0};
        assert_int_equal(ost_key_export_pkcs8(key, OST_KEY_DER, arena, &der), OST_OK);
        char *bytes = ost_arena_copy(arena, der);
        for (size_t i = 0; i < der.len; i++) {
            for (int bit = 0; bit < 8; bit++) {
                ost_key *other = NULL;
                bytes[i] ^= (char)(1 << bit);
                if (ost_key_import_der((ost_text){bytes, der.len}, OST_ALG_UNSET, NULL, &other,
                                       NULL) == OST_OK) {
                    ost_text token = {0};
                    ost_alg alg = k == 0 ? OST_ES256 : OST_EDDSA;
                    assert_int_equal(ost_jws_sign(OST_TEXT("x"), other, alg, NULL, arena, &token),
                                     OST_OK);
                    assert_int_equal(verify(token, other), OST_OK);
                    ost_key_unref(other);
                }
                bytes[i] ^= (char)(1 << bit);
            }
        }
        for (size_t len = 0; len < der.len; len++)
            assert_int_equal(import_der(text_slice(der, 0, len)), OST_E_KEY_FORMAT);
        ost_key_unref(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(with_the_public_half),
        cmocka_unit_test(as_openssl_writes_it),
        cmocka_unit_test(older_forms_and_certificates),
        cmocka_unit_test(alg_and_kid),
        cmocka_unit_test(what_a_text_may_look_like),
        cmocka_unit_test(labels_have_a_ceiling),
        cmocka_unit_test(lengths_are_those_of_der),
        cmocka_unit_test(attack_34_long_text),
        cmocka_unit_test(more_than_one_block),
        cmocka_unit_test(encrypted_keys),
        cmocka_unit_test(attack_10_weak_and_other_keys),
        cmocka_unit_test(attack_09_curves_that_are_spelled_out),
        cmocka_unit_test(attack_09_point_at_infinity),
        cmocka_unit_test(attack_09_points_of_small_order),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests_name("jose-key_pem", tests, open_arena, close_arena);
}
