/* SPDX-License-Identifier: Apache-2.0 */
/* Roles that are named; see role_names.h. */
#include "provider/file/role_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define MAX_NAMES ((size_t)1 << 20)
#define FIRST_ROOM 256
#define MAX_DEPTH 64

typedef struct gathering {
    role_name *names;
    size_t count, room;
    ost_arena *arena;
    ost_result result;
} gathering;

static int compare_texts(ost_text a, ost_text b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare(const void *a, const void *b)
{
    const role_name *one = a, *other = b;
    int order = compare_texts(one->client, other->client);
    return order != 0 ? order : compare_texts(one->name, other->name);
}

static void drop_repeated(gathering *g)
{
    size_t kept = 0;
    if (g->count > 1)
        qsort(g->names, g->count, sizeof *g->names, compare);
    for (size_t i = 0; i < g->count; i++) {
        if (kept == 0 || compare(&g->names[kept - 1], &g->names[i]) != 0)
            g->names[kept++] = g->names[i];
    }
    g->count = kept;
}

/* Most names repeat: they are thinned out before more room is taken. */
static void grow(gathering *g)
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

static void add(gathering *g, ost_text client, const ost_json *names)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (g->result == OST_OK && g->count == g->room)
            grow(g);
        if (g->result == OST_OK && ost_json_text(at, &name) && name.len > 0)
            g->names[g->count++] = (role_name){client, name};
    }
}

static void add_of(gathering *g, const ost_json *owner)
{
    add(g, (ost_text){0}, ost_json_get(owner, "realmRoles"));
    for (const ost_json *at = ost_json_first(ost_json_get(owner, "clientRoles")); at != NULL;
         at = ost_json_next(at))
        add(g, ost_json_name(at), at);
}

static void add_groups(gathering *g, const ost_json *groups, unsigned depth)
{
    for (const ost_json *at = ost_json_first(groups); at != NULL && depth < MAX_DEPTH;
         at = ost_json_next(at)) {
        add_of(g, at);
        add_groups(g, ost_json_get(at, "subGroups"), depth + 1);
    }
}

ost_result role_names_gather(const ost_json *file, const ost_json *const *users, size_t user_count,
                             ost_arena *arena, role_names *ret_names)
{
    gathering g = {.arena = arena};
    for (size_t i = 0; i < user_count; i++)
        add_of(&g, users[i]);
    add_groups(&g, ost_json_get(file, "groups"), 0);
    drop_repeated(&g);
    if (g.result == OST_OK)
        *ret_names = (role_names){g.names, g.count};
    return g.result;
}
