/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of the admin REST API; see role_part.h. */
#include "provider/admin/role_part.h"

#include "base/text.h"
#include "provider/admin/admin_part.h"

const ost_json *role_part_list(const realm *r, const realm_client *client)
{
    const ost_json *roles = ost_json_get(r->document, "roles");
    return client == NULL ? ost_json_get(roles, "realm")
                          : ost_json_get(ost_json_get(roles, "client"), client->client_id);
}

bool role_part_find(const realm *r, const realm_client *client, ost_text id, json_finder *finder,
                    role_part *ret_role)
{
    const ost_json *role = json_finder_find(finder, role_part_list(r, client), "id", id);
    if (role == NULL)
        return false;
    *ret_role = (role_part){client, part_text(role, "name"), role};
    return true;
}

static bool is_composite(const ost_json *role)
{
    const ost_json *parts = ost_json_get(role, "composites");
    if (ost_json_count(ost_json_get(parts, "realm")) > 0)
        return true;
    for (const ost_json *at = ost_json_first(ost_json_get(parts, "client")); at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_count(at) > 0)
            return true;
    }
    return false;
}

void role_part_put(ost_text realm_id, const role_part *role, bool brief, ost_json_writer *w)
{
    const ost_json *description = ost_json_get(role->document, "description");
    ost_json_open_object(w);
    ost_json_member_text(w, "id", part_text(role->document, "id"));
    ost_json_member_text(w, "name", role->name);
    if (description != NULL)
        ost_json_member_value(w, "description", description);
    ost_json_member_boolean(w, "composite", is_composite(role->document));
    ost_json_member_boolean(w, "clientRole", role->client != NULL);
    ost_json_member_text(w, "containerId",
                         role->client != NULL ? text_of(role->client->id) : realm_id);
    if (!brief)
        admin_put_settings(w, "attributes", ost_json_get(role->document, "attributes"), NULL);
    ost_json_close_object(w);
}
