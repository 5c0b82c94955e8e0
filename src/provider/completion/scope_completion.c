/* SPDX-License-Identifier: Apache-2.0 */
/* The client scopes of a completed realm, and the roles that scopes and clients show. */
#include "base/json/json_list.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/completion/completion.h"
#include "provider/realm/realm_defaults.h"

static const ost_json *file_or_default(const completion *c, const char *member)
{
    const ost_json *own = ost_json_get(c->file, member);
    return own != NULL ? own : ost_json_get(c->defaults, member);
}

ost_result completion_load_scopes(completion *c)
{
    c->default_scopes = file_or_default(c, "defaultDefaultClientScopes");
    c->optional_scopes = file_or_default(c, "defaultOptionalClientScopes");
    if (!c->offline_scope || json_list_has(c->optional_scopes, OST_TEXT(OFFLINE_ACCESS)))
        return OST_OK;
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(c->optional_scopes); at != NULL;
         at = ost_json_next(at))
        ost_json_put_value(w, at);
    ost_json_put_text(w, OST_TEXT(OFFLINE_ACCESS));
    ost_json_close_array(w);
    return json_writer_read(w, NULL, &c->optional_scopes, NULL);
}

/* A file that has client scopes of its own brings all that it wants, but for offline access, which
 * Keycloak always makes. */
void completion_put_scopes(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "clientScopes");
    ost_json_put_name(c->writer, OST_TEXT("clientScopes"));
    const ost_json *defaults = ost_json_get(c->defaults, "clientScopes");
    const ost_json *before = ost_json_get(c->before, "clientScopes");
    completion_put_entries(c, own, c->built_in_scopes ? defaults : NULL, before);
    if (c->offline_scope)
        completion_put_entry(c, json_list_find(defaults, "name", OST_TEXT(OFFLINE_ACCESS)), before);
    ost_json_close_array(c->writer);
    ost_json_member_value(c->writer, "defaultDefaultClientScopes", c->default_scopes);
    ost_json_member_value(c->writer, "defaultOptionalClientScopes", c->optional_scopes);
}

/* The built-in client scopes show clients the roles that they are for: offline_access its own. */
void completion_put_scope_mappings(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "scopeMappings");
    ost_text scope;
    bool made = c->built_in_scopes || c->offline_scope; /* there are none of others */
    const ost_json *others = made ? ost_json_get(c->defaults, "scopeMappings") : NULL;
    if (own == NULL && others == NULL)
        return;
    if (own != NULL && !ost_json_is(own, OST_JSON_ARRAY)) { /* the realm's reader says what it is */
        ost_json_member_value(c->writer, "scopeMappings", own);
        return;
    }
    ost_json_put_name(c->writer, OST_TEXT("scopeMappings"));
    ost_json_open_array(c->writer);
    for (const ost_json *at = ost_json_first(own); at != NULL; at = ost_json_next(at))
        ost_json_put_value(c->writer, at);
    for (const ost_json *at = ost_json_first(others); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(ost_json_get(at, "clientScope"), &scope) &&
            json_finder_find(&c->finder, own, "clientScope", scope) == NULL)
            ost_json_put_value(c->writer, at);
    }
    ost_json_close_array(c->writer);
}

/* What built-in clients see of other clients' roles: with the client, as Keycloak makes it. */
void completion_put_client_scope_mappings(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "clientScopeMappings");
    const ost_json *clients = ost_json_get(c->file, "clients");
    const ost_json *others = ost_json_get(c->defaults, "clientScopeMappings");
    ost_text client;
    if (own != NULL &&
        !ost_json_is(own, OST_JSON_OBJECT)) { /* the realm's reader says what it is */
        ost_json_member_value(c->writer, "clientScopeMappings", own);
        return;
    }
    ost_json_put_name(c->writer, OST_TEXT("clientScopeMappings"));
    ost_json_open_object(c->writer);
    for (const ost_json *of = ost_json_first(own); of != NULL; of = ost_json_next(of)) {
        if (ost_json_get_text(others, ost_json_name(of)) != NULL)
            continue;
        ost_json_put_name(c->writer, ost_json_name(of));
        ost_json_put_value(c->writer, of);
    }
    for (const ost_json *of = ost_json_first(others); of != NULL; of = ost_json_next(of)) {
        const ost_json *list = ost_json_get_text(own, ost_json_name(of));
        ost_json_put_name(c->writer, ost_json_name(of));
        ost_json_open_array(c->writer);
        for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
            ost_json_put_value(c->writer, at);
        for (const ost_json *at = ost_json_first(of); at != NULL; at = ost_json_next(at)) {
            if (ost_json_text(ost_json_get(at, "client"), &client) &&
                json_finder_find(&c->finder, clients, "clientId", client) == NULL &&
                json_finder_find(&c->finder, list, "client", client) == NULL)
                ost_json_put_value(c->writer, at);
        }
        ost_json_close_array(c->writer);
    }
    ost_json_close_object(c->writer);
}
