/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of the realm and of clients in the admin REST API: by name, and by id. */
#include "base/json/json_writer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/admin_rename.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/admin_grant.h"
#include "provider/directory/admin_role.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/user_row.h"
#include "provider/realm/uuid.h"
#include "store/user/user_link.h"

#define MAX_NAME 255

/* ---- reading ---- */

/* Without a search, a page is cut where both of its ends are told, as in Keycloak. */
static bool read_page(admin_call *a, bool searched, int64_t *ret_first, int64_t *ret_max)
{
    bool both = admin_parameter(a, "first").len > 0 && admin_parameter(a, "max").len > 0;
    if (!admin_number(a, "first", 0, ret_first) || !admin_number(a, "max", INT32_MAX, ret_max))
        return false;
    if (!searched && !both) {
        *ret_first = 0;
        *ret_max = INT32_MAX;
    }
    return true;
}

ost_result admin_list_roles(admin_call *a)
{
    const realm_client *client;
    int64_t first, max;
    size_t count = 0;
    ost_text search = admin_parameter(a, "search");
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (!admin_role_owner(a, &client) || !read_page(a, search.len > 0, &first, &max))
        return OST_OK;
    const ost_json *list = role_part_list(a->realm.realm, client);
    role_part *roles = ost_arena_alloc(a->arena, (ost_json_count(list) + 1) * sizeof *roles);
    if (w == NULL || roles == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        roles[count++] = (role_part){client, part_text(at, "name"), at};
    ost_json_open_array(w);
    admin_put_role_page(a, roles, count, first, max, admin_is_brief(a), w);
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_read_role(admin_call *a)
{
    role_part role;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_role_find(a, false, &role))
        return OST_OK;
    role_part_put(text_of(a->realm.realm->id), &role, false, w);
    return admin_answer(a, w);
}

/* ---- what a body may say ---- */

static bool is_list_of_texts(const ost_json *list)
{
    bool texts = ost_json_is(list, OST_JSON_ARRAY);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        texts = texts && ost_json_is(at, OST_JSON_STRING);
    return texts;
}

static bool is_absent(const ost_json *value)
{
    return value == NULL || ost_json_is(value, OST_JSON_NULL);
}

static bool is_map_of_lists(const ost_json *map)
{
    bool lists = is_absent(map) || ost_json_is(map, OST_JSON_OBJECT);
    for (const ost_json *at = ost_json_first(map); at != NULL && lists; at = ost_json_next(at))
        lists = is_list_of_texts(at);
    return lists;
}

/* A body of the types that a RoleRepresentation has, with a name that a role can have. */
static bool check_body(admin_call *a, ost_text *ret_name)
{
    *ret_name = (ost_text){0};
    if (!admin_body_of(a, &member_role))
        return false;
    const ost_json *name = ost_json_get(a->body, "name");
    const ost_json *description = ost_json_get(a->body, "description");
    const ost_json *composites = ost_json_get(a->body, "composites");
    const ost_json *of_realm = ost_json_get(composites, "realm");
    bool good = (is_absent(name) || ost_json_text(name, ret_name)) &&
                (is_absent(description) || ost_json_is(description, OST_JSON_STRING)) &&
                is_map_of_lists(ost_json_get(a->body, "attributes")) &&
                (is_absent(composites) || ost_json_is(composites, OST_JSON_OBJECT)) &&
                (is_absent(of_realm) || is_list_of_texts(of_realm)) &&
                is_map_of_lists(ost_json_get(composites, "client")) && ret_name->len <= MAX_NAME;
    if (!good)
        admin_refuse(a, 400, "error", "unknown_error");
    return good;
}

static ost_result refuse_name(admin_call *a, ost_text name)
{
    char *why =
        ost_arena_format(a->arena, "Role with name %.*s already exists", (int)name.len, name.data);
    return why != NULL ? admin_refuse(a, 409, "errorMessage", why) : OST_E_MEMORY;
}

static void put_given(ost_json_writer *w, const ost_json *body, const char *name)
{
    const ost_json *value = ost_json_get(body, name);
    if (!is_absent(value))
        ost_json_member_value(w, name, value);
}

/* ---- changing ---- */

/* Roles of one owner that the administrator may give; others refuse the call. */
static ost_result put_grantable(admin_call *a, const realm_client *client, const ost_json *names,
                                ost_json_writer *w)
{
    json_finder finder = {.arena = a->arena};
    role_part role;
    ost_text name = {0};
    bool may = true;
    ost_result result = OST_OK;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(names); at != NULL && result == OST_OK && may;
         at = ost_json_next(at)) {
        if (!ost_json_text(at, &name) ||
            !role_part_named(a->realm.realm, client, name, &finder, &role)) {
            char *why =
                ost_arena_format(a->arena, "%s Role with name %.*s does not exist",
                                 client == NULL ? "Realm" : "Client", (int)name.len, name.data);
            return why != NULL ? admin_refuse(a, 404, "errorMessage", why) : OST_E_MEMORY;
        }
        result = admin_may_grant(a, &role, &may);
        ost_json_put_text(w, role.name);
    }
    ost_json_close_array(w);
    return result == OST_OK && !may ? admin_forbid(a) : result;
}

