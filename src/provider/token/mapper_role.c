/* SPDX-License-Identifier: Apache-2.0 */
/* Mappers of roles, and of the audiences that follow from them; see mapper.h. */
#include <string.h>

#include "base/text.h"
#include "provider/token/mapper.h"

static size_t count_names(const char *const *names)
{
    size_t count = 0;
    while (names != NULL && names[count] != NULL)
        count++;
    return count;
}

/* A copy of the list with one more name; the list itself when it is there already. */
static const char *const *with_name(mapper_work *w, const char *const *names, const char *name)
{
    size_t count = count_names(names);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return names;
    }
    const char **longer = ost_arena_alloc(w->call->arena, (count + 2) * sizeof *longer);
    if (longer == NULL) {
        call_refuse(w->call, 500, "server_error", NULL);
        return names;
    }
    if (count > 0)
        memcpy(longer, names, count * sizeof *longer);
    longer[count] = name;
    return longer;
}

static void add_client_role(mapper_work *w, const char *client_id, const char *name)
{
    realm_roles *roles = &w->roles;
    struct realm_client_roles *copy =
        ost_arena_alloc(w->call->arena, (roles->client_count + 1) * sizeof *copy);
    size_t at = 0;
    if (copy == NULL) {
        call_refuse(w->call, 500, "server_error", NULL);
        return;
    }
    if (roles->client_count > 0)
        memcpy(copy, roles->clients, roles->client_count * sizeof *copy);
    while (at < roles->client_count && strcmp(copy[at].client_id, client_id) != 0)
        at++;
    const char *const *before = at < roles->client_count ? copy[at].roles : NULL;
    copy[at] = (struct realm_client_roles){client_id, with_name(w, before, name)};
    roles->clients = copy;
    roles->client_count += at == roles->client_count;
}

/* A role by its name in a setting; `client_id` NULL: of the realm. */
typedef struct named_role {
    const char *client_id, *name;
} named_role;

/* "role", or "client.role" where the client exists: both names may have dots. False: none. */
static bool read_role(const mapper_work *w, const char *setting, named_role *ret_role)
{
    ost_text role = mapper_setting(w, setting);
    char *name = ost_arena_copy(w->call->arena, role);
    if (name == NULL || role.len == 0)
        return false;
    *ret_role = (named_role){NULL, name};
    for (size_t dot = text_find(role, '.', 0); dot < role.len;
         dot = text_find(role, '.', dot + 1)) {
        const realm_client *client = realm_find_client(w->call->realm, text_slice(role, 0, dot));
        if (client != NULL && dot + 1 < role.len) {
            *ret_role = (named_role){client->client_id, name + dot + 1};
            return true;
        }
    }
    return true;
}

static void add_role(mapper_work *w, named_role role)
{
    if (role.client_id != NULL)
        add_client_role(w, role.client_id, role.name);
    else
        w->roles.realm_roles = with_name(w, w->roles.realm_roles, role.name);
}

/* A copy of the list without that name; NULL when it is not there. */
static const char *const *without_name(mapper_work *w, const char *const *names, const char *name)
{
    size_t count = count_names(names), kept = 0;
    const char **shorter = ost_arena_alloc(w->call->arena, (count + 1) * sizeof *shorter);
    if (shorter == NULL) {
        call_refuse(w->call, 500, "server_error", NULL);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) != 0)
            shorter[kept++] = names[i];
    }
    shorter[kept] = NULL;
    return kept < count ? (const char *const *)shorter : NULL;
}

static bool remove_client_role(mapper_work *w, named_role role)
{
    realm_roles *roles = &w->roles;
    size_t at = 0, kept = 0;
    while (at < roles->client_count && strcmp(roles->clients[at].client_id, role.client_id) != 0)
        at++;
    if (at == roles->client_count)
        return false;
    const char *const *shorter = without_name(w, roles->clients[at].roles, role.name);
    struct realm_client_roles *copy =
        ost_arena_alloc(w->call->arena, roles->client_count * sizeof *copy);
    if (shorter == NULL)
        return false;
    if (copy == NULL) {
        call_refuse(w->call, 500, "server_error", NULL);
        return false;
    }
    for (size_t i = 0; i < roles->client_count; i++) {
        if (i != at)
            copy[kept++] = roles->clients[i];
        else if (count_names(shorter) > 0)
            copy[kept++] = (struct realm_client_roles){role.client_id, shorter};
    }
    roles->clients = copy;
    roles->client_count = kept;
    return true;
}

/* Whoever has the one role has the other in its place, which need not be there otherwise. */
void map_role_name(mapper_work *w)
{
    named_role role, other;
    if (!read_role(w, "role", &role) || !read_role(w, "new.role.name", &other))
        return;
    if (role.client_id != NULL) {
        if (remove_client_role(w, role))
            add_role(w, other);
        return;
    }
    const char *const *shorter = without_name(w, w->roles.realm_roles, role.name);
    if (shorter == NULL)
        return;
    w->roles.realm_roles = shorter;
    add_role(w, other);
}

void map_hardcoded_role(mapper_work *w)
{
    named_role role;
    if (read_role(w, "role", &role))
        add_role(w, role);
}

void map_realm_roles(mapper_work *w)
{
    if (count_names(w->roles.realm_roles) > 0)
        mapper_put_names(w, mapper_claim_name(w, NULL), w->roles.realm_roles,
                         mapper_setting(w, "usermodel.realmRoleMapping.rolePrefix"));
}

void map_client_roles(mapper_work *w)
{
    ost_text only = mapper_setting(w, "usermodel.clientRoleMapping.clientId");
    for (size_t i = 0; i < w->roles.client_count; i++) {
        const struct realm_client_roles *roles = &w->roles.clients[i];
        if (only.len == 0 || text_is(only, roles->client_id))
            mapper_put_names(w, mapper_claim_name(w, roles->client_id), roles->roles,
                             mapper_setting(w, "usermodel.clientRoleMapping.rolePrefix"));
    }
}

/* Every client that the token has roles of, but the one that asks. */
void map_audience_resolve(mapper_work *w)
{
    for (size_t i = 0; i < w->roles.client_count; i++) {
        const char *id = w->roles.clients[i].client_id;
        if (strcmp(id, w->grant->client->client_id) != 0)
            audience_add(w->audiences, id);
    }
}
