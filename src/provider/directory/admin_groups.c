/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of the admin REST API: reading and changing the tree. */
#include <stdlib.h>
#include <string.h>

#include "base/json/json_writer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/admin_rename.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/admin_grant.h"
#include "provider/directory/admin_group.h"
#include "provider/directory/admin_role.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/group.h"
#include "provider/realm/uuid.h"
#include "store/user/user_link.h"

#define MAX_NAME 255
#define NO_GROUP "Could not find group by id"
#define NO_CHILD "Could not find child by id"

/* ---- changing ---- */

static bool is_absent(const ost_json *value)
{
    return value == NULL || ost_json_is(value, OST_JSON_NULL);
}

static bool is_map_of_lists(const ost_json *map)
{
    bool good = is_absent(map) || ost_json_is(map, OST_JSON_OBJECT);
    for (const ost_json *at = ost_json_first(map); at != NULL; at = ost_json_next(at)) {
        good = good && ost_json_is(at, OST_JSON_ARRAY);
        for (const ost_json *one = ost_json_first(at); one != NULL; one = ost_json_next(one))
            good = good && ost_json_is(one, OST_JSON_STRING);
    }
    return good;
}

/* A body with a name that is not blank; false: the call is refused. */
static bool check_body(admin_call *a, ost_text *ret_name)
{
    ost_text name = {0};
    if (!admin_body_of(a, &member_group))
        return false;
    const ost_json *id = ost_json_get(a->body, "id");
    (void)!ost_json_text(ost_json_get(a->body, "name"), &name);
    if (text_trim_lines(name).len == 0)
        admin_refuse(a, 400, "errorMessage", "Group name is missing");
    else if (name.len > MAX_NAME || !is_map_of_lists(ost_json_get(a->body, "attributes")) ||
             !(is_absent(id) || ost_json_is(id, OST_JSON_STRING)))
        admin_refuse(a, 400, "error", "unknown_error");
    *ret_name = name;
    return a->status == 0;
}

static const admin_group *child_named(const admin_groups *groups, const admin_group *parent,
                                      ost_text name)
{
    for (size_t i = 0; i < groups->count; i++) {
        if (groups->list[i].parent == parent && text_equal(groups->list[i].name, name))
            return &groups->list[i];
    }
    return NULL;
}

static ost_result refuse_name(admin_call *a, const char *which, ost_text name)
{
    char *why = ost_arena_format(a->arena, "%s group named '%.*s' already exists.", which,
                                 (int)name.len, name.data);
    return why != NULL ? admin_refuse(a, 409, "errorMessage", why) : OST_E_MEMORY;
}

static ost_result write_new(admin_call *a, ost_text name, ost_text id, const ost_json **ret_group)
{
    const ost_json *attributes = ost_json_get(a->body, "attributes");
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL || id.data == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_text(w, "name", name);
    if (!is_absent(attributes))
        ost_json_member_value(w, "attributes", attributes);
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_group, NULL);
}

static ost_result answer_created(admin_call *a, const admin_group *parent, ost_text id,
                                 const ost_json *document, ost_text name)
{
    char *path = ost_arena_format(a->arena, "%s/%.*s", parent != NULL ? parent->path : "",
                                  (int)name.len, name.data);
    const admin_group made = {
        .document = document, .id = id, .name = name, .path = path, .parent = parent};
    ost_result result = OST_OK;
    if (parent != NULL) {
        ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
        if (w == NULL || path == NULL)
            return OST_E_MEMORY;
        admin_group_put(a, w, &made, GROUP_WHOLE | GROUP_ACCESS);
        result = admin_answer(a, w);
    }
    return result == OST_OK
               ? admin_answer_created(
                     a, ost_arena_format(a->arena, "/realms/%s/groups/%.*s",
                                         percent_encode(a->arena, a->realm.row.name).data,
                                         (int)id.len, id.data))
               : result;
}

static ost_result group_add(admin_call *a, const admin_groups *groups, const admin_group *parent,
                            ost_text name)
{
    const ost_json *document, *added;
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    if (child_named(groups, parent, name) != NULL)
        return refuse_name(a, parent != NULL ? "Sibling" : "Top level", name);
    if (parent != NULL && parent->depth >= GROUP_DEPTH)
        return admin_refuse(a, 400, "errorMessage", "Groups stand no deeper than this");
    ost_result result = write_new(a, name, id, &added);
    const group_edit edit = {.adds = true, .into = parent, .added = added};
    if (result == OST_OK)
        result = admin_groups_edit(a, groups, &edit, &document);
    if (result == OST_OK)
        result = admin_store(a, document);
    return result == OST_OK && a->status == 0 ? answer_created(a, parent, id, added, name) : result;
}

static unsigned height(const admin_group *group)
{
    unsigned highest = 0;
    for (const admin_group *at = group->first_child; at != NULL; at = at->next) {
        unsigned below = height(at);
        highest = below > highest ? below : highest;
    }
    return highest + 1;
}

