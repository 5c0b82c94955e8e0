/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of authenticators (COSE_Key, RFC 9052 §7) and their signatures (WebAuthn §6.5.5):
 * ES256, ES384 and ES512 on their own curves, RS256, RS384 and RS512, EdDSA with Ed25519. */
#ifndef COSE_KEY_H
#define COSE_KEY_H

#include <ostiary/key.h>

/* Takes a key off the front of *rest, its members in any order. The key is bound to the algorithm
 * that it names. OST_E_KEY_FORMAT, OST_E_UNSUPPORTED, OST_E_KEY_WEAK, OST_E_MEMORY. Free it with
 * ost_key_unref. */
OST_MUST_CHECK ost_result cose_key_read(ost_text *rest, ost_arena *arena, ost_key **ret_key,
                                        int64_t *ret_alg);

/* OST_E_SIGNATURE for every mismatch; OST_E_MEMORY, OST_E_CRYPTO: it could not be found out. `alg`
 * is the key's (IANA COSE Algorithms). */
OST_MUST_CHECK ost_result cose_signature_check(const ost_key *key, int64_t alg, ost_text input,
                                               ost_text signature);

/* COSE's number of an algorithm by Keycloak's name for it ("ES256", "Ed25519"); 0: none of ours. */
int64_t cose_alg_of(ost_text name);
/* Whether there is such an algorithm here. */
bool cose_alg_is_known(int64_t alg);

#endif
