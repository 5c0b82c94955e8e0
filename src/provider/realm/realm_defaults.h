/* SPDX-License-Identifier: Apache-2.0 */
/* What every Keycloak realm has without saying so: client scopes, clients, roles. */
#ifndef REALM_DEFAULTS_H
#define REALM_DEFAULTS_H

#include <ostiary/types.h>

/* JSON: {"clientScopes", "defaultDefaultClientScopes", "defaultOptionalClientScopes", "clients",
 * "realmRoles", "clientRoles", "serviceAccountMappers"}. "%REALM%" stands for the realm's name. */
ost_text realm_defaults_document(void);

#endif
