/* SPDX-License-Identifier: Apache-2.0 */
/* The JWK Set of a client: keys that it signs with, and keys that it is written to with. */
#ifndef CLIENT_KEY_SET_H
#define CLIENT_KEY_SET_H

#include <ostiary/jose.h>

#define CLIENT_KEYS_MAX 100 /* of one set */

/* Immutable, reference-counted, of any thread. Each of the two is NULL where there is no key of its
 * kind; not both are. */
typedef struct client_key_set client_key_set;

/* Reads a JWK Set. Keys that are of no use are passed over; two for encryption that share a kid are
 * none. OST_E_KEY_UNKNOWN: no key is left; OST_E_KEY_USE: one is symmetric or private; OST_E_FORMAT
 * and others: it is no set. */
OST_MUST_CHECK ost_result client_key_set_read(ost_text jwks, client_key_set **ret_set);
client_key_set *client_key_set_ref(client_key_set *set);
void client_key_set_unref(client_key_set *set); /* NULL is fine */

/* Whether the certificate (DER) is the first of a key's x5c (RFC 7517 §4.7). False of NULL. */
bool client_key_set_has_certificate(const client_key_set *set, ost_text der);

/* Borrowed; NULL of NULL. */
const ost_keyset *client_key_set_signing(const client_key_set *set);
const ost_keyset *client_key_set_encryption(const client_key_set *set);

#endif
