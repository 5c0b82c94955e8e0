/* SPDX-License-Identifier: Apache-2.0 */
/* Groups as a tree; see admin_group.h. */
#include "provider/directory/admin_group.h"

#include <string.h>

#include "base/array.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/group.h"

#define VIEW (RIGHT_VIEW_USERS | RIGHT_MANAGE_USERS)

/* ---- loading ---- */

typedef struct group_loader {
    admin_call *admin;
    admin_groups groups;
    bool failed;
} group_loader;

static size_t count_groups(const ost_json *list, unsigned depth)
{
    size_t count = 0;
    for (const ost_json *at = ost_json_first(list); at != NULL && depth < GROUP_DEPTH;
         at = ost_json_next(at))
        count += 1 + count_groups(ost_json_get(at, "subGroups"), depth + 1);
    return count;
}

/* `prefix`/`name`, with "~" before each slash of the name if that is wanted. */
static const char *join(group_loader *l, const char *prefix, ost_text name, bool escaped)
{
    size_t room = strlen(prefix) + 2 * name.len + 2, len = strlen(prefix);
    char *path = ost_arena_alloc(l->admin->arena, room);
    l->failed = l->failed || path == NULL;
    if (path == NULL)
        return "";
    memcpy(path, prefix, len);
    path[len++] = '/';
    for (size_t i = 0; i < name.len; i++) {
        if (escaped && name.data[i] == '/')
            path[len++] = '~';
        path[len++] = name.data[i];
    }
    path[len] = '\0';
    return path;
}

static admin_group *load_list(group_loader *l, const ost_json *list, admin_group *parent)
{
    admin_group *first = NULL, *last = NULL;
    unsigned depth = parent != NULL ? parent->depth + 1 : 1;
    for (const ost_json *at = ost_json_first(list); at != NULL && depth <= GROUP_DEPTH;
         at = ost_json_next(at)) {
        admin_group *g = &l->groups.list[l->groups.count++];
        g->document = at;
        g->name = part_text(at, "name");
        g->id = part_id(parent != NULL ? parent->id : text_of(l->admin->realm.realm->id), at,
                        l->admin->arena);
        g->path = join(l, parent != NULL ? parent->path : "", g->name, false);
        g->key = join(l, parent != NULL ? parent->key : "", g->name, true);
        g->parent = parent;
        g->depth = depth;
        l->failed = l->failed || g->id.len == 0;
        if (last != NULL)
            last->next = g;
        else
            first = g;
        last = g;
        if (parent != NULL)
            parent->children++;
        g->first_child = load_list(l, ost_json_get(at, "subGroups"), g);
    }
    return first;
}

ost_result admin_groups_load(admin_call *a, admin_groups *ret_groups)
{
    const ost_json *list = ost_json_get(a->realm.realm->document, "groups");
    group_loader l = {.admin = a};
    l.groups.list = ost_arena_alloc(a->arena, (count_groups(list, 0) + 1) * sizeof *l.groups.list);
    if (l.groups.list == NULL)
        return OST_E_MEMORY;
    (void)load_list(&l, list, NULL);
    if (l.failed)
        return OST_E_MEMORY;
    *ret_groups = l.groups;
    return OST_OK;
}

const admin_group *admin_groups_find(const admin_groups *groups, ost_text id)
{
    for (size_t i = 0; i < groups->count; i++) {
        if (text_equal(groups->list[i].id, id))
            return &groups->list[i];
    }
    return NULL;
}

const admin_group *admin_groups_at(const admin_groups *groups, ost_text path)
{
    if (text_starts(path, "/"))
        path = text_slice(path, 1, path.len);
    for (size_t i = 0; i < groups->count; i++) {
        if (text_is(path, groups->list[i].key + 1))
            return &groups->list[i];
    }
    return NULL;
}

const admin_group *admin_groups_of_path(admin_call *a, const admin_groups *groups, size_t parameter,
                                        const char *words)
{
    const admin_group *group = admin_groups_find(groups, a->values[parameter]);
    if (group == NULL)
        admin_refuse(a, 404, "error", words);
    return group;
}

/* ---- writing ---- */

static void put_or_empty(ost_json_writer *w, const admin_group *group, const char *name,
                         const char *empty)
{
    const ost_json *value = ost_json_get(group->document, name);
    if (value != NULL) {
        ost_json_member_value(w, name, value);
        return;
    }
    ost_json_put_name(w, text_of(name));
    if (empty[0] == '[') {
        ost_json_open_array(w);
        ost_json_close_array(w);
    } else {
        ost_json_open_object(w);
        ost_json_close_object(w);
    }
}

