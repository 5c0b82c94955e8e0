/* SPDX-License-Identifier: Apache-2.0 */
/* What a client's authorization requests have to be, as its attributes say. */
#ifndef CLIENT_REQUEST_H
#define CLIENT_REQUEST_H

#include <ostiary/jose.h>
#include <ostiary/jwe.h>

typedef struct client_request {
    bool pushed_only;           /* require.pushed.authorization.requests (RFC 9126) */
    bool object_required;       /* request.object.required (RFC 9101), */
    bool value_only;            /* and that it comes with the request, */
    bool reference_only;        /* or that the client has published it */
    ost_text uris;              /* where: request.uris, separated by "##" */
    ost_algs object_algorithms; /* request.object.signature.alg */
    ost_jwe_rules encryption;   /* request.object.encryption.alg and .enc: of those that are */
    const char *barred;         /* the attribute that asks for what is not there: such requests are
                                   refused; NULL: none */
} client_request;

/* What a request object may be encrypted with, beside every content encryption. */
#define CLIENT_REQUEST_ALGS (OST_ALG_BIT(OST_RSA_OAEP) | OST_ALG_BIT(OST_RSA_OAEP_256))

/* Of a ClientRepresentation. */
client_request client_request_load(const ost_json *client);

#endif
