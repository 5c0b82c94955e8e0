/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a session that began at an identity provider. */
#ifndef BROKER_LOGOUT_H
#define BROKER_LOGOUT_H

#include "provider/call/call.h"

/* Where the user of a session with these notes ends the one there, and comes back to go on to
 * `location` (empty: to a page). False: nowhere, and nothing is to be done; where the call was
 * refused, memory is out. */
bool broker_logout_url(call *call, ost_text notes, ost_text location, ost_text *ret_url);

#endif
