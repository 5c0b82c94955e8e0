/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions of TLS and which cipher suites the server agrees to. */
#ifndef TLS_OFFER_H
#define TLS_OFFER_H

#include <openssl/types.h>
#include <ostiary/types.h>

/* Lists in OpenSSL's words. */
typedef struct tls_offer {
    int lowest, highest; /* versions */
    char ciphers[256];   /* of TLS 1.2; empty: all that there are here */
    char suites[128];    /* of TLS 1.3; likewise */
} tls_offer;

/* Reads comma-separated lists: "TLSv1.3,TLSv1.2" in any order, and IANA's names of cipher suites,
 * of which the first that the client has counts. NULL or empty: all. A version that none of the
 * named suites is of is not spoken. OST_E_CONFIG: a name is not known, or nothing is left. */
OST_MUST_CHECK ost_result tls_offer_read(const char *protocols, const char *suites,
                                         tls_offer *ret_offer, ost_error *error);

OST_MUST_CHECK bool tls_offer_apply(const tls_offer *offer, SSL_CTX *context);

#endif
