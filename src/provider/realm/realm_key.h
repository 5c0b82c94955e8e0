/* SPDX-License-Identifier: Apache-2.0 */
/* Making the keys of a realm as rows of the store. */
#ifndef REALM_KEY_H
#define REALM_KEY_H

#include <ostiary/jose.h>

#include "store/realm/store_key.h"

/* A new RSA-2048 key with its certificate: `algorithm` "RS256" with use "sig", or "RSA-OAEP" with
 * "enc". Everything lives in the arena. A fifth of a second. */
OST_MUST_CHECK ost_result realm_key_rsa(ost_text realm, const char *algorithm, const char *use,
                                        const ost_context *context, ost_arena *arena,
                                        store_key *ret_key);
/* A new secret for tokens that only the provider reads: HS512. */
OST_MUST_CHECK ost_result realm_key_secret(ost_text realm, const ost_context *context,
                                           ost_arena *arena, store_key *ret_key);

/* What tokens can be signed with, so that others can verify them. */
#define REALM_KEY_ALGS OST_ALGS_DEFAULT
bool realm_key_is_public(ost_alg alg);
/* Their names, "RS256, RS384, …". NULL: out of memory. */
const char *realm_key_alg_names(ost_arena *arena);

/* Fills jwk, kid and, for RSA, a certificate of a private key for a row that names the rest; `kid`
 * empty: Keycloak's, the hash of the public key. */
OST_MUST_CHECK ost_result realm_key_of(const ost_key *key, ost_text kid, const ost_context *context,
                                       ost_arena *arena, store_key *row);

/* A new key for any signature algorithm with a public half. OST_E_UNSUPPORTED: it has none. */
OST_MUST_CHECK ost_result realm_key_new(ost_text realm, ost_text algorithm,
                                        const ost_context *context, ost_arena *arena,
                                        store_key *ret_key);

/* For how long a key signs until a new one follows: "90d", "36h" …, between a minute and ten years;
 * 0 for "never". False: neither. */
bool realm_key_interval_read(ost_text text, int64_t *ret_seconds);

#endif
