/* SPDX-License-Identifier: Apache-2.0 */
/* Roles; see role.h. A role is a number; a set of roles is a byte per role. */
#include "provider/realm/role.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/realm/group.h"

#define MAX_ROLES 50000

typedef struct role {
    ost_text client; /* empty: a realm role */
    ost_text name;
    const ost_json *composites; /* {"realm": […], "client": {…: […]}}; NULL: none */
} role;

struct role_table {
    role *roles; /* sorted by client and name */
    size_t count;
    const ost_json *groups;
    const ost_json *document;
};

static int compare_roles(const void *a, const void *b)
{
    const role *one = a, *other = b;
    int order = text_compare(one->client, other->client);
    return order != 0 ? order : text_compare(one->name, other->name);
}

/* ---- loading ---- */

static ost_result add_roles(const ost_json *list, ost_text client, role_table *table,
                            ost_error *error)
{
    size_t at = 0;
    if (list != NULL && !ost_json_is(list, OST_JSON_ARRAY))
        return ost_error_set(error, OST_E_FORMAT, "roles: a list of roles is not an array");
    for (const ost_json *entry = ost_json_first(list); entry != NULL;
         entry = ost_json_next(entry), at++) {
        role *r = &table->roles[table->count];
        if (!ost_json_text(ost_json_get(entry, "name"), &r->name))
            return ost_error_set(error, OST_E_FORMAT, "roles.%s%.*s[%zu].name: not a string",
                                 client.len > 0 ? "client." : "realm", (int)client.len,
                                 client.len > 0 ? client.data : "", at);
        r->client = client;
        r->composites = ost_json_get(entry, "composites");
        table->count++;
    }
    return OST_OK;
}

static size_t count_roles(const ost_json *roles)
{
    const ost_json *clients = ost_json_get(roles, "client");
    size_t count = ost_json_count(ost_json_get(roles, "realm"));
    for (const ost_json *client = ost_json_first(clients); client != NULL;
         client = ost_json_next(client))
        count += ost_json_count(client);
    return count;
}

ost_result role_table_load(const ost_json *document, ost_arena *arena, const role_table **ret_table,
                           ost_error *error)
{
    const ost_json *roles = ost_json_get(document, "roles");
    size_t count = count_roles(roles);
    role_table *table = ost_arena_alloc(arena, sizeof *table);
    if (count > MAX_ROLES)
        return ost_error_set(error, OST_E_CEILING, "roles: %zu, where %d are allowed", count,
                             MAX_ROLES);
    if (table == NULL ||
        (table->roles = ost_arena_alloc(arena, (count + 1) * sizeof(role))) == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    table->groups = ost_json_get(document, "groups");
    table->document = document;
    ost_result result = add_roles(ost_json_get(roles, "realm"), (ost_text){0}, table, error);
    for (const ost_json *client = ost_json_first(ost_json_get(roles, "client"));
         client != NULL && result == OST_OK; client = ost_json_next(client))
        result = add_roles(client, ost_json_name(client), table, error);
    if (result != OST_OK)
        return result;
    qsort(table->roles, table->count, sizeof(role), compare_roles);
    *ret_table = table;
    return OST_OK;
}

/* ---- sets ---- */

static const role *find_role(const role_table *table, ost_text client, ost_text name)
{
    const role wanted = {.client = client, .name = name};
    return bsearch(&wanted, table->roles, table->count, sizeof(role), compare_roles);
}

bool role_exists(const realm *r, ost_text client, ost_text name)
{
    return find_role(r->roles, client, name) != NULL;
}

ost_text role_client_of(const realm *r, ost_text name, ost_text *ret_role)
{
    for (size_t at = name.len; at > 0; at--) {
        ost_text client = text_slice(name, 0, at - 1);
        if (name.data[at - 1] != '.' || realm_find_client(r, client) == NULL)
            continue;
        *ret_role = text_slice(name, at, name.len);
        return client;
    }
    *ret_role = name;
    return (ost_text){0};
}

static ost_result check_names(const role_table *table, const role *r, ost_text client,
                              const ost_json *names, ost_error *error)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name) && find_role(table, client, name) == NULL)
            return ost_error_set(error, OST_E_FORMAT,
                                 "roles: composites of %.*s: no role %.*s%s%.*s", (int)r->name.len,
                                 r->name.data, (int)name.len, name.data,
                                 client.len > 0 ? " of the client " : "", (int)client.len,
                                 client.len > 0 ? client.data : "");
    }
    return OST_OK;
}

