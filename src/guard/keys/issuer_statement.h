/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer signs for those who rely on its tokens: answers and lists, as a JWS of a type of
 * their own (RFC 8725 §3.11). */
#ifndef ISSUER_STATEMENT_H
#define ISSUER_STATEMENT_H

#include <ostiary/jose.h>

/* The object within, once its signature has been checked. OST_E_KEY_UNKNOWN, with the kid in
 * *ret_kid: other keys could change that; `keys` may be NULL. OST_E_REMOTE: anything else, with
 * what it is. */
OST_MUST_CHECK ost_result issuer_statement_read(ost_text token, const char *typ, ost_algs accepted,
                                                const ost_keyset *keys, ost_arena *arena,
                                                const ost_json **ret_object, ost_text *ret_kid,
                                                ost_error *error);

#endif
