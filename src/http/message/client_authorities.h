/* SPDX-License-Identifier: Apache-2.0 */
/* The authorities that vouch for clients' certificates (RFC 5280 §6): a file of theirs, read at the
 * start and again on reload. */
#ifndef CLIENT_AUTHORITIES_H
#define CLIENT_AUTHORITIES_H

#include <openssl/x509.h>

#include <ostiary/types.h>

typedef struct client_authorities client_authorities;

/* Reads a PEM file: certificates of authorities, those between them and the clients, and revocation
 * lists; where there is one of these, each authority needs its own. OST_E_CONFIG, OST_E_MEMORY. */
OST_MUST_CHECK ost_result client_authorities_new(const char *path, client_authorities **ret,
                                                 ost_error *error);
/* On failure what was read before stays. Any thread. */
OST_MUST_CHECK ost_result client_authorities_reload(client_authorities *authorities,
                                                    ost_error *error);
void client_authorities_free(client_authorities *authorities); /* NULL is fine */

/* What is known now: a reference of the caller's. Any thread. */
X509_STORE *client_authorities_store(client_authorities *authorities);

/* Whether one of them has signed the certificate (DER, alone), for TLS clients, and it holds today.
 * False also where memory is out. Any thread. */
bool client_authorities_vouch(client_authorities *authorities, ost_text der);

/* The same; *ret_name: the subject of the one that ends the chain (DER, in the arena). NULL data:
 * nobody vouches. */
OST_MUST_CHECK ost_result client_authorities_name(client_authorities *authorities, ost_text der,
                                                  ost_arena *arena, ost_text *ret_name);

/* That of a chain that has been verified. */
OST_MUST_CHECK ost_result client_authorities_name_of(const STACK_OF(X509) * chain, ost_arena *arena,
                                                     ost_text *ret_name);

#endif
