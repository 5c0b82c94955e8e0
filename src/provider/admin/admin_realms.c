/* SPDX-License-Identifier: Apache-2.0 */
/* Realms of the admin REST API. */
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/admin/realm_part.h"
#include "provider/admin/served_realm.h"
#include "provider/file/realm_import.h"
#include "provider/member/masked.h"
#include "provider/member/member.h"
#include "provider/member/named_setting.h"
#include "provider/member/unknown_member.h"
#include "provider/realm/document_limit.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"

/* What has operations of its own, or is no setting: neither shown with a realm nor changed with it.
 */
static bool is_part(ost_text name)
{
    static const char *const parts[] = {"users",
                                        "clients",
                                        "roles",
                                        "groups",
                                        "defaultRole",
                                        "defaultRoles",
                                        "defaultGroups",
                                        "clientScopes",
                                        "defaultDefaultClientScopes",
                                        "defaultOptionalClientScopes",
                                        "scopeMappings",
                                        "clientScopeMappings",
                                        "components",
                                        "authenticationFlows",
                                        "authenticatorConfig",
                                        "requiredActions",
                                        "identityProviders",
                                        "identityProviderMappers",
                                        "protocolMappers",
                                        "federatedUsers",
                                        "userFederationProviders",
                                        "userFederationMappers",
                                        "applications",
                                        "oauthClients",
                                        "clientPolicies",
                                        "clientProfiles",
                                        "organizations",
                                        "keycloakVersion",
                                        "privateKey",
                                        "publicKey",
                                        "certificate",
                                        "codeSecret",
                                        NULL};
    return text_is_one_of(name, parts);
}

static void put_smtp(ost_json_writer *w, const ost_json *smtp)
{
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(smtp); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        if (text_is(ost_json_name(at), "password"))
            ost_json_put_text(w, OST_TEXT(MASK));
        else
            ost_json_put_value(w, at);
    }
    ost_json_close_object(w);
}

static bool is_brief(ost_text name)
{
    return text_is(name, "id") || text_is(name, "realm") || text_is(name, "displayName") ||
           text_is(name, "displayNameHtml") || text_is(name, "enabled");
}

static ost_result put_realm(const admin_call *a, ost_json_writer *w, const ost_json *document,
                            bool view, bool brief)
{
    ost_result result = OST_OK;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (is_part(name) || (brief && !is_brief(name)) || (!view && !text_is(name, "realm")))
            continue;
        ost_json_put_name(w, name);
        if (text_is(name, "smtpServer"))
            put_smtp(w, at);
        else
            ost_json_put_value(w, at);
    }
    if (view && !brief) {
        result = realm_part_put_unset(w, document, a->arena);
        realm_part_put_default_role(w, document, a->arena);
    }
    ost_json_close_object(w);
    return result;
}

/* As it is served: realms may be many, and large. One that has gone meanwhile is left out. */
static ost_result put_served(admin_call *a, ost_json_writer *w, ost_text name, bool view)
{
    realm_admin admin;
    ost_result result = served_realm_open(a->call->provider, name, a->arena, &admin);
    if (result != OST_OK)
        return result == OST_E_NOT_FOUND ? OST_OK : result;
    result =
        put_realm(a, w, admin.realm->document, view, admin_flag(a, "briefRepresentation", false));
    served_realm_close(a->call->provider, &admin);
    return result;
}

ost_result admin_list_realms(admin_call *a)
{
    store_realm *rows;
    size_t count, shown = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = store_realm_names(a->call->provider->store, a->arena, &rows, &count);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        admin_rights rights = admin_right_over(&a->asker, rows[i].name);
        bool view = (rights & (RIGHT_VIEW_REALM | RIGHT_MANAGE_REALM)) != 0;
        if ((rights & ~(admin_rights)RIGHT_CREATE_REALM) == 0)
            continue;
        shown++;
        result = put_served(a, w, rows[i].name, view);
    }
    if (result == OST_OK && shown == 0)
        return admin_forbid(a);
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

ost_result admin_read_realm(admin_call *a)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_result result = put_realm(a, w, a->realm.realm->document,
                                  admin_may(a, RIGHT_VIEW_REALM | RIGHT_MANAGE_REALM), false);
    return result == OST_OK ? admin_answer(a, w) : result;
}

