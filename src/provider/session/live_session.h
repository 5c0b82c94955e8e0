/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that are not over, and room for one more of a user, where their login's flow has a
 * limit. Uses the store: on the pool alone. */
#ifndef LIVE_SESSION_H
#define LIVE_SESSION_H

#include "provider/call/call.h"
#include "provider/flow/flow_facts.h"

/* OST_E_NOT_FOUND: there is none of that id. */
OST_MUST_CHECK ost_result session_load(call *call, ost_text id, struct store_session *ret_session);

/* Of two logins in one moment each finds the room of before. Whether there is room for the call's
 * client. `own`: their session that the browser has, in which the login goes on; empty: a new one
 * begins. HOLD_UNKNOWN: the store cannot be asked. */
flow_hold session_room_find(call *call, ost_text user_id, const flow_limit *limit, ost_text own);

/* Ends sessions of the user until there is, those that were used least lately first; their clients
 * are told. */
OST_MUST_CHECK ost_result session_room_make(call *call, ost_text user_id, const flow_limit *limit,
                                            ost_text own);

#endif
