/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of a user in the account REST API. */
#include "base/text.h"
#include "provider/account/account_call.h"
#include "provider/admin/admin_part.h"
#include "provider/realm/group.h"

static void put_or_empty(ost_json_writer *w, const ost_json *group, const char *name, bool list)
{
    const ost_json *value = ost_json_get(group, name);
    if (value != NULL) {
        ost_json_member_value(w, name, value);
        return;
    }
    ost_json_put_name(w, text_of(name));
    if (list) {
        ost_json_open_array(w);
        ost_json_close_array(w);
    } else {
        ost_json_open_object(w);
        ost_json_close_object(w);
    }
}

/* A group that a user is in, with the way to it: its own members are of the last one. */
static ost_result put_group(account_call *a, ost_json_writer *w, const ost_json *const *way,
                            size_t depth, bool whole)
{
    ost_arena *arena = a->call->arena;
    ost_text id = text_of(a->call->realm->id), parent = {0};
    const char *path = "";
    const ost_json *group = way[depth - 1];
    for (size_t i = 0; i < depth; i++) {
        parent = i > 0 ? id : (ost_text){0};
        id = part_id(id, way[i], arena);
        path = ost_arena_format(arena, "%s/%.*s", path, OST_FORMAT(part_text(way[i], "name")));
        if (path == NULL || id.len == 0)
            return OST_E_MEMORY;
    }
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_text(w, "name", part_text(group, "name"));
    ost_json_member_string(w, "path", path);
    if (parent.len > 0)
        ost_json_member_text(w, "parentId", parent);
    ost_json_put_name(w, OST_TEXT("subGroups"));
    ost_json_open_array(w);
    ost_json_close_array(w);
    if (whole) {
        put_or_empty(w, group, "attributes", false);
        put_or_empty(w, group, "realmRoles", true);
        put_or_empty(w, group, "clientRoles", false);
    }
    ost_json_close_object(w);
    return OST_OK;
}

ost_result account_list_groups(account_call *a)
{
    const ost_json *groups = ost_json_get(a->call->realm->document, "groups");
    const ost_json *way[GROUP_DEPTH];
    bool whole = account_asks(a, "briefRepresentation", "false");
    ost_text path;
    ost_result result = OST_OK;
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(ost_json_get(a->document, "groups"));
         at != NULL && result == OST_OK; at = ost_json_next(at)) {
        size_t depth = ost_json_text(at, &path) ? group_path(groups, path, way) : 0;
        if (depth > 0)
            result = put_group(a, w, way, depth, whole);
    }
    ost_json_close_array(w);
    return result == OST_OK ? account_answer(a, w) : result;
}
