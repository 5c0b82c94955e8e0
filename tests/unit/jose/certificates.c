/* SPDX-License-Identifier: Apache-2.0 */
#include "certificates.h"

#include <openssl/x509.h>

#include "base/base64url.h"
#include "jose/key/key_state.h"
#include "jose/key/pem.h"
#include "test.h"

static ost_text copied(ost_arena *arena, unsigned char *der, int len)
{
    assert_true(len > 0);
    ost_text text = {ost_arena_copy(arena, (ost_text){(const char *)der, (size_t)len}),
                     (size_t)len};
    OPENSSL_free(der);
    return text;
}

ost_text certificate_of(ost_arena *arena, const ost_key *key)
{
    unsigned char *der = NULL;
    EVP_PKEY *pkey = key_pkey(key);
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    const EVP_MD *hash = ost_key_type_of(key) == OST_KEY_OKP ? NULL : EVP_sha256();
    assert_int_equal(X509_set_version(certificate, 2), 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    assert_int_equal(X509_set_pubkey(certificate, pkey), 1);
    assert_true(X509_sign(certificate, pkey, hash) > 0);
    int len = i2d_X509(certificate, &der);
    ost_text text = copied(arena, der, len);
    X509_free(certificate);
    EVP_PKEY_free(pkey);
    return text;
}

ost_text traditional(ost_arena *arena, const ost_key *key)
{
    unsigned char *der = NULL;
    EVP_PKEY *pkey = key_pkey(key);
    int len = i2d_PrivateKey(pkey, &der);
    EVP_PKEY_free(pkey);
    return copied(arena, der, len);
}

const char *base64_of(ost_arena *arena, ost_text bytes)
{
    char *text = ost_arena_alloc(arena, (bytes.len + 2) / 3 * 4 + 1);
    base64_encode((const unsigned char *)bytes.data, bytes.len, text);
    return text;
}

const char *pem_of(ost_arena *arena, const char *label, ost_text der)
{
    ost_text pem = {0};
    assert_int_equal(pem_encode(label, der, arena, &pem), OST_OK);
    return ost_arena_copy(arena, pem);
}
