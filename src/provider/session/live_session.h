/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that are not over, and room for one more of a user, where their login's flow has a
 * limit. Uses the store: on the pool alone. */
#ifndef LIVE_SESSION_H
#define LIVE_SESSION_H

#include "provider/call/call.h"
#include "provider/flow/flow_facts.h"
#include "store/session/session_limit.h"
#include "store/session/store_session.h"

/* OST_E_NOT_FOUND: there is none of that id. */
OST_MUST_CHECK ost_result session_load(call *call, ost_text id, store_session *ret_session);

/* Whether there is room for the call's client, before somebody is told to go on: what counts is
 * store_login_within. `own`: their session that the browser has, in which the login goes on; empty:
 * a new one begins. HOLD_UNKNOWN: the store cannot be asked. */
flow_hold session_room_find(call *call, ost_text user_id, const flow_limit *limit, ost_text own);

/* What the flow has found, for the store. It borrows the user's id. */
store_room session_room_of(const call *call, ost_text user_id, const flow_room *room);

/* Clients of sessions that it may have ended are told. */
void session_room_tell(call *call, const store_room *room);

#endif
