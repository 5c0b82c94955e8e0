/* SPDX-License-Identifier: Apache-2.0 */
/* The request that asks about a token (RFC 7662 §2.1), and the proof of who asks (RFC 6749 §2.3.1,
 * RFC 7523 §2.2). */
#ifndef INTROSPECTION_REQUEST_H
#define INTROSPECTION_REQUEST_H

#include <ostiary/introspection.h>
#include <ostiary/jws.h>

#include "base/buffer.h"
#include "net/net.h"

/* Who asks, whom, and how. Borrowed. */
typedef struct introspection_asker {
    const ost_context *context;
    const char *issuer, *client_id, *client_secret;
    ost_client_auth auth;
    const ost_key *key;
    ost_alg key_algorithm;
    bool require_signed;
} introspection_asker;

typedef struct introspection_request {
    buffer body, authorization;
    const char *headers[4];
    net_request request; /* borrows from the above; url, ca_file and the rest are the caller's */
} introspection_request;

/* Clear it whatever comes of it. OST_E_MEMORY, OST_E_CEILING, OST_E_CRYPTO, OST_E_KEY_USE. */
OST_MUST_CHECK ost_result introspection_request_write(const introspection_asker *asker,
                                                      ost_text token, introspection_request *ret);
void introspection_request_clear(introspection_request *request);

#endif
