/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a realm that is not there. */
#ifndef REALM_MISSING_H
#define REALM_MISSING_H

#include "store/store.h"

/* Fills the error with OST_E_NOT_FOUND, and with the name of a realm that is called nearly so, if
 * there is one; returns OST_E_NOT_FOUND. The arena is for work. For those at the store alone: it
 * tells which realms there are. */
ost_result realm_missing(store *store, ost_text name, ost_arena *arena, ost_error *error);

#endif
