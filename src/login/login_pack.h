/* SPDX-License-Identifier: Apache-2.0 */
/* What the login writes into its sealed cookies, in as few bytes as it takes: a JWT is base64url
 * already, and packing its parts as the bytes they stand for keeps the sealing from encoding them
 * a second time. A session of Keycloak then fits one cookie. */
#ifndef LOGIN_PACK_H
#define LOGIN_PACK_H

#include <ostiary/login.h>

/* One attempt to sign in, from the redirect to the provider until the callback. */
typedef struct login_transaction {
    ost_text state; /* base64url, 22 characters */
    ost_text nonce;
    ost_text verifier; /* RFC 7636 §4.1, 43 characters */
    ost_text base;     /* the origin it was begun on */
    ost_text wanted;   /* the path to come back to */
    bool demanded;
} login_transaction;

/* The bytes live in the arena. OST_E_CEILING: a field is longer than 16 KiB. */
OST_MUST_CHECK ost_result login_pack_session(const ost_login_session *session, ost_arena *arena,
                                             ost_text *ret_packed);
OST_MUST_CHECK ost_result login_pack_transaction(const login_transaction *transaction,
                                                 ost_arena *arena, ost_text *ret_packed);

/* The fields borrow from `packed` or live in the arena. OST_E_FORMAT. */
OST_MUST_CHECK ost_result login_unpack_session(ost_text packed, ost_arena *arena,
                                               ost_login_session *ret_session);
OST_MUST_CHECK ost_result login_unpack_transaction(ost_text packed,
                                                   login_transaction *ret_transaction);

#endif