ost_result role_composites_check(const realm *r, ost_error *error)
{
    const role_table *table = r->roles;
    ost_result result = OST_OK;
    for (size_t i = 0; i < table->count && result == OST_OK; i++) {
        const role *one = &table->roles[i];
        result =
            check_names(table, one, (ost_text){0}, ost_json_get(one->composites, "realm"), error);
        for (const ost_json *at = ost_json_first(ost_json_get(one->composites, "client"));
             at != NULL && result == OST_OK; at = ost_json_next(at))
            result = check_names(table, one, ost_json_name(at), at, error);
    }
    return result;
}

typedef struct role_set {
    const role_table *table;
    unsigned char *has; /* a byte per role */
    size_t *pending;    /* roles whose composites are still to be followed */
    size_t pending_count;
} role_set;

static ost_result role_set_new(const role_table *table, ost_arena *arena, role_set *ret_set)
{
    role_set set = {.table = table};
    set.has = ost_arena_alloc(arena, table->count + 1);
    set.pending = ost_arena_alloc(arena, (table->count + 1) * sizeof(size_t));
    if (set.has == NULL || set.pending == NULL)
        return OST_E_MEMORY;
    *ret_set = set;
    return OST_OK;
}

/* Each role is entered once, so that cycles of composites end. */
static void enter(role_set *set, ost_text client, ost_text name)
{
    const role *r = find_role(set->table, client, name);
    size_t index = r != NULL ? (size_t)(r - set->table->roles) : 0;
    if (r == NULL || set->has[index])
        return;
    set->has[index] = 1;
    set->pending[set->pending_count++] = index;
}

static void enter_names(role_set *set, ost_text client, const ost_json *names)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name))
            enter(set, client, name);
    }
}

static void enter_clients(role_set *set, const ost_json *clients)
{
    for (const ost_json *at = ost_json_first(clients); at != NULL; at = ost_json_next(at))
        enter_names(set, ost_json_name(at), at);
}

static void follow_composites(role_set *set)
{
    while (set->pending_count > 0) {
        const role *entry = &set->table->roles[set->pending[--set->pending_count]];
        enter_names(set, (ost_text){0}, ost_json_get(entry->composites, "realm"));
        enter_clients(set, ost_json_get(entry->composites, "client"));
    }
}

/* A group passes its roles and those of the groups above it on: "/parent/child". */
static void enter_group(role_set *set, ost_text path)
{
    const ost_json *way[GROUP_DEPTH];
    size_t depth = group_path(set->table->groups, path, way);
    for (size_t i = 0; i < depth; i++) {
        enter_names(set, (ost_text){0}, ost_json_get(way[i], "realmRoles"));
        enter_clients(set, ost_json_get(way[i], "clientRoles"));
    }
}

/* ---- lists ---- */

/* NUL-terminated names of one client's (or the realm's) roles in the set, from table index *at on;
 * *at moves behind them. */
static const char *const *list_names(const role_set *set, size_t *at, ost_arena *arena)
{
    ost_text client = set->table->roles[*at].client;
    size_t end = *at, count = 0;
    while (end < set->table->count && text_equal(set->table->roles[end].client, client))
        count += set->has[end++];
    const char **names = ost_arena_alloc(arena, (count + 1) * sizeof *names);
    if (names == NULL)
        return NULL;
    count = 0;
    for (; *at < end; ++*at) {
        if (set->has[*at] &&
            (names[count++] = ost_arena_copy(arena, set->table->roles[*at].name)) == NULL)
            return NULL;
    }
    return names;
}

