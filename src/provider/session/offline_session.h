/* SPDX-License-Identifier: Apache-2.0 */
/* Offline sessions (OpenID Connect Core §11): a client's own, which goes on when the user has
 * logged out. Each is a session of the store, whose notes say so and name the login that it came
 * from. */
#ifndef OFFLINE_SESSION_H
#define OFFLINE_SESSION_H

#include "provider/call/call.h"
#include "store/session/store_session.h"

/* The id of the one that comes of a code, so that whoever has the code finds it again; of an empty
 * code a random one. NULL data: no memory. */
ost_text offline_session_id(call *call, ost_text code);

/* A new one of the client's; `login` is the session of the login that it comes from, empty when
 * there is none, and `login_notes` are that one's. */
store_session offline_session_begin(call *call, ost_text id, ost_text user_id, ost_text login,
                                    ost_text login_notes, int64_t auth_time);

/* Whether a session is one; *ret_login is what `login` was, NULL for none. */
bool offline_session_is(call *call, const store_session *session, const char **ret_login);

/* When it ends that is used now, and, unless the client's part ends first, at all. */
int64_t offline_session_idle_ends(const call *call);

#endif
