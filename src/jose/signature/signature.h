/* SPDX-License-Identifier: Apache-2.0 */
/* Bare signatures over bytes: what is below JWS. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "jose/key/key_state.h"

/* The one length that a signature by this key and algorithm, which it serves, has. */
size_t signature_size(const ost_key *key, ost_alg alg);

/* OST_E_SIGNATURE for every mismatch, a wrong size among them. OST_E_KEY_USE: the key does not
 * serve `alg`, or may not verify. OST_E_MEMORY, OST_E_CRYPTO: it could not be found out; of
 * Ed448, whose library does not tell the two apart, OST_E_SIGNATURE then, too. */
OST_MUST_CHECK ost_result signature_check(const ost_key *key, ost_alg alg, ost_text input,
                                          ost_text signature);

/* Into `ret`, which has room for SIGNATURE_MAX_SIZE bytes. OST_E_KEY_USE as above, or the key has
 * no private part; OST_E_MEMORY, OST_E_CRYPTO. */
OST_MUST_CHECK ost_result signature_make(const ost_key *key, ost_alg alg, ost_text input,
                                         unsigned char *ret, size_t *ret_size);

/* Several at once: those of neighbours whose keys one holder has in one go. Each wish has its key,
 * algorithm, input and room, and gets its result, as that of signature_make. */
void signature_make_together(signature_wish *const *wishes, size_t count);

/* True: it is worth while to gather signatures by this key. */
bool signature_may_wait(const ost_key *key);

/* The same with an OKP key, whose signatures are of one size (RFC 8037 §3.1). */
OST_MUST_CHECK ost_result signature_check_okp(const ost_key *key, ost_text input,
                                              const unsigned char *signature);
OST_MUST_CHECK ost_result signature_make_okp(const ost_key *key, ost_text input,
                                             unsigned char *ret);

#endif