static ost_result to_lists(const role_set *set, ost_arena *arena, realm_roles *ret_roles)
{
    static const char *const none[] = {NULL};
    size_t clients = 0;
    for (size_t i = 0; i < set->table->count; i++)
        clients +=
            i == 0 || !text_equal(set->table->roles[i].client, set->table->roles[i - 1].client);
    struct realm_client_roles *list = ost_arena_alloc(arena, (clients + 1) * sizeof *list);
    realm_roles roles = {.realm_roles = none, .clients = list};
    if (list == NULL)
        return OST_E_MEMORY;
    for (size_t at = 0; at < set->table->count;) {
        ost_text client = set->table->roles[at].client;
        const char *const *names = list_names(set, &at, arena);
        char *id = names != NULL ? ost_arena_copy(arena, client) : NULL;
        if (id == NULL)
            return OST_E_MEMORY;
        if (client.len == 0)
            roles.realm_roles = names;
        else if (names[0] != NULL)
            list[roles.client_count++] = (struct realm_client_roles){id, names};
    }
    *ret_roles = roles;
    return OST_OK;
}

ost_result realm_user_roles(const realm *r, const ost_json *user_document, ost_arena *arena,
                            realm_roles *ret_roles)
{
    role_set set;
    ost_text group;
    ost_result result = role_set_new(r->roles, arena, &set);
    if (result != OST_OK)
        return result;
    enter_names(&set, (ost_text){0}, ost_json_get(user_document, "realmRoles"));
    enter_clients(&set, ost_json_get(user_document, "clientRoles"));
    for (const ost_json *at = ost_json_first(ost_json_get(user_document, "groups")); at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_text(at, &group))
            enter_group(&set, group);
    }
    follow_composites(&set);
    return to_lists(&set, arena, ret_roles);
}

bool realm_roles_have(const realm_roles *roles, ost_text client, ost_text name)
{
    if (client.len == 0)
        return roles->realm_roles != NULL && text_is_one_of(name, roles->realm_roles);
    for (size_t i = 0; i < roles->client_count; i++) {
        if (text_is(client, roles->clients[i].client_id))
            return text_is_one_of(name, roles->clients[i].roles);
    }
    return false;
}

/* ---- for whom a client scope is ---- */

static void enter_scope(role_set *set, ost_text container, const ost_json *mappings,
                        const realm_scope *scope)
{
    for (const ost_json *at = ost_json_first(mappings); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(ost_json_get(at, "clientScope"), text_of(scope->name)))
            enter_names(set, container, ost_json_get(at, "roles"));
    }
}

static bool meets(const role_set *set, const realm_roles *roles)
{
    size_t i = 0;
    while (i < set->table->count &&
           !(set->has[i] &&
             realm_roles_have(roles, set->table->roles[i].client, set->table->roles[i].name)))
        i++;
    return i < set->table->count;
}

static ost_result scope_is_for(const realm *r, const realm_scope *scope, const realm_roles *roles,
                               ost_arena *arena, bool *ret_is)
{
    const ost_json *document = r->roles->document;
    role_set set;
    ost_result result = role_set_new(r->roles, arena, &set);
    if (result != OST_OK)
        return result;
    enter_scope(&set, (ost_text){0}, ost_json_get(document, "scopeMappings"), scope);
    for (const ost_json *at = ost_json_first(ost_json_get(document, "clientScopeMappings"));
         at != NULL; at = ost_json_next(at))
        enter_scope(&set, ost_json_name(at), at, scope);
    follow_composites(&set);
    *ret_is = meets(&set, roles);
    return OST_OK;
}

