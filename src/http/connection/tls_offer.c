/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and cipher suites; see tls_offer.h. Forward secrecy and AEAD only (RFC 9325 §4.2). */
#include "http/connection/tls_offer.h"

#include <stdio.h>
#include <string.h>

#include <openssl/ssl.h>

#include "base/array.h"
#include "base/shown.h"
#include "base/text.h"

#define ALL_CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

static const struct {
    const char *name;
    const char *cipher; /* OpenSSL's name; NULL: of TLS 1.3, where it is the same */
} suites[] = {
    {"TLS_AES_256_GCM_SHA384", NULL},
    {"TLS_AES_128_GCM_SHA256", NULL},
    {"TLS_CHACHA20_POLY1305_SHA256", NULL},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
};

static ost_result refuse(ost_error *error, const char *what, ost_text name)
{
    return ost_error_set(error, OST_E_CONFIG, "%s %.*s is not offered here", what, SHOWN(name, 80));
}

static ost_result read_versions(const char *list, tls_offer *offer, ost_error *error)
{
    ost_text rest = text_of(list == NULL ? "" : list), one;
    bool old = false, recent = false;
    while (text_next(&rest, ',', &one)) {
        one = text_trim(one);
        if (text_is(one, "TLSv1.2"))
            old = true;
        else if (text_is(one, "TLSv1.3"))
            recent = true;
        else
            return refuse(error, "the TLS version", one);
    }
    offer->lowest = recent && !old ? TLS1_3_VERSION : TLS1_2_VERSION;
    offer->highest = old && !recent ? TLS1_2_VERSION : TLS1_3_VERSION;
    return OST_OK;
}

/* False: one has been named twice, so that there are more than fit. */
static bool append(char *list, size_t size, const char *name)
{
    size_t length = strlen(list);
    int written = snprintf(list + length, size - length, "%s%s", length > 0 ? ":" : "", name);
    return written >= 0 && (size_t)written < size - length;
}

static ost_result add_suite(tls_offer *offer, ost_text name, ost_error *error)
{
    for (size_t i = 0; i < ARRAY_LEN(suites); i++) {
        if (!text_is(name, suites[i].name))
            continue;
        bool added = suites[i].cipher == NULL
                         ? append(offer->suites, sizeof offer->suites, suites[i].name)
                         : append(offer->ciphers, sizeof offer->ciphers, suites[i].cipher);
        return added ? OST_OK
                     : ost_error_set(error, OST_E_CONFIG, "there are too many cipher suites");
    }
    return refuse(error, "the cipher suite", name);
}

ost_result tls_offer_read(const char *protocols, const char *list, tls_offer *ret_offer,
                          ost_error *error)
{
    tls_offer offer = {0};
    ost_text rest = text_of(list == NULL ? "" : list), one;
    bool any = false;
    ost_result result = read_versions(protocols, &offer, error);
    while (result == OST_OK && text_next(&rest, ',', &one)) {
        result = add_suite(&offer, text_trim(one), error);
        any = true;
    }
    if (result != OST_OK)
        return result;
    if (any && offer.ciphers[0] == '\0')
        offer.lowest = TLS1_3_VERSION;
    if (any && offer.suites[0] == '\0')
        offer.highest = TLS1_2_VERSION;
    if (offer.lowest > offer.highest)
        return ost_error_set(error, OST_E_CONFIG,
                             "no cipher suite is left for these versions of TLS");
    *ret_offer = offer;
    return OST_OK;
}

bool tls_offer_apply(const tls_offer *offer, SSL_CTX *context)
{
    const char *ciphers = offer->ciphers[0] != '\0' ? offer->ciphers : ALL_CIPHERS;
    return SSL_CTX_set_min_proto_version(context, offer->lowest) == 1 &&
           SSL_CTX_set_max_proto_version(context, offer->highest) == 1 &&
           SSL_CTX_set_cipher_list(context, ciphers) == 1 &&
           (offer->suites[0] == '\0' || SSL_CTX_set_ciphersuites(context, offer->suites) == 1);
}
