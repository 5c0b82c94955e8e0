/* SPDX-License-Identifier: Apache-2.0 */
/* New names everywhere; see admin_rename.h. */
#include "provider/admin/admin_rename.h"

#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"

#define MAX_DEPTH 64 /* of groups: documents are not deeper */

typedef struct renamer {
    const store_renaming *what;
    ost_arena *arena;
    ost_json_writer *w;
    bool failed; /* out of memory */
} renamer;

static bool is_kind(const renamer *r, store_link kind)
{
    return r->what->kind == kind;
}

/* ---- lists of names ---- */

/* The new path of a group, or of one below it; false: it is not touched. */
static bool new_path(renamer *r, ost_text path, ost_text *ret_path)
{
    const store_renaming *what = r->what;
    bool below = path.len > what->from.len && path.data[what->from.len] == '/';
    if (!text_equal(text_slice(path, 0, what->from.len), what->from) ||
        (path.len != what->from.len && !below))
        return false;
    ost_text rest = text_slice(path, what->from.len, path.len);
    char *made = ost_arena_format(r->arena, "%.*s%.*s", (int)what->to.len,
                                  what->to.len > 0 ? what->to.data : "", (int)rest.len,
                                  rest.len > 0 ? rest.data : "");
    r->failed = r->failed || made == NULL;
    *ret_path = what->to.len > 0 ? text_of(made) : (ost_text){0};
    return true;
}

static void put_names(renamer *r, const ost_json *names)
{
    ost_text name, to;
    ost_json_open_array(r->w);
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        bool hit = false;
        if (ost_json_text(at, &name)) {
            to = r->what->to;
            hit = is_kind(r, STORE_LINK_GROUP) ? new_path(r, name, &to)
                                               : text_equal(name, r->what->from);
        }
        if (!hit)
            ost_json_put_value(r->w, at);
        else if (to.len > 0)
            ost_json_put_text(r->w, to);
    }
    ost_json_close_array(r->w);
}

typedef void put_list(renamer *r, const ost_json *list);

/* {client: [what `put` writes], …} */
static void put_clients(renamer *r, const ost_json *clients, put_list *put)
{
    ost_json_open_object(r->w);
    for (const ost_json *at = ost_json_first(clients); at != NULL; at = ost_json_next(at)) {
        bool here = text_equal(ost_json_name(at), r->what->owner);
        if (here && r->what->from.len == 0)
            continue;
        ost_json_put_name(r->w, ost_json_name(at));
        if (here)
            put(r, at);
        else
            ost_json_put_value(r->w, at);
    }
    ost_json_close_object(r->w);
}

/* ---- what has such lists ---- */

/* Of an object, the member `of_realms` lists roles of the realm and `of_clients` those of clients;
 * true when the member was written. */
static bool put_role_member(renamer *r, const ost_json *at, const char *of_realms,
                            const char *of_clients)
{
    bool of_realm = is_kind(r, STORE_LINK_REALM_ROLE) && text_is(ost_json_name(at), of_realms);
    bool of_client = is_kind(r, STORE_LINK_CLIENT_ROLE) && text_is(ost_json_name(at), of_clients);
    if (!of_realm && !of_client)
        return false;
    ost_json_put_name(r->w, ost_json_name(at));
    if (of_realm)
        put_names(r, at);
    else
        put_clients(r, at, put_names);
    return true;
}

static void put_member(renamer *r, const ost_json *at)
{
    ost_json_put_name(r->w, ost_json_name(at));
    ost_json_put_value(r->w, at);
}

static void put_role(renamer *r, const ost_json *role)
{
    ost_json_open_object(r->w);
    for (const ost_json *at = ost_json_first(role); at != NULL; at = ost_json_next(at)) {
        if (!text_is(ost_json_name(at), "composites")) {
            put_member(r, at);
            continue;
        }
        ost_json_put_name(r->w, ost_json_name(at));
        ost_json_open_object(r->w);
        for (const ost_json *part = ost_json_first(at); part != NULL; part = ost_json_next(part)) {
            if (!put_role_member(r, part, "realm", "client"))
                put_member(r, part);
        }
        ost_json_close_object(r->w);
    }
    ost_json_close_object(r->w);
}

