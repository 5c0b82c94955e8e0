/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes, and the logins that they are given for. */
#ifndef STORE_CODE_H
#define STORE_CODE_H

#include "store/session/session_limit.h"
#include "store/session/store_session.h"

typedef struct store_code {
    ost_text id; /* SHA-256 of the code, base64url: the code itself is not stored */
    ost_text realm, session_id, client_id;
    ost_text redirect_uri, scope, nonce;
    ost_text challenge, challenge_method;
    ost_text resources; /* URIs, separated by spaces */
    ost_text details;   /* authorization_details, JSON; empty: none */
    ost_text jkt;       /* thumbprint of the key that its tokens are for; empty: any, or none */
    int64_t expires;
} store_code;

/* Session, client session and code of one login, in one transaction. A session that exists already
 * is left as it is when `session` is NULL (single sign-on); otherwise the user has proved again who
 * they are, and auth_time and idle_ends move (OST_E_CONFLICT: it is somebody else's). A client
 * session that exists keeps its `started` and its refresh tokens; none is made when
 * `client_session` is NULL. */
OST_MUST_CHECK ost_result store_login(store *store, const store_session *session,
                                      const store_client_session *client_session,
                                      const store_code *code);
/* store_login of a session that begins, or of a client's part that does in one which is there,
 * within limits: of several at once no more come in than there is room for. OST_E_CEILING: there is
 * none.
 */
OST_MUST_CHECK ost_result store_login_within(store *store, const store_room *room,
                                             const store_session *session,
                                             const store_client_session *client_session,
                                             const store_code *code);
/* Takes a code of the realm, exactly once whatever happens: it is marked used in the same
 * transaction. OST_E_NOT_FOUND: never issued, long gone, or another realm's, for which nothing
 * changes. OST_E_CONFLICT: used before (ret_code is filled, so
 * that the caller can end its session). Expiry and the rest is the caller's check. */
OST_MUST_CHECK ost_result store_code_take(store *store, ost_text realm, ost_text id,
                                          ost_arena *arena, store_code *ret_code);
/* Looks at it, and at the client's part of its session (without session_id: that is gone), and
 * changes nothing. Errors as above, of which OST_E_CONFLICT fills both. */
OST_MUST_CHECK ost_result store_code_get(store *store, ost_text realm, ost_text id,
                                         ost_arena *arena, store_code *ret_code,
                                         store_client_session *ret_part);

/* What is good once: a code that has not been used, or what a user has approved for a device. */
typedef enum store_single_use_kind {
    STORE_SINGLE_USE_CODE,
    STORE_SINGLE_USE_DEVICE
} store_single_use_kind;
typedef struct store_single_use {
    store_single_use_kind kind;
    ost_text realm, id;
} store_single_use;
/* Takes it, and in the same transaction keeps what is given for it: the client's part of a session
 * that exists, as store_client_session_put does, or (`session`) of one that begins, as store_login
 * does. OST_E_NOT_FOUND: it cannot be taken any more, or the session has ended; then, as after
 * every failure, nothing has changed. */
OST_MUST_CHECK ost_result store_exchange(store *store, const store_single_use *once,
                                         const store_session *session,
                                         const store_client_session *part);

#endif
