/* SPDX-License-Identifier: Apache-2.0 */
/* What every Keycloak realm has without saying so: client scopes, clients, roles. */
#ifndef REALM_DEFAULTS_H
#define REALM_DEFAULTS_H

#include <ostiary/json.h>

#define OFFLINE_ACCESS "offline_access" /* a role, and the client scope that asks for it */

/* JSON: {"clientScopes", "defaultDefaultClientScopes", "defaultOptionalClientScopes", "clients",
 * "realmRoles", "clientRoles", "serviceAccountMappers"}. "%REALM%" stands for the realm's name. */
ost_text realm_defaults_document(void);

/* The same read, with the realm's name in its places, all of which are in URLs. In the arena. */
OST_MUST_CHECK ost_result realm_defaults_load(ost_text realm_name, ost_text default_role,
                                              ost_arena *arena, const ost_json **ret_defaults);

#endif
