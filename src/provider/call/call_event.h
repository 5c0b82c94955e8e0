/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to users and clients, by the names of Keycloak's events: members of the request's
 * line in the log, counted in the metrics, and kept for administrators. What Keycloak 26 has two
 * names for, UPDATE_PASSWORD and UPDATE_CREDENTIAL, is told by the older one and has both. */
#ifndef CALL_EVENT_H
#define CALL_EVENT_H

#include "provider/call/call.h"

/* The event of a call that has come to its end: `error` NULL for success, or Keycloak's word
 * ("invalid_user_credentials"); what call->event knows by then is told with it. On the exchange's
 * loop, before the answer. */
void event_tell(call *call, event_type type, const char *error);

/* One that went well, or did not, before that of the call's end: the log has it beside that. */
void event_tell_before(call *call, event_type type);
void event_tell_failed_before(call *call, event_type type, const char *error);

/* The same for a call that knows itself whether it was refused. */
void event_tell_outcome(call *call, event_type type);

/* Whether events of the type are kept where a realm does not say which. */
bool event_is_kept(event_type type);

/* "LOGIN", "LOGIN_ERROR" */
const char *event_name(event_type type, bool failed);

#endif