ost_result admin_create_realm(admin_call *a)
{
    ost_error error = {0};
    ost_text name = {0};
    store_realm *rows;
    size_t count;
    if (!ost_json_is(a->body, OST_JSON_OBJECT))
        return admin_refuse(a, 400, "errorMessage", "unable to read contents from stream");
    (void)!ost_json_text(ost_json_get(a->body, "realm"), &name);
    if (name.len == 0)
        return admin_refuse(a, 400, "errorMessage", "Realm name cannot be empty");
    const char *why = unknown_member_of(a->body, &member_realm, a->arena);
    if (why == NULL)
        why = named_setting_of_realm(a->body, NULL, a->body, a->arena);
    if (why == NULL)
        why = named_setting_of_lists(a->body, a->body, a->arena);
    if (why != NULL)
        return admin_refuse(a, 400, "errorMessage", why);
    ost_result result = store_realm_names(a->call->provider->store, a->arena, &rows, &count);
    if (result == OST_OK && count >= PROVIDER_REALMS)
        return admin_refuse(a, 400, "errorMessage", "There are too many realms");
    if (result == OST_OK) /* who may do everything needs no rights of their own */
        result = realm_import_created(a->call->provider->store, ost_json_source(a->body),
                                      admin_may(a, RIGHT_ADMIN) ? (ost_text){0} : a->asker.user,
                                      a->call->provider->context, &error);
    if (result == OST_E_CONFLICT)
        return admin_refuse(a, 409, "errorMessage", "Conflict detected. See logs for details");
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    a->changed = true;
    return admin_answer_created(
        a, ost_arena_format(a->arena, "/realms/%s", percent_encode(a->arena, name).data));
}

/* A masked password stands for the one that is stored. */
static ost_result unmask(admin_call *a, const ost_json *smtp, const ost_json **ret_smtp)
{
    const ost_json *stored =
        ost_json_get(ost_json_get(a->realm.realm->document, "smtpServer"), "password");
    *ret_smtp = smtp;
    if (!ost_json_equals(ost_json_get(smtp, "password"), OST_TEXT(MASK)))
        return OST_OK;
    return document_put(smtp, OST_TEXT("password"), stored, a->arena, ret_smtp);
}

/* The realm with the members of the body; what is a part of its own, or null, stays as it is. */
static ost_result merge_members(admin_call *a, const ost_json **ret_document)
{
    json_share_member *members =
        ost_arena_alloc(a->arena, (ost_json_count(a->body) + 1) * sizeof *members);
    size_t count = 0;
    ost_result result = members != NULL ? OST_OK : OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(a->body); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (is_part(ost_json_name(at)) || text_is(ost_json_name(at), "id") ||
            ost_json_is(at, OST_JSON_NULL))
            continue;
        members[count] = (json_share_member){ost_json_name(at), at};
        if (text_is(ost_json_name(at), "smtpServer"))
            result = unmask(a, at, &members[count].value);
        count++;
    }
    return result == OST_OK ? document_put_members(a->realm.realm->document, members, count,
                                                   a->arena, ret_document)
                            : result;
}

ost_result admin_update_realm(admin_call *a)
{
    ost_error error = {0};
    const ost_json *document;
    if (!admin_body_of(a, &member_realm))
        return OST_OK;
    const ost_json *name = ost_json_get(a->body, "realm");
    if (name != NULL && !ost_json_is(name, OST_JSON_NULL) &&
        !ost_json_equals(name, text_of(a->realm.realm->name)))
        return admin_refuse(a, 501, "error", "A realm keeps its name");
    const ost_json *before = a->realm.realm->document;
    const char *why = named_setting_of_realm(before, before, a->body, a->arena);
    if (why != NULL)
        return admin_refuse(a, 400, "errorMessage", why);
    ost_result result = merge_members(a, &document);
    if (result == OST_OK)
        result = realm_admin_store(&a->realm, document, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    a->changed = true;
    return admin_answer_done(a);
}

ost_result admin_delete_realm(admin_call *a)
{
    if (text_is(a->realm.row.name, "master"))
        return admin_refuse(a, 400, "errorMessage", "The realm master cannot be deleted");
    ost_error error = {0};
    ost_result result = realm_admin_delete(&a->realm, &error);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "Realm not found.");
    a->changed = true;
    return result == OST_OK ? admin_answer_done(a) : result;
}