static void put_access(const admin_call *a, ost_json_writer *w)
{
    static const char *const manages[] = {"manageMembers", "manage", "manageMembership"};
    bool view = admin_may(a, VIEW);
    ost_json_put_name(w, OST_TEXT("access"));
    ost_json_open_object(w);
    ost_json_member_boolean(w, "view", view);
    ost_json_member_boolean(w, "viewMembers", view);
    for (size_t i = 0; i < ARRAY_LEN(manages); i++)
        ost_json_member_boolean(w, manages[i], admin_may(a, RIGHT_MANAGE_USERS));
    ost_json_close_object(w);
}

void admin_group_open(const admin_call *a, ost_json_writer *w, const admin_group *group,
                      unsigned flags)
{
    ost_json_open_object(w);
    ost_json_member_text(w, "id", group->id);
    ost_json_member_text(w, "name", group->name);
    ost_json_member_string(w, "path", group->path);
    if (group->parent != NULL)
        ost_json_member_text(w, "parentId", group->parent->id);
    if (flags & GROUP_COUNT)
        ost_json_member_integer(w, "subGroupCount", (int64_t)group->children);
    if (flags & GROUP_WHOLE) {
        admin_put_settings(w, "attributes", ost_json_get(group->document, "attributes"), NULL);
        put_or_empty(w, group, "realmRoles", "[]");
        put_or_empty(w, group, "clientRoles", "{}");
    }
    if (flags & GROUP_ACCESS)
        put_access(a, w);
    ost_json_put_name(w, OST_TEXT("subGroups"));
    ost_json_open_array(w);
}

void admin_group_close(ost_json_writer *w)
{
    ost_json_close_array(w);
    ost_json_close_object(w);
}

void admin_group_put(const admin_call *a, ost_json_writer *w, const admin_group *group,
                     unsigned flags)
{
    admin_group_open(a, w, group, flags);
    admin_group_close(w);
}

/* ---- changing ---- */

typedef struct group_writer {
    admin_call *admin;
    const admin_groups *groups;
    const group_edit *edit;
    ost_json_writer *w;
    bool failed;
} group_writer;

static void put_level(group_writer *g, const admin_group *parent, const char *prefix);

/* A group's own members; its path, and (not NULL) those below it. */
static void put_group(group_writer *g, const ost_json *document, ost_text id, const char *prefix,
                      const admin_group *group)
{
    ost_text name = part_text(document, "name");
    char *path = ost_arena_format(g->admin->arena, "%s/%.*s", prefix, (int)name.len, name.data);
    g->failed = g->failed || path == NULL;
    if (path == NULL)
        return;
    ost_json_open_object(g->w);
    ost_json_member_text(g->w, "id", id);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        ost_text member = ost_json_name(at);
        if (text_is(member, "id") || text_is(member, "path") || text_is(member, "subGroups"))
            continue;
        ost_json_put_name(g->w, member);
        ost_json_put_value(g->w, at);
    }
    ost_json_member_string(g->w, "path", path);
    ost_json_put_name(g->w, OST_TEXT("subGroups"));
    ost_json_open_array(g->w);
    if (group != NULL)
        put_level(g, group, path);
    ost_json_close_array(g->w);
    ost_json_close_object(g->w);
}

static void put_there(group_writer *g, const admin_group *group, const char *prefix)
{
    const ost_json *document = group == g->edit->changed ? g->edit->document : group->document;
    put_group(g, document, group->id, prefix, group);
}

static void put_level(group_writer *g, const admin_group *parent, const char *prefix)
{
    const group_edit *e = g->edit;
    const admin_group *first = parent != NULL         ? parent->first_child
                               : g->groups->count > 0 ? &g->groups->list[0]
                                                      : NULL;
    for (const admin_group *at = first; at != NULL; at = at->next) {
        if (at != e->out)
            put_there(g, at, prefix);
    }
    if (!e->adds || e->into != parent)
        return;
    if (e->added != NULL)
        put_group(g, e->added, part_text(e->added, "id"), prefix, NULL);
    else
        put_there(g, e->out, prefix);
}

ost_result admin_groups_edit(admin_call *a, const admin_groups *groups, const group_edit *edit,
                             const ost_json **ret_document)
{
    const ost_json *tree;
    group_writer g = {.admin = a,
                      .groups = groups,
                      .edit = edit,
                      .w = ost_json_writer_new(a->arena, DOCUMENT_MAX)};
    if (g.w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(g.w);
    put_level(&g, NULL, "");
    ost_json_close_array(g.w);
    ost_result result =
        g.failed ? OST_E_MEMORY : json_writer_read(g.w, &document_limits, &tree, NULL);
    return result == OST_OK ? document_put(a->realm.realm->document, OST_TEXT("groups"), tree,
                                           a->arena, ret_document)
                            : result;
}
