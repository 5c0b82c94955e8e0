/* SPDX-License-Identifier: Apache-2.0 */
/* How a client proves who it is (RFC 6749 §2.3, RFC 7523 §2.2, RFC 8705
 * §2), as its representation says:
 * clientAuthenticatorType, and the attributes that go with it. */
#ifndef CLIENT_PROOF_H
#define CLIENT_PROOF_H

#include <ostiary/jose.h>

#include "provider/proof/certificate_rule.h"
#include "provider/proof/client_key_set.h"
#include "provider/proof/secret_rule.h"

typedef enum client_proof_kind {
    PROOF_SECRET,      /* client-secret: client_secret_basic and client_secret_post */
    PROOF_JWT,         /* client-jwt: private_key_jwt */
    PROOF_SECRET_JWT,  /* client-secret-jwt: client_secret_jwt */
    PROOF_CERTIFICATE, /* client-x509: tls_client_auth and self_signed_tls_client_auth */
    PROOF_UNKNOWN,     /* what is not there; nothing proves it */
} client_proof_kind;

typedef struct client_proof {
    client_proof_kind kind;
    ost_algs algorithms;  /* of its assertions */
    const char *keys_url; /* where it publishes its keys (jwks_uri), which are fetched; NULL: it
                             brings along what it has */
    client_key_set *keys; /* of a client that brings a set along, whatever its kind: it may sign its
                             requests too; NULL: none that can be used. Freed by
                             client_proof_clear, as is */
    ost_keyset *single_key; /* one key without a name of its own: no kid tells it apart; NULL */
    ost_text secret;        /* that it may sign with; not of a client-jwt */
    secret_rule by_secret;  /* what its secret is good for */
    certificate_rule certificate; /* of a client-x509 */
    int64_t max_lifetime;         /* seconds from an assertion's making that it may be used */
    bool endpoint_audiences; /* an assertion may be for an endpoint of the realm, or for several;
                                else for the issuer alone, as a string (FAPI 2.0 Security Profile
                                §5.3.2.1) */
} client_proof;

/* Everything but the keys lives as long as the client's representation. Keys that cannot be read
 * are none: such a client cannot prove itself. */
void client_proof_load(const ost_json *client, ost_arena *arena, client_proof *ret_proof);
void client_proof_clear(client_proof *proof);

#endif
