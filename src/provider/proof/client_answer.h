/* SPDX-License-Identifier: Apache-2.0 */
/* How a client wants to be answered, as its attributes say: what is signed by which algorithm, and
 * encrypted for its keys (OpenID Connect Registration §2, JARM §3). */
#ifndef CLIENT_ANSWER_H
#define CLIENT_ANSWER_H

#include <ostiary/jose.h>

/* All zero: as usual, in the clear. */
typedef struct client_answer {
    ost_alg signature;  /* OST_ALG_UNSET: nothing is said */
    ost_alg encryption; /* OST_ALG_UNSET: in the clear */
    ost_enc enc;        /* set where it is encrypted */
} client_answer;

typedef struct client_answers {
    client_answer id_token; /* its signature is elsewhere, with the access token's */
    client_answer userinfo;
    client_answer authorization; /* in a JWT (JARM) */
    const char *barred; /* the attribute that asks for what is not there; NULL: none does */
} client_answers;

/* What may be encrypted with, beside every content encryption. */
#define CLIENT_ANSWER_ALGS                                                                         \
    (OST_ALG_BIT(OST_RSA_OAEP) | OST_ALG_BIT(OST_RSA_OAEP_256) | OST_ALG_BIT(OST_ECDH_ES) |        \
     OST_ALG_BIT(OST_ECDH_ES_A128KW) | OST_ALG_BIT(OST_ECDH_ES_A192KW) |                           \
     OST_ALG_BIT(OST_ECDH_ES_A256KW))

/* Of a ClientRepresentation. Signatures can be verified with published keys, or are barred. */
client_answers client_answers_load(const ost_json *client);

/* Does it take a key of the client to answer it? */
bool client_answers_are_encrypted(const client_answers *answers);

#endif