static ost_result put_composites(admin_call *a, const ost_json *composites, ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("composites"));
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("realm"));
    ost_result result = put_grantable(a, NULL, ost_json_get(composites, "realm"), w);
    ost_json_put_name(w, OST_TEXT("client"));
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(ost_json_get(composites, "client"));
         at != NULL && result == OST_OK && a->status == 0; at = ost_json_next(at)) {
        const realm_client *of = realm_find_client(a->realm.realm, ost_json_name(at));
        if (of == NULL)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        result = put_grantable(a, of, at, w);
    }
    if (result != OST_OK || a->status != 0)
        return result;
    ost_json_close_object(w);
    ost_json_close_object(w);
    return OST_OK;
}

/* What is to be in the new role; only of a role that says it is composite. NULL: nothing. */
static const ost_json *wanted_composites(const admin_call *a)
{
    bool composite = false;
    const ost_json *composites = ost_json_get(a->body, "composites");
    if (!ost_json_boolean(ost_json_get(a->body, "composite"), &composite) || is_absent(composites))
        return NULL;
    return composite ? composites : NULL;
}

static ost_result write_new(admin_call *a, const realm_client *client, ost_text name,
                            const ost_json **ret_role)
{
    const ost_json *composites = wanted_composites(a);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    if (w == NULL || id.data == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_text(w, "name", name);
    put_given(w, a->body, "description");
    put_given(w, a->body, "attributes");
    ost_json_member_boolean(w, "composite", composites != NULL);
    ost_json_member_boolean(w, "clientRole", client != NULL);
    ost_json_member_string(w, "containerId", client != NULL ? client->id : a->realm.realm->id);
    ost_result result = composites != NULL ? put_composites(a, composites, w) : OST_OK;
    if (result != OST_OK || a->status != 0)
        return result;
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_role, NULL);
}

static ost_result answer_created(admin_call *a, const realm_client *client, ost_text name)
{
    const char *realm_name = percent_encode(a->arena, a->realm.row.name).data;
    const char *role = percent_encode(a->arena, name).data;
    return admin_answer_created(
        a, client != NULL ? ost_arena_format(a->arena, "/realms/%s/clients/%s/roles/%s", realm_name,
                                             client->id, role)
                          : ost_arena_format(a->arena, "/realms/%s/roles/%s", realm_name, role));
}

