/* SPDX-License-Identifier: Apache-2.0 */
/* One realm in memory, with a client of each kind, for fuzz targets that need a call. */
#ifndef ONE_REALM_H
#define ONE_REALM_H

#include "provider/call/call.h"

/* A fresh call; the one before is forgotten. */
call *one_realm_call(void);

#endif
