/* SPDX-License-Identifier: Apache-2.0 */
/* The default role of old files; see default_role.h. */
#include "provider/completion/default_role.h"

#include "base/json/json_list.h"
#include "base/text.h"

/* The strings of both lists, each once. */
static void put_union(ost_json_writer *w, const ost_json *one, const ost_json *other)
{
    ost_text text;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(one); at != NULL; at = ost_json_next(at))
        ost_json_put_value(w, at);
    for (const ost_json *at = ost_json_first(other); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &text) && !json_list_has(one, text))
            ost_json_put_text(w, text);
    }
    ost_json_close_array(w);
}

/* What the built-in role holds, as Keycloak gives it to a file that has none: where the file has
 * the parts by itself, its own lists say what is default. */
static void put_built_in(const ost_json *file, const ost_json *names, ost_json_writer *w)
{
    const ost_json *declared = ost_json_get(ost_json_get(file, "roles"), "realm");
    const ost_json *own = ost_json_get(file, "defaultRoles");
    ost_text text;
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &text) || json_list_has(own, text) ||
            (text_is(text, "uma_authorization") && json_list_find(declared, "name", text) != NULL))
            continue;
        ost_json_put_text(w, text);
    }
}

void default_role_put_composites(const ost_json *file, const ost_json *role, bool built_in,
                                 ost_json_writer *w)
{
    const ost_json *composites = ost_json_get(role, "composites");
    const ost_json *clients = ost_json_get(composites, "client");
    ost_text id;
    if (built_in &&
        json_list_find(ost_json_get(file, "clients"), "clientId", OST_TEXT("account")) != NULL)
        clients = NULL;
    ost_json_member_boolean(w, "composite", true);
    ost_json_put_name(w, OST_TEXT("composites"));
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("realm"));
    if (built_in) {
        ost_json_open_array(w);
        put_built_in(file, ost_json_get(composites, "realm"), w);
        for (const ost_json *at = ost_json_first(ost_json_get(file, "defaultRoles")); at != NULL;
             at = ost_json_next(at))
            ost_json_put_value(w, at);
        ost_json_close_array(w);
    } else {
        put_union(w, ost_json_get(composites, "realm"), ost_json_get(file, "defaultRoles"));
    }
    ost_json_put_name(w, OST_TEXT("client"));
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(clients); at != NULL; at = ost_json_next(at)) {
        const ost_json *client =
            json_list_find(ost_json_get(file, "clients"), "clientId", ost_json_name(at));
        ost_json_put_name(w, ost_json_name(at));
        put_union(w, at, ost_json_get(client, "defaultRoles"));
    }
    for (const ost_json *at = ost_json_first(ost_json_get(file, "clients")); at != NULL;
         at = ost_json_next(at)) {
        const ost_json *roles = ost_json_get(at, "defaultRoles");
        if (ost_json_count(roles) == 0 || !ost_json_text(ost_json_get(at, "clientId"), &id) ||
            ost_json_get_text(clients, id) != NULL)
            continue;
        ost_json_put_name(w, id);
        ost_json_put_value(w, roles);
    }
    ost_json_close_object(w);
    ost_json_close_object(w);
}