ost_result admin_create_role(admin_call *a)
{
    const realm_client *client;
    const ost_json *role, *list, *document;
    role_part same;
    ost_text name;
    if (!admin_role_owner(a, &client) || !check_body(a, &name))
        return OST_OK;
    if (name.len == 0)
        return admin_refuse(a, 400, "error", "role has no name");
    if (role_part_named(a->realm.realm, client, name, NULL, &same))
        return refuse_name(a, name);
    if (!admin_may_name_role(a, client, name))
        return admin_forbid(a);
    ost_result result = write_new(a, client, name, &role);
    if (result != OST_OK || a->status != 0)
        return result;
    result = document_append(role_part_list(a->realm.realm, client), role, a->arena, &list);
    if (result == OST_OK)
        result = admin_put_role_list(a, client, list, &document);
    if (result == OST_OK)
        result = admin_store(a, document);
    return result == OST_OK && a->status == 0 ? answer_created(a, client, name) : result;
}

/* The role as the body wants it. A body without a name leaves it, so that nobody loses a role by a
 * body that is not whole; a description that is absent goes, as in Keycloak. */
static ost_result change_role(admin_call *a, const role_part *role, ost_text name,
                              const ost_json **ret_role)
{
    const ost_json *description = ost_json_get(a->body, "description");
    const ost_json *attributes = ost_json_get(a->body, "attributes");
    ost_result result = document_put_text(role->document, "name", name, a->arena, ret_role);
    if (result == OST_OK)
        result = document_put(*ret_role, OST_TEXT("description"),
                              is_absent(description) ? NULL : description, a->arena, ret_role);
    if (result == OST_OK && !is_absent(attributes))
        result = document_put(*ret_role, OST_TEXT("attributes"), attributes, a->arena, ret_role);
    return result;
}

/* The realm's document with the role replaced or (NULL) taken out. */
static ost_result replace_role(admin_call *a, const role_part *role, const ost_json *changed,
                               const ost_json **ret_document)
{
    const ost_json *list;
    ost_result result = document_replace(role_part_list(a->realm.realm, role->client),
                                         role->document, changed, a->arena, &list);
    return result == OST_OK ? admin_put_role_list(a, role->client, list, ret_document) : result;
}

static bool is_default(const admin_call *a, const role_part *role)
{
    return role->client == NULL && text_is(role->name, a->realm.realm->default_role);
}

static ost_result store_renamed(admin_call *a, const role_part *role, ost_text name,
                                const ost_json *document)
{
    const store_renaming renaming = role_part_renaming(role, name);
    const ost_json *role_of_all;
    ost_result result = OST_OK;
    if (is_default(a, role)) {
        result = document_put_text(ost_json_get(document, "defaultRole"), "name", name, a->arena,
                                   &role_of_all);
        if (result == OST_OK)
            result =
                document_put(document, OST_TEXT("defaultRole"), role_of_all, a->arena, &document);
    }
    return result == OST_OK ? admin_rename(a, document, &renaming) : result;
}

ost_result admin_update_role(admin_call *a)
{
    const ost_json *changed, *document;
    role_part role, same;
    ost_text name;
    if (!admin_role_find(a, true, &role) || !check_body(a, &name))
        return OST_OK;
    if (name.len == 0)
        name = role.name;
    bool renamed = !text_equal(name, role.name);
    if (renamed && role_part_named(a->realm.realm, role.client, name, NULL, &same))
        return refuse_name(a, name);
    if (renamed && !admin_may_name_role(a, role.client, name))
        return admin_forbid(a);
    ost_result result = change_role(a, &role, name, &changed);
    if (result == OST_OK)
        result = replace_role(a, &role, changed, &document);
    if (result == OST_OK)
        result = renamed ? store_renamed(a, &role, name, document) : admin_store(a, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_delete_role(admin_call *a)
{
    const ost_json *document;
    role_part role;
    if (!admin_role_find(a, true, &role))
        return OST_OK;
    if (is_default(a, &role)) {
        char *why =
            ost_arena_format(a->arena, "%.*s is default role of the realm and cannot be removed.",
                             (int)role.name.len, role.name.data);
        return why != NULL ? admin_refuse(a, 400, "errorMessage", why) : OST_E_MEMORY;
    }
    const store_renaming renaming = role_part_renaming(&role, (ost_text){0});
    ost_result result = replace_role(a, &role, NULL, &document);
    if (result == OST_OK)
        result = admin_rename(a, document, &renaming);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}
