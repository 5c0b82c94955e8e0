/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing keys in DER (RFC 5280 §4.1.2.7, RFC 5958, RFC 8017, RFC 5915). The library
 * parses; what it finds is taken over number by number, through the same checks as the members of a
 * JWK. */
#include "jose/key/key_der.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <string.h>

#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/key/pem.h"

#define DER_MAX ((size_t)64 * 1024)

static EVP_PKEY *read_first_version(const unsigned char **at, long len)
{
    pkcs8_auto PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, at, len);
    return info != NULL ? EVP_PKCS82PKEY(info) : NULL;
}

static bool is_public_half(EVP_PKEY *pkey, ost_text half)
{
    X509_PUBKEY *info = NULL;
    const unsigned char *bytes = NULL;
    int len = 0;
    bool same = X509_PUBKEY_set(&info, pkey) == 1 &&
                X509_PUBKEY_get0_param(NULL, &bytes, &len, NULL, info) == 1 &&
                text_equal(half, (ost_text){(const char *)bytes, (size_t)len});
    X509_PUBKEY_free(info);
    return same;
}

/* The library knows the first version alone, which is the second one without the public half. */
static EVP_PKEY *read_key_pair(const der_key_pair *pair)
{
    static const unsigned char version[] = {V_ASN1_INTEGER, 1, 0};
    int within = (int)(sizeof version + pair->fields.len);
    int size = ASN1_object_size(1, within, V_ASN1_SEQUENCE);
    unsigned char *der = OPENSSL_malloc((size_t)size), *to = der;
    const unsigned char *at = der;
    if (der == NULL)
        return NULL;
    ASN1_put_object(&to, 1, within, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
    memcpy(to, version, sizeof version);
    memcpy(to + sizeof version, pair->fields.data, pair->fields.len);
    EVP_PKEY *pkey = read_first_version(&at, size);
    OPENSSL_clear_free(der, (size_t)size);
    if (pkey != NULL && !is_public_half(pkey, pair->public_half)) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

static EVP_PKEY *read_pkcs8(const unsigned char **at, long len)
{
    der_key_pair pair;
    if (!der_split_key_pair((ost_text){(const char *)*at, (size_t)len}, &pair))
        return read_first_version(at, len);
    *at += len;
    return read_key_pair(&pair);
}

static EVP_PKEY *read_certificate(const unsigned char **at, long len)
{
    x509_auto X509 *certificate = d2i_X509(NULL, at, len);
    return certificate != NULL ? X509_get_pubkey(certificate) : NULL;
}

static EVP_PKEY *read_form(der_form form, const unsigned char **at, long len)
{
    switch (form) {
    case DER_SPKI:
        return d2i_PUBKEY(NULL, at, len);
    case DER_PKCS8:
        return read_pkcs8(at, len);
    case DER_CERTIFICATE:
        return read_certificate(at, len);
    case DER_RSA_PRIVATE:
        return d2i_PrivateKey(EVP_PKEY_RSA, NULL, at, len);
    case DER_RSA_PUBLIC:
        return d2i_PublicKey(EVP_PKEY_RSA, NULL, at, len);
    case DER_EC_PRIVATE:
        return d2i_PrivateKey(EVP_PKEY_EC, NULL, at, len);
    case DER_ENCRYPTED:
    case DER_NO_KEY:
    default:
        return NULL;
    }
}

EVP_PKEY *der_read(der_form form, ost_text der)
{
    const unsigned char *at = (const unsigned char *)der.data;
    if (der.len > DER_MAX || der_form_of(der) != form)
        return NULL;
    EVP_PKEY *pkey = read_form(form, &at, (long)der.len);
    if (pkey != NULL && at != (const unsigned char *)der.data + der.len) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

static ost_result copy_key(EVP_PKEY *pkey, bool is_private, ost_key *key, ost_error *error)
{
    switch (key->type) {
    case OST_KEY_RSA:
        return key_rsa_copy(pkey, is_private, key, error);
    case OST_KEY_EC:
        return key_ec_copy(pkey, is_private, key, error);
    case OST_KEY_OKP:
        return key_okp_copy(pkey, is_private, key, error);
    case OST_KEY_OCT:
    default:
        return OST_E_ARGUMENT;
    }
}

static bool type_of(const EVP_PKEY *pkey, ost_key_type *ret_type)
{
    const char *name = EVP_PKEY_get0_type_name(pkey);
    if (EVP_PKEY_is_a(pkey, "RSA"))
        *ret_type = OST_KEY_RSA;
    else if (EVP_PKEY_is_a(pkey, "EC"))
        *ret_type = OST_KEY_EC;
    else if (name != NULL && curve_find_openssl(OST_KEY_OKP, name) != NULL)
        *ret_type = OST_KEY_OKP;
    else
        return false;
    return true;
}

static ost_result name_and_bind(ost_key *key, ost_alg alg, const char *kid, ost_error *error)
{
    ost_result result = key_set_kid(key, text_of(kid));
    if (result != OST_OK)
        return ost_error_set(error, result, "the kid is not accepted");
    return alg != OST_ALG_UNSET ? key_bind(key, alg, error) : OST_OK;
}

static ost_result key_from_pkey(EVP_PKEY *pkey, bool is_private, ost_alg alg, const char *kid,
                                ost_key **ret_key, ost_error *error)
{
    ost_key_type type;
    if (!type_of(pkey, &type)) {
        const char *name = EVP_PKEY_get0_type_name(pkey);
        return ost_error_set(error, OST_E_UNSUPPORTED, "the key is of type %s",
                             name != NULL ? name : "unknown");
    }
    ost_key *key = key_new(type);
    if (key == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = copy_key(pkey, is_private, key, error);
    if (result == OST_OK)
        result = name_and_bind(key, alg, kid, error);
    if (result != OST_OK) {
        ost_key_unref(key);
        return result;
    }
    *ret_key = key;
    return OST_OK;
}

ost_result key_from_der(der_form form, ost_text der, ost_alg alg, const char *kid,
                        ost_key **ret_key, ost_error *error)
{
    if (ret_key == NULL || (alg != OST_ALG_UNSET && alg_find(alg) == NULL))
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the key, or no such algorithm");
    ERR_set_mark();
    ost_result result = OST_E_KEY_FORMAT;
    EVP_PKEY *pkey = der_read(form, der);
    bool is_private = form == DER_PKCS8 || form == DER_RSA_PRIVATE || form == DER_EC_PRIVATE;
    if (pkey != NULL)
        result = key_from_pkey(pkey, is_private, alg, kid, ret_key, error);
    else
        (void)ost_error_set(error, result, "not the DER of a key");
    EVP_PKEY_free(pkey);
    ERR_pop_to_mark();
    return result;
}

ost_result ost_key_import_der(ost_text der, ost_alg alg, const char *kid, ost_key **ret_key,
                              ost_error *error)
{
    der_form form = der_form_of(der);
    if (der.len > DER_MAX)
        return ost_error_set(error, OST_E_CEILING, "a key of %zu bytes", der.len);
    if (form == DER_ENCRYPTED)
        return ost_error_set(error, OST_E_UNSUPPORTED, "the key is encrypted");
    return key_from_der(form, der, alg, kid, ret_key, error);
}

static bool is_form(ost_key_form form)
{
    return form == OST_KEY_PEM || form == OST_KEY_DER;
}

/* Copies what the library wrote, and wipes that. */
static ost_result hand_out(unsigned char *der, int len, const char *label, ost_key_form form,
                           ost_arena *arena, ost_text *ret_text)
{
    ost_result result = OST_E_CRYPTO;
    ost_text text = {(const char *)der, len > 0 ? (size_t)len : 0};
    if (len > 0 && form == OST_KEY_PEM) {
        result = pem_encode(label, text, arena, ret_text);
    } else if (len > 0) {
        text.data = ost_arena_copy(arena, text);
        result = text.data != NULL ? OST_OK : OST_E_MEMORY;
        if (result == OST_OK)
            *ret_text = text;
    }
    OPENSSL_clear_free(der, len > 0 ? (size_t)len : 0);
    return result;
}

ost_result ost_key_export_spki(const ost_key *key, ost_key_form form, ost_arena *arena,
                               ost_text *ret_text)
{
    unsigned char *der = NULL;
    if (ret_text == NULL || !is_form(form))
        return OST_E_ARGUMENT;
    if (key == NULL || key->type == OST_KEY_OCT)
        return OST_E_KEY_USE;
    pkey_auto EVP_PKEY *pkey = key_pkey(key);
    if (pkey == NULL)
        return OST_E_CRYPTO;
    int len = i2d_PUBKEY(pkey, &der);
    return hand_out(der, len, "PUBLIC KEY", form, arena, ret_text);
}

ost_result ost_key_export_pkcs8(const ost_key *key, ost_key_form form, ost_arena *arena,
                                ost_text *ret_text)
{
    unsigned char *der = NULL;
    if (ret_text == NULL || !is_form(form))
        return OST_E_ARGUMENT;
    if (!ost_key_is_private(key) || key->type == OST_KEY_OCT)
        return OST_E_KEY_USE;
    pkey_auto EVP_PKEY *pkey = key_pkey(key);
    pkcs8_auto PKCS8_PRIV_KEY_INFO *info = pkey != NULL ? EVP_PKEY2PKCS8(pkey) : NULL;
    if (info == NULL)
        return OST_E_CRYPTO;
    int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    return hand_out(der, len, "PRIVATE KEY", form, arena, ret_text);
}
