/* SPDX-License-Identifier: Apache-2.0 */
/* Who a user is, by user name and password; and the sessions that follow from it. Uses the store:
 * on the pool alone. */
#ifndef AUTHENTICATION_H
#define AUTHENTICATION_H

#include "provider/call/call.h"
#include "provider/session/authenticated_user.h"
#include "provider/session/live_session.h"
#include "store/session/store_session.h"
#include "store/user/user_record.h"

typedef enum authentication_outcome {
    AUTHENTICATED,
    AUTHENTICATION_WRONG,    /* no such user, or another password: which is not said */
    AUTHENTICATION_DISABLED, /* the user is disabled, and the password right */
    AUTHENTICATION_DENIED,   /* the password is right, and the flow of a direct grant denies them */
    AUTHENTICATION_BUSY,     /* the store could not be asked */
} authentication_outcome;

/* Checks the password (always, so that every outcome takes the same time) and brings its stored
 * form up to date; and what the client's flow demands beside it: of a direct grant the code that
 * came along, while at a browser it is yet to be asked for. *ret_user is filled when the user
 * exists. */
authentication_outcome authenticate(call *call, realm_flow flow, ost_text username,
                                    ost_text password, authenticated_user *ret_user);

/* Checks a one-time code of somebody whose password was right, by the credential of that id
 * (empty: their first); failures count as those of a password, and a success that is not the last
 * step (`halfway`) as neither. Likewise the recovery code that is their next: it is used up by
 * that, at all nodes. */
authentication_outcome authentication_check_code(call *call, const authenticated_user *user,
                                                 ost_text credential, ost_text code, bool halfway);
authentication_outcome authentication_check_recovery(call *call, const authenticated_user *user,
                                                     ost_text code, bool halfway);

/* Counts and tells what has become of a key or code, as of a login (`halfway`: which is not over by
 * it); and what that is by the result of a check. */
authentication_outcome authentication_conclude(call *call, const authenticated_user *user,
                                               authentication_outcome tried, bool halfway);
authentication_outcome authentication_outcome_of(ost_result result);

/* Asks a user who is logged in for the password again; failures count as those of a login. */
authentication_outcome authentication_confirm(call *call, const struct store_user *user,
                                              ost_text password);

/* Reads a user that a session names. OST_E_NOT_FOUND: gone; OST_E_STATE: disabled. */
OST_MUST_CHECK ost_result authentication_load_user(call *call, ost_text id,
                                                   authenticated_user *ret_user);

/* A new session of the user, with its ends by the realm's lifespans. */
struct store_session session_begin(call *call, ost_text user_id, bool remember);

/* When an idle session ends that is used now. */
int64_t session_idle_ends(const call *call, bool remembered);

/* Ends the sessions of a user but the one of the id `kept` (empty: all); those for offline access
 * belong to applications and stay. Their clients are told. */
OST_MUST_CHECK ost_result session_end_others(call *call, ost_text user_id, ost_text kept);

/* When the client last began with the session: a new login begins its part again. */
int64_t client_session_since(call *call, const store_client_session *session);

#endif
