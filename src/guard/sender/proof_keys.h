/* SPDX-License-Identifier: Apache-2.0 */
/* Clients' keys as they stand in DPoP proofs, imported once: a client signs many proofs by the same
 * key, and to read a key costs almost as much as to check a signature by it. */
#ifndef PROOF_KEYS_H
#define PROOF_KEYS_H

#include <ostiary/key.h>

/* Any number of threads may use one at once. */
typedef struct proof_keys proof_keys;

/* OST_E_MEMORY, OST_E_SYSTEM. */
OST_MUST_CHECK ost_result proof_keys_new(const ost_context *context, proof_keys **ret_keys);
void proof_keys_free(proof_keys *keys); /* NULL is fine */

/* The key that was imported from exactly this JWK, and its thumbprint. Give it back with
 * ost_key_unref. NULL: it is not known. */
OST_MUST_CHECK ost_key *proof_keys_get(proof_keys *keys, ost_text jwk, char ret_thumbprint[44]);

/* Remembers it, in the place of another one; nothing happens without memory for it, nor with a JWK
 * of more than 1 KiB. Gains a reference. */
void proof_keys_put(proof_keys *keys, ost_text jwk, ost_key *key, const char thumbprint[44]);

#endif
