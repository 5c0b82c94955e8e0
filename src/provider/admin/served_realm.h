/* SPDX-License-Identifier: Apache-2.0 */
/* A realm that is served, opened for administration: reading one of 10,000 clients takes as long as
 * a hundred requests, and what is served, or has just been stored, is as good as what the store has
 * if it is of the same version. */
#ifndef SERVED_REALM_H
#define SERVED_REALM_H

#include "provider/admin/realm_admin.h"
#include "provider/call/provider_state.h"

/* realm_admin_open, without reading what is known. On the pool. */
OST_MUST_CHECK ost_result served_realm_open(provider *provider, ost_text name, ost_arena *arena,
                                            realm_admin *ret_admin);
/* realm_admin_close; what the realm has been stored as need not be read by those who serve it. */
void served_realm_close(provider *provider, realm_admin *admin);

#endif
