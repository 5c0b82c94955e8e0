/* SPDX-License-Identifier: Apache-2.0 */
/* Wrapping keys made of a password: PBES2 (RFC 7518 §4.8). */
#ifndef PASSWORD_KEY_H
#define PASSWORD_KEY_H

#include "jose/jwe/jwe_alg.h"
#include "jose/key/key_state.h"

#define PBES2_SALT_MIN 8 /* bytes (§4.8.1.1) */
#define PBES2_SALT_MAX 512
#define PBES2_COUNT_MIN 1000 /* rounds (§4.8.1.2) */

/* PBKDF2 over the password, salted with the algorithm's name, a zero and `salt`, into `ret`.
 * OST_E_CRYPTO, OST_E_MEMORY. Takes as long as the count says. Any thread. */
OST_MUST_CHECK ost_result password_key_derive(const ost_key *password, ost_alg alg, ost_text salt,
                                              unsigned count, ost_arena *arena, unsigned char *ret);

#endif