ost_result realm_scopes_for_roles(const realm *r, const realm_scope *const *granted,
                                  const realm_roles *roles, ost_arena *arena,
                                  const realm_scope *const **ret_granted)
{
    size_t count = 0, kept = 0, for_roles = 0;
    for (; granted[count] != NULL; count++)
        for_roles += granted[count]->for_roles;
    *ret_granted = granted;
    if (for_roles == 0)
        return OST_OK;
    const realm_scope **list = ost_arena_alloc(arena, (count + 1) * sizeof *list);
    if (list == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        bool is = !granted[i]->for_roles;
        ost_result result = is ? OST_OK : scope_is_for(r, granted[i], roles, arena, &is);
        if (result != OST_OK)
            return result;
        if (is)
            list[kept++] = granted[i];
    }
    list[kept] = NULL;
    *ret_granted = list;
    return OST_OK;
}

/* ---- what a client may see ---- */

static bool names_one_of(const ost_json *mapping, const realm_client *client,
                         const realm_scope *const *granted)
{
    if (ost_json_equals(ost_json_get(mapping, "client"), text_of(client->client_id)))
        return true;
    for (size_t i = 0; granted != NULL && granted[i] != NULL; i++) {
        if (ost_json_equals(ost_json_get(mapping, "clientScope"), text_of(granted[i]->name)))
            return true;
    }
    return false;
}

static void enter_mappings(role_set *set, ost_text container, const ost_json *mappings,
                           const realm_client *client, const realm_scope *const *granted)
{
    for (const ost_json *at = ost_json_first(mappings); at != NULL; at = ost_json_next(at)) {
        if (names_one_of(at, client, granted))
            enter_names(set, container, ost_json_get(at, "roles"));
    }
}

ost_result realm_roles_for_client(const realm *r, const realm_client *client,
                                  const realm_scope *const *granted, const realm_roles *roles,
                                  ost_arena *arena, realm_roles *ret_roles)
{
    const ost_json *document = r->roles->document;
    role_set allowed, seen;
    if (client->full_scope) {
        *ret_roles = *roles;
        return OST_OK;
    }
    ost_result result = role_set_new(r->roles, arena, &allowed);
    if (result == OST_OK)
        result = role_set_new(r->roles, arena, &seen);
    if (result != OST_OK)
        return result;
    enter_mappings(&allowed, (ost_text){0}, ost_json_get(document, "scopeMappings"), client,
                   granted);
    for (const ost_json *at = ost_json_first(ost_json_get(document, "clientScopeMappings"));
         at != NULL; at = ost_json_next(at))
        enter_mappings(&allowed, ost_json_name(at), at, client, granted);
    for (size_t i = 0; i < r->roles->count; i++) { /* its own roles need no mapping */
        if (text_is(r->roles->roles[i].client, client->client_id))
            enter(&allowed, r->roles->roles[i].client, r->roles->roles[i].name);
    }
    follow_composites(&allowed);
    for (size_t i = 0; roles->realm_roles[i] != NULL; i++)
        enter(&seen, (ost_text){0}, text_of(roles->realm_roles[i]));
    for (size_t c = 0; c < roles->client_count; c++) {
        for (size_t i = 0; roles->clients[c].roles[i] != NULL; i++)
            enter(&seen, text_of(roles->clients[c].client_id), text_of(roles->clients[c].roles[i]));
    }
    for (size_t i = 0; i < r->roles->count; i++)
        seen.has[i] &= allowed.has[i];
    return to_lists(&seen, arena, ret_roles);
}

ost_text role_default_name(const ost_json *document, ost_arena *arena)
{
    ost_text name = {0};
    if (ost_json_text(ost_json_get(ost_json_get(document, "defaultRole"), "name"), &name) &&
        name.len > 0)
        return name;
    (void)!ost_json_text(ost_json_get(document, "realm"), &name);
    char *made =
        ost_arena_format(arena, "default-roles-%.*s", (int)name.len, name.len > 0 ? name.data : "");
    if (made != NULL)
        text_make_lower(made, strlen(made));
    return text_of(made);
}
