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

/* "role", or "client.role" where the client exists: both names may have dots. */
void map_hardcoded_role(mapper_work *w)
{
    ost_text role = mapper_setting(w, "role");
    char *name = ost_arena_copy(w->call->arena, role);
    if (name == NULL || role.len == 0)
        return;
    for (size_t dot = text_find(role, '.', 0); dot < role.len;
         dot = text_find(role, '.', dot + 1)) {
        const realm_client *client = realm_find_client(w->call->realm, text_slice(role, 0, dot));
        if (client != NULL && dot + 1 < role.len) {
            add_client_role(w, client->client_id, name + dot + 1);
            return;
        }
    }
    w->roles.realm_roles = with_name(w, w->roles.realm_roles, name);
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
