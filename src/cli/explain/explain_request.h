/* SPDX-License-Identifier: Apache-2.0 */
/* What `ostiary token explain` was asked for: an issuer, a route, a request. */
#ifndef EXPLAIN_REQUEST_H
#define EXPLAIN_REQUEST_H

#include <ostiary/guard.h>

#include "base/options.h"

#define EXPLAIN_LIST_MAX 32

typedef struct explain_request {
    const char *audiences[EXPLAIN_LIST_MAX], *clients[EXPLAIN_LIST_MAX], *origins[EXPLAIN_LIST_MAX];
    const char *tenants[EXPLAIN_LIST_MAX];
    const char *scopes[EXPLAIN_LIST_MAX + 1], *realm_roles[EXPLAIN_LIST_MAX + 1];
    const char *client_roles[EXPLAIN_LIST_MAX + 1];
    ost_issuer issuer;
    ost_policy policy;
    ost_credentials credentials;
    ost_text authorization, proof; /* what the credentials point to */
    ost_keyset *decryption_keys;   /* NULL: none */
    ost_context clock;
    int64_t now;
    char seed[64]; /* a copy of the key set given; empty: none */
} explain_request;

/* Reads all of it, of which much lives in the arena and in the request itself, which stays where it
 * is. OST_E_ARGUMENT, and errors of reading files. Clear it, whatever came of it. */
OST_MUST_CHECK ost_result explain_request_read(const option_values *values, ost_text token,
                                               explain_request *r, ost_arena *arena,
                                               ost_error *error);
void explain_request_clear(explain_request *r);

#endif
