/* SPDX-License-Identifier: Apache-2.0 */
/* Looks once a second after what the program depends on elsewhere: its issuers' keys, introspection
 * and status lists, and the endpoints that browsers sign in at. The log gets one line when one of
 * them begins to fail and one when it works again. */
#ifndef WATCH_H
#define WATCH_H

#include "app/app_state.h"

typedef struct watch watch;

/* Begins with a look at once; guard, login and log of the server outlive it. OST_E_MEMORY,
 * OST_E_SYSTEM. */
OST_MUST_CHECK ost_result watch_new(const app_server *server, watch **ret_watch);
void watch_free(watch *watch); /* NULL is fine */

#endif
