/* SPDX-License-Identifier: Apache-2.0 */
/* The roles that belong to a client. */
#ifndef CLIENT_ROLES_H
#define CLIENT_ROLES_H

#include "provider/realm/realm.h"

/* RoleRepresentations of the realm's document; NULL: it has none. */
static inline const ost_json *client_own_roles(const realm *r, const realm_client *client)
{
    const ost_json *of_clients = ost_json_get(ost_json_get(r->document, "roles"), "client");
    return ost_json_get(of_clients, client->client_id);
}

#endif
