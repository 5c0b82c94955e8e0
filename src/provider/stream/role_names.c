/* SPDX-License-Identifier: Apache-2.0 */
/* Roles that are named; see role_names.h. */
#include "provider/stream/role_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define MAX_NAMES ((size_t)1 << 20)
#define FIRST_ROOM 256
#define MAX_DEPTH 64

static int compare(const void *a, const void *b)
{
    const role_name *one = a, *other = b;
    int order = text_compare(one->client, other->client);
    return order != 0 ? order : text_compare(one->name, other->name);
}

static void drop_repeated(role_gathering *g)
{
    size_t kept = 0;
    if (g->count > 1)
        qsort(g->names, g->count, sizeof *g->names, compare);
    for (size_t i = 0; i < g->count; i++) {
        if (kept == 0 || compare(&g->names[kept - 1], &g->names[i]) != 0)
            g->names[kept++] = g->names[i];
    }
    g->count = g->sorted = kept;
}

/* Names that have come anew are sorted in before they are more than some: most names repeat, and
 * are found among those that are sorted. */
static void grow(role_gathering *g)
{
    drop_repeated(g);
    if (g->count < g->room / 2)
        return;
    size_t room = g->room > 0 ? g->room * 2 : FIRST_ROOM;
    role_name *larger = room <= MAX_NAMES ? ost_arena_alloc(g->arena, room * sizeof *larger) : NULL;
    if (larger == NULL) {
        g->result = room <= MAX_NAMES ? OST_E_MEMORY : OST_E_CEILING;
        return;
    }
    if (g->count > 0)
        memcpy(larger, g->names, g->count * sizeof *larger);
    g->names = larger;
    g->room = room;
}

static bool is_known(const role_gathering *g, const role_name *name)
{
    return g->sorted > 0 && bsearch(name, g->names, g->sorted, sizeof *g->names, compare) != NULL;
}

static void add_name(role_gathering *g, ost_text client, ost_text text)
{
    role_name name = {client, text};
    if (g->result != OST_OK || text.len == 0 || is_known(g, &name))
        return;
    if (g->count - g->sorted > FIRST_ROOM / 4 + g->sorted / 8)
        drop_repeated(g);
    if (g->count == g->room)
        grow(g);
    name = (role_name){{0}, {ost_arena_copy(g->arena, text), text.len}};
    if (client.len > 0)
        name.client = (ost_text){ost_arena_copy(g->arena, client), client.len};
    if (name.name.data == NULL || (client.len > 0 && name.client.data == NULL))
        g->result = OST_E_MEMORY;
    if (g->result == OST_OK)
        g->names[g->count++] = name;
}

static void add(role_gathering *g, ost_text client, const ost_json *names)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name))
            add_name(g, client, name);
    }
}

void role_names_add(role_gathering *g, const ost_json *owner)
{
    add(g, (ost_text){0}, ost_json_get(owner, "realmRoles"));
    for (const ost_json *at = ost_json_first(ost_json_get(owner, "clientRoles")); at != NULL;
         at = ost_json_next(at))
        add(g, ost_json_name(at), at);
}

static void add_groups(role_gathering *g, const ost_json *groups, unsigned depth)
{
    for (const ost_json *at = ost_json_first(groups); at != NULL && depth < MAX_DEPTH;
         at = ost_json_next(at)) {
        role_names_add(g, at);
        add_groups(g, ost_json_get(at, "subGroups"), depth + 1);
    }
}

/* What clients and client scopes see of the roles of the realm, and of clients. */
static void add_mapped(role_gathering *g, ost_text client, const ost_json *mappings)
{
    for (const ost_json *at = ost_json_first(mappings); at != NULL; at = ost_json_next(at))
        add(g, client, ost_json_get(at, "roles"));
}

static void add_scope_mappings(role_gathering *g, const ost_json *file)
{
    add_mapped(g, (ost_text){0}, ost_json_get(file, "scopeMappings"));
    for (const ost_json *at = ost_json_first(ost_json_get(file, "clientScopeMappings")); at != NULL;
         at = ost_json_next(at))
        add_mapped(g, ost_json_name(at), at);
}

/* The layout of before Keycloak 13. */
static void add_default_roles(role_gathering *g, const ost_json *file)
{
    ost_text id;
    if (ost_json_get(file, "defaultRole") != NULL)
        return;
    add(g, (ost_text){0}, ost_json_get(file, "defaultRoles"));
    for (const ost_json *at = ost_json_first(ost_json_get(file, "clients")); at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_text(ost_json_get(at, "clientId"), &id))
            add(g, id, ost_json_get(at, "defaultRoles"));
    }
}

ost_result role_names_finish(role_gathering *g, const ost_json *file, role_names *ret_names)
{
    add_groups(g, ost_json_get(file, "groups"), 0);
    add_default_roles(g, file);
    add_scope_mappings(g, file);
    drop_repeated(g);
    if (g->result == OST_OK)
        *ret_names = (role_names){g->names, g->count};
    return g->result;
}
