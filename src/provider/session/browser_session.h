/* SPDX-License-Identifier: Apache-2.0 */
/* The browser's side of single sign-on: its cookies. */
#ifndef BROWSER_SESSION_H
#define BROWSER_SESSION_H

#include "provider/call/call.h"
#include "store/session/store_session.h"

/* Tells one browser from another while nobody has logged in; made when it is not there. */
ost_text browser_id(call *call, bool make);

/* The session that the identity cookie names, if it is authentic and alive. Uses the store: on the
 * pool. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result browser_session_load(call *call, struct store_session *ret_session);
bool browser_has_identity(const call *call);

/* Sets, or ends, the identity cookies. */
void browser_session_set(call *call, const struct store_session *session);
void browser_session_clear(call *call);

#endif
