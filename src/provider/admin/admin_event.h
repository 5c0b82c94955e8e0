/* SPDX-License-Identifier: Apache-2.0 */
/* What administrators did, as the realm keeps it. */
#ifndef ADMIN_EVENT_H
#define ADMIN_EVENT_H

#include "provider/admin/admin_call.h"
#include "store/store_event.h"

/* The event of a change; its texts are the call's. False: the realm keeps none of it. */
bool admin_event_make(admin_call *admin, store_event *ret_event);

/* Stores the event of a change that has been made, if the realm keeps them. Secrets of the body are
 * masked. */
void admin_event_tell(admin_call *admin);

#endif
