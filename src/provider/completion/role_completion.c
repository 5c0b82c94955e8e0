/* SPDX-License-Identifier: Apache-2.0 */
/* The roles of a completed realm: declared, built in, and those that somebody has. */
#include "base/text.h"
#include "provider/completion/completion.h"

/* A role by its name alone. */
static void put_role(completion *c, const ost_json *before, ost_text name)
{
    ost_json_open_object(c->writer);
    completion_put_id(c, before, "name", name);
    ost_json_member_text(c->writer, "name", name);
    ost_json_close_object(c->writer);
}

/* Where the names of the client's roles begin: they are sorted by client. */
static size_t first_named(const completion *c, ost_text client)
{
    if (c->named == NULL)
        return 0;
    return text_find_sorted(c->named->names, sizeof *c->named->names, c->named->count,
                            offsetof(role_name, client), client);
}

/* The roles of one client, or of the realm: declared, built in, and those that somebody has. */
static void put_role_list(completion *c, ost_text client, const ost_json *own,
                          const ost_json *defaults)
{
    const ost_json *before = ost_json_get(c->before, "roles");
    before = client.len > 0 ? json_finder_get(&c->finder, ost_json_get(before, "client"), client)
                            : ost_json_get(before, "realm");
    completion_put_entries(c, own, defaults, before);
    for (size_t i = first_named(c, client);
         c->named != NULL && i < c->named->count && text_equal(c->named->names[i].client, client);
         i++) {
        const role_name *role = &c->named->names[i];
        if (json_finder_find(&c->finder, own, "name", role->name) == NULL &&
            json_finder_find(&c->finder, defaults, "name", role->name) == NULL)
            put_role(c, before, role->name);
    }
    ost_json_close_array(c->writer);
}

static void put_client_role_list(completion *c, ost_text client, const ost_json *own,
                                 const ost_json *defaults)
{
    ost_json_put_name(c->writer, client);
    put_role_list(c, client, own, defaults);
}

static bool has_built_in_roles(const completion *c, ost_text client)
{
    return completion_is_built_in(c, client) &&
           ost_json_get_text(ost_json_get(c->defaults, "clientRoles"), client) != NULL;
}

static void put_client_roles(completion *c, const ost_json *own)
{
    const ost_json *defaults = ost_json_get(c->defaults, "clientRoles");
    ost_json_open_object(c->writer);
    for (const ost_json *at = ost_json_first(defaults); at != NULL; at = ost_json_next(at)) {
        if (completion_is_built_in(c, ost_json_name(at)))
            put_client_role_list(c, ost_json_name(at),
                                 json_finder_get(&c->finder, own, ost_json_name(at)), at);
    }
    for (const ost_json *at = ost_json_first(own); at != NULL; at = ost_json_next(at)) {
        if (!has_built_in_roles(c, ost_json_name(at)))
            put_client_role_list(c, ost_json_name(at), at, NULL);
    }
    for (size_t i = 0; c->named != NULL && i < c->named->count; i++) { /* sorted by client */
        ost_text client = c->named->names[i].client;
        if (client.len > 0 && (i == 0 || !text_equal(client, c->named->names[i - 1].client)) &&
            json_finder_get(&c->finder, own, client) == NULL && !has_built_in_roles(c, client))
            put_client_role_list(c, client, NULL, NULL);
    }
    ost_json_close_object(c->writer);
}

void completion_put_roles(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "roles");
    ost_json_put_name(c->writer, OST_TEXT("roles"));
    ost_json_open_object(c->writer);
    ost_json_put_name(c->writer, OST_TEXT("realm"));
    c->in_realm_roles = true;
    put_role_list(c, (ost_text){0}, ost_json_get(own, "realm"),
                  ost_json_get(c->defaults, "realmRoles"));
    c->in_realm_roles = false;
    ost_json_put_name(c->writer, OST_TEXT("client"));
    put_client_roles(c, ost_json_get(own, "client"));
    ost_json_close_object(c->writer);
}
