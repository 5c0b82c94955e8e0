/* SPDX-License-Identifier: Apache-2.0 */
/* Names in the body of a partial import; see partial_names.h. */
#include "provider/transfer/partial_names.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/proof/upstream.h"

#define NO_MEMORY "out of memory"
#define MAX_NAME 255

/* `format` has room for one name. */
static const char *sentence(partial_import *p, const char *before, ost_text name, const char *after)
{
    const char *why = ost_arena_format(p->admin->arena, "%s%.*s%s", before,
                                       (int)(name.len < MAX_NAME ? name.len : MAX_NAME),
                                       name.len > 0 ? name.data : "", after);
    return why != NULL ? why : NO_MEMORY;
}

static bool has_client(partial_import *p, ost_text client_id)
{
    return realm_find_client(p->admin->realm.realm, client_id) != NULL ||
           json_finder_find(&p->finder, ost_json_get(p->body, "clients"), "clientId", client_id) !=
               NULL;
}

/* ---- groups and roles ---- */

static const char *of_groups(partial_import *p, const ost_json *groups)
{
    const char *why = NULL;
    for (const ost_json *at = ost_json_first(groups); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        ost_text name = part_text(at, "name");
        if (name.len > 0 && json_finder_find(&p->finder, groups, "name", name) != at)
            return sentence(p, "GROUP ", name, " is there twice");
        for (const ost_json *of = ost_json_first(ost_json_get(at, "clientRoles")); of != NULL;
             of = ost_json_next(of)) {
            if (!has_client(p, ost_json_name(of)))
                return sentence(
                    p, "Unable to find client role mappings for client: ", ost_json_name(of), "");
        }
        why = of_groups(p, ost_json_get(at, "subGroups"));
    }
    return why;
}

static const char *of_roles(partial_import *p, const ost_json *roles)
{
    for (const ost_json *at = ost_json_first(roles); at != NULL; at = ost_json_next(at)) {
        const ost_json *parts = ost_json_get(ost_json_get(at, "composites"), "client");
        for (const ost_json *of = ost_json_first(parts); of != NULL; of = ost_json_next(of)) {
            if (!has_client(p, ost_json_name(of)))
                return sentence(p, "Unable to find client of a composite role: ", ost_json_name(of),
                                "");
        }
    }
    return NULL;
}

static const char *of_all_roles(partial_import *p)
{
    const ost_json *roles = ost_json_get(p->body, "roles");
    const char *why = of_roles(p, ost_json_get(roles, "realm"));
    for (const ost_json *at = ost_json_first(ost_json_get(roles, "client"));
         at != NULL && why == NULL; at = ost_json_next(at))
        why = of_roles(p, at);
    return why;
}

/* ---- clients, users, identity providers ---- */

static const char *of_clients(partial_import *p)
{
    for (const ost_json *at = ost_json_first(ost_json_get(p->body, "clients")); at != NULL;
         at = ost_json_next(at)) {
        for (const ost_json *mapper = ost_json_first(ost_json_get(at, "protocolMappers"));
             mapper != NULL; mapper = ost_json_next(mapper)) {
            if (part_text(mapper, "name").len == 0)
                return sentence(p, "A protocol mapper without a name: client ",
                                part_text(at, "clientId"), "");
        }
    }
    return NULL;
}

/* What is stored of a credential is JSON within a text. */
static bool is_readable(partial_import *p, const ost_json *credential)
{
    static const char *const texts[] = {"secretData", "credentialData"};
    const ost_json *value;
    ost_text text;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (ost_json_text(ost_json_get(credential, texts[i]), &text) &&
            ost_json_read(text, NULL, p->admin->arena, &value, NULL) != OST_OK)
            return false;
    }
    return true;
}

static const char *of_users(partial_import *p)
{
    for (const ost_json *at = ost_json_first(ost_json_get(p->body, "users")); at != NULL;
         at = ost_json_next(at)) {
        for (const ost_json *one = ost_json_first(ost_json_get(at, "credentials")); one != NULL;
             one = ost_json_next(one)) {
            if (!is_readable(p, one))
                return sentence(p, "A credential that cannot be read: user ",
                                part_text(at, "username"), "");
        }
    }
    return NULL;
}

static const char *of_providers(partial_import *p)
{
    const char *why = NULL;
    for (const ost_json *at = ost_json_first(ost_json_get(p->body, "identityProviders"));
         at != NULL && why == NULL; at = ost_json_next(at))
        why = upstream_kind_fault(at, p->admin->arena);
    return why;
}

const char *partial_names_fault(partial_import *p)
{
    const char *why = of_providers(p);
    if (why == NULL)
        why = of_clients(p);
    if (why == NULL)
        why = of_all_roles(p);
    if (why == NULL)
        why = of_groups(p, ost_json_get(p->body, "groups"));
    return why != NULL ? why : of_users(p);
}
