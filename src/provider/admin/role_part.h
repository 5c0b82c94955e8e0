/* SPDX-License-Identifier: Apache-2.0 */
/* Roles as the admin REST API names them: by id, and as representations. */
#ifndef ROLE_PART_H
#define ROLE_PART_H

#include <ostiary/json.h>

#include "base/json/json_finder.h"
#include "provider/realm/realm.h"

typedef struct role_part {
    const realm_client *client; /* NULL: a role of the realm */
    ost_text name;
    const ost_json *document;
} role_part;

/* The roles of a client or (NULL) of the realm: an array of a realm's document. */
const ost_json *role_part_list(const realm *realm, const realm_client *client);

/* The role with the id, among those of one client or (NULL) of the realm. `finder`: for many of
 * them; NULL: for one. */
bool role_part_find(const realm *realm, const realm_client *client, ost_text id,
                    json_finder *finder, role_part *ret_role);

/* Writes a RoleRepresentation; the brief one has no attributes. `realm_id`:
 * of the realm that holds it. */
void role_part_put(ost_text realm_id, const role_part *role, bool brief, ost_json_writer *writer);

#endif
