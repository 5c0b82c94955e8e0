/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for the tests of encryption. */
#ifndef JWE_KEYS_H
#define JWE_KEYS_H

#include <ostiary/jose.h>

/* A new private or shared key for `alg`, with a kid; `curve` of those that agree upon keys. Unref
 * it.
 */
ost_key *jwe_key(ost_alg alg, const char *curve);

/* A shared key of the length that `enc` needs. Unref it. */
ost_key *jwe_direct_key(ost_enc enc);

/* A set of this key alone. Unref it. */
ost_keyset *jwe_set(const ost_key *key);

#endif