static void put_role_list(renamer *r, const ost_json *list)
{
    ost_json_open_array(r->w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        put_role(r, at);
    ost_json_close_array(r->w);
}

static void put_roles(renamer *r, const ost_json *roles)
{
    ost_json_open_object(r->w);
    for (const ost_json *at = ost_json_first(roles); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(r->w, ost_json_name(at));
        if (ost_json_is(at, OST_JSON_ARRAY)) {
            put_role_list(r, at);
            continue;
        }
        ost_json_open_object(r->w);
        for (const ost_json *of = ost_json_first(at); of != NULL; of = ost_json_next(of)) {
            ost_json_put_name(r->w, ost_json_name(of));
            put_role_list(r, of);
        }
        ost_json_close_object(r->w);
    }
    ost_json_close_object(r->w);
}

static void put_groups(renamer *r, const ost_json *groups, unsigned depth)
{
    ost_json_open_array(r->w);
    for (const ost_json *group = ost_json_first(groups); group != NULL && depth < MAX_DEPTH;
         group = ost_json_next(group)) {
        ost_json_open_object(r->w);
        for (const ost_json *at = ost_json_first(group); at != NULL; at = ost_json_next(at)) {
            if (text_is(ost_json_name(at), "subGroups")) {
                ost_json_put_name(r->w, ost_json_name(at));
                put_groups(r, at, depth + 1);
            } else if (!put_role_member(r, at, "realmRoles", "clientRoles")) {
                put_member(r, at);
            }
        }
        ost_json_close_object(r->w);
    }
    ost_json_close_array(r->w);
}

/* [{"client": …, "roles": […]}, …] */
static void put_mappings(renamer *r, const ost_json *mappings)
{
    ost_json_open_array(r->w);
    for (const ost_json *entry = ost_json_first(mappings); entry != NULL;
         entry = ost_json_next(entry)) {
        ost_json_open_object(r->w);
        for (const ost_json *at = ost_json_first(entry); at != NULL; at = ost_json_next(at)) {
            ost_json_put_name(r->w, ost_json_name(at));
            if (text_is(ost_json_name(at), "roles"))
                put_names(r, at);
            else
                ost_json_put_value(r->w, at);
        }
        ost_json_close_object(r->w);
    }
    ost_json_close_array(r->w);
}

static void put_realm_member(renamer *r, const ost_json *at)
{
    ost_text name = ost_json_name(at);
    bool group = is_kind(r, STORE_LINK_GROUP);
    ost_json_put_name(r->w, name);
    if (text_is(name, "defaultGroups") && group)
        put_names(r, at);
    else if (text_is(name, "roles") && !group)
        put_roles(r, at);
    else if (text_is(name, "groups") && !group)
        put_groups(r, at, 0);
    else if (text_is(name, "scopeMappings") && is_kind(r, STORE_LINK_REALM_ROLE))
        put_mappings(r, at);
    else if (text_is(name, "clientScopeMappings") && is_kind(r, STORE_LINK_CLIENT_ROLE))
        put_clients(r, at, put_mappings);
    else
        ost_json_put_value(r->w, at);
}

ost_result document_rename(const ost_json *document, const store_renaming *renaming,
                           ost_arena *arena, const ost_json **ret_document)
{
    renamer r = {.what = renaming, .arena = arena, .w = ost_json_writer_new(arena, DOCUMENT_MAX)};
    if (r.w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(r.w);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at))
        put_realm_member(&r, at);
    ost_json_close_object(r.w);
    return r.failed ? OST_E_MEMORY : json_writer_read(r.w, &document_limits, ret_document, NULL);
}

ost_result admin_rename(admin_call *a, const ost_json *document, const store_renaming *renaming)
{
    ost_error error = {0};
    ost_result result = document_rename(document, renaming, a->arena, &document);
    if (result == OST_OK)
        result = realm_admin_rename(&a->realm, document, renaming, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    a->changed = true;
    return OST_OK;
}
