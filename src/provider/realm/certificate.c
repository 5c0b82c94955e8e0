/* SPDX-License-Identifier: Apache-2.0 */
/* Self-signed certificates; see certificate.h. */
#include "provider/realm/certificate.h"

#include <openssl/rand.h>
#include <openssl/x509.h>

#include "base/context.h"

#define TEN_YEARS (3650L * 86400)

static bool fill(X509 *certificate, EVP_PKEY *key, ost_text name, time_t now)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    int64_t serial = (int64_t)now * 1000;
    return ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), serial) == 1 &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      (const unsigned char *)name.data, (int)name.len, -1,
                                      0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 &&
           X509_time_adj(X509_getm_notBefore(certificate), 0, &now) != NULL &&
           X509_time_adj(X509_getm_notAfter(certificate), TEN_YEARS, &now) != NULL &&
           X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0;
}

ost_result certificate_make(EVP_PKEY *key, ost_text common_name, int64_t now, ost_arena *arena,
                            ost_text *ret_der)
{
    unsigned char *der = NULL;
    X509 *certificate = X509_new();
    int len = -1;
    /* A common name has room for 64 characters. */
    if (common_name.len > 64)
        common_name.len = 64;
    if (certificate != NULL && fill(certificate, key, common_name, (time_t)now))
        len = i2d_X509(certificate, &der);
    char *copy = len > 0 ? ost_arena_copy(arena, (ost_text){(const char *)der, (size_t)len}) : NULL;
    OPENSSL_free(der);
    X509_free(certificate);
    if (copy == NULL)
        return len > 0 ? OST_E_MEMORY : OST_E_CRYPTO;
    *ret_der = (ost_text){copy, (size_t)len};
    return OST_OK;
}

int64_t certificate_ends(ost_text der)
{
    struct tm end;
    const unsigned char *at = (const unsigned char *)der.data;
    X509 *certificate = d2i_X509(NULL, &at, (long)der.len);
    bool read = certificate != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1;
    X509_free(certificate);
    return read ? (int64_t)timegm(&end) : 0;
}