/* The document with the group elsewhere or under another name, and users who follow it. */
static ost_result store_moved(admin_call *a, const admin_groups *groups, const group_edit *edit,
                              const admin_group *group, const char *parent_key, ost_text name)
{
    const ost_json *document;
    char *key = ost_arena_alloc(a->arena, strlen(parent_key) + 2 * name.len + 2);
    if (key == NULL)
        return OST_E_MEMORY;
    size_t len = strlen(parent_key);
    memcpy(key, parent_key, len);
    key[len++] = '/';
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == '/')
            key[len++] = '~';
        key[len++] = name.data[i];
    }
    const store_renaming renaming = {
        .kind = STORE_LINK_GROUP, .from = text_of(group->key), .to = {key, len}};
    ost_result result = admin_groups_edit(a, groups, edit, &document);
    if (result == OST_OK)
        result = text_equal(renaming.from, renaming.to) ? admin_store(a, document)
                                                        : admin_rename(a, document, &renaming);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

static ost_result move(admin_call *a, const admin_groups *groups, const admin_group *parent)
{
    ost_text id = part_text(a->body, "id");
    const admin_group *group = admin_groups_find(groups, id);
    if (group == NULL)
        return admin_refuse(a, 404, "error", NO_CHILD);
    if (group == parent || group->parent == parent)
        return admin_answer_done(a);
    for (const admin_group *at = parent; at != NULL; at = at->parent) {
        if (at == group)
            return admin_refuse(a, 400, "errorMessage", "A group cannot be moved below itself");
    }
    if (child_named(groups, parent, group->name) != NULL)
        return refuse_name(a, parent != NULL ? "Sibling" : "Top level", group->name);
    if (parent != NULL && parent->depth + height(group) > GROUP_DEPTH)
        return admin_refuse(a, 400, "errorMessage", "Groups stand no deeper than this");
    bool may = true; /* its members get what the groups above it pass on */
    ost_result result =
        parent != NULL ? admin_may_grant_group(a, text_of(parent->key), &may) : OST_OK;
    if (result != OST_OK || !may)
        return result != OST_OK ? result : admin_forbid(a);
    const group_edit edit = {.out = group, .adds = true, .into = parent};
    return store_moved(a, groups, &edit, group, parent != NULL ? parent->key : "", group->name);
}

static ost_result add_or_move(admin_call *a, const admin_groups *groups, const admin_group *parent)
{
    ost_text name;
    if (!check_body(a, &name))
        return OST_OK;
    return is_absent(ost_json_get(a->body, "id")) ? group_add(a, groups, parent, name)
                                                  : move(a, groups, parent);
}

ost_result admin_create_group(admin_call *a)
{
    admin_groups groups;
    ost_result result = admin_groups_load(a, &groups);
    return result == OST_OK ? add_or_move(a, &groups, NULL) : result;
}

ost_result admin_create_child(admin_call *a)
{
    admin_groups groups;
    ost_result result = admin_groups_load(a, &groups);
    if (result != OST_OK)
        return result;
    const admin_group *parent = admin_groups_of_path(a, &groups, 1, NO_GROUP);
    return parent != NULL ? add_or_move(a, &groups, parent) : OST_OK;
}

ost_result admin_update_group(admin_call *a)
{
    admin_groups groups;
    ost_text name;
    group_edit edit = {0};
    ost_result result = admin_groups_load(a, &groups);
    if (result != OST_OK)
        return result;
    const admin_group *group = admin_groups_of_path(a, &groups, 1, NO_GROUP);
    if (group == NULL || !check_body(a, &name))
        return OST_OK;
    const admin_group *same = child_named(&groups, group->parent, name);
    if (same != NULL && same != group)
        return refuse_name(a, "Sibling", name);
    const ost_json *attributes = ost_json_get(a->body, "attributes");
    result = document_put_text(group->document, "name", name, a->arena, &edit.document);
    if (result == OST_OK && !is_absent(attributes))
        result = document_put(edit.document, OST_TEXT("attributes"), attributes, a->arena,
                              &edit.document);
    if (result != OST_OK)
        return result;
    edit.changed = group;
    return store_moved(a, &groups, &edit, group, group->parent != NULL ? group->parent->key : "",
                       name);
}

ost_result admin_delete_group(admin_call *a)
{
    admin_groups groups;
    const ost_json *document;
    ost_result result = admin_groups_load(a, &groups);
    if (result != OST_OK)
        return result;
    const admin_group *group = admin_groups_of_path(a, &groups, 1, NO_GROUP);
    if (group == NULL)
        return OST_OK;
    const group_edit edit = {.out = group};
    const store_renaming renaming = {.kind = STORE_LINK_GROUP, .from = text_of(group->key)};
    result = admin_groups_edit(a, &groups, &edit, &document);
    if (result == OST_OK)
        result = admin_rename(a, document, &renaming);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}
