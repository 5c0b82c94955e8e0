/* SPDX-License-Identifier: Apache-2.0 */
/* The guard of a program, made of its settings. */
#ifndef APP_GUARD_H
#define APP_GUARD_H

#include "app/app_state.h"

/* Makes server->guard; none where every route is open and no issuer is named. OST_E_CONFIG: what
 * the operator must change; OST_E_SYSTEM, OST_E_MEMORY. */
OST_MUST_CHECK ost_result app_guard_new(app_server *server, ost_error *error);

#endif
