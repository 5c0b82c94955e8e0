/* SPDX-License-Identifier: Apache-2.0 */
/* Partial import in the admin REST API. */
#include "base/array.h"
#include "base/json/json_finder.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/file/realm_import.h"
#include "provider/member/named_setting.h"
#include "provider/member/review.h"
#include "provider/member/unknown_member.h"
#include "provider/realm/document_limit.h"
#include "provider/transfer/partial_import.h"
#include "provider/transfer/partial_names.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

static const char *const action_names[PARTIAL_ACTIONS] = {"ADDED", "SKIPPED", "OVERWRITTEN"};
static const char *const count_names[PARTIAL_ACTIONS] = {"added", "skipped", "overwritten"};

/* One of three words, and no number, which stands for one of them elsewhere. */
static bool is_word(const ost_json *value)
{
    ost_text word;
    return value == NULL || ost_json_is(value, OST_JSON_NULL) ||
           (ost_json_text(value, &word) && word.len > 0);
}

static bool read_policy(admin_call *a, partial_policy *ret_policy)
{
    if (!is_word(ost_json_get(a->body, "ifResourceExists")) ||
        !is_word(ost_json_get(a->body, "policy")))
        return false;
    ost_text word = part_text(a->body, "ifResourceExists");
    if (word.len == 0)
        word = part_text(a->body, "policy");
    if (word.len == 0 || text_is(word, "FAIL"))
        *ret_policy = PARTIAL_FAIL;
    else if (text_is(word, "SKIP"))
        *ret_policy = PARTIAL_SKIP;
    else if (text_is(word, "OVERWRITE"))
        *ret_policy = PARTIAL_OVERWRITE;
    else
        return false;
    return true;
}

/* Besides the realm, who brings something may manage that. */
static bool may_import(const admin_call *a)
{
    static const struct {
        const char *member;
        admin_rights rights;
    } kinds[] = {{"users", RIGHT_MANAGE_USERS},
                 {"groups", RIGHT_MANAGE_USERS},
                 {"clients", RIGHT_MANAGE_CLIENTS},
                 {"identityProviders", RIGHT_MANAGE_IDENTITY_PROVIDERS},
                 {"identityProviderMappers", RIGHT_MANAGE_IDENTITY_PROVIDERS}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (ost_json_get(a->body, kinds[i].member) != NULL && !admin_may(a, kinds[i].rights))
            return false;
    }
    return ost_json_get(ost_json_get(a->body, "roles"), "client") == NULL ||
           admin_may(a, RIGHT_MANAGE_CLIENTS);
}

/* The parts of the body that are imported; nothing else of it counts. */
static ost_result take_parts(admin_call *a, const ost_json **ret_parts, ost_error *error)
{
    static const char *const parts[] = {
        "clients", "roles", "identityProviders", "identityProviderMappers", "groups", "users"};
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const ost_json *part = ost_json_get(a->body, parts[i]);
        if (part != NULL)
            ost_json_member_value(w, parts[i], part);
    }
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_parts, error);
}

/* ---- the answer ---- */

/* As the store has it now; of a role of a client, the client's, as in Keycloak. */
static ost_text id_of(admin_call *a, json_finder *finder, const realm_admin *now,
                      const partial_result *r)
{
    static const struct {
        const partial_kind *kind;
        const char *list;
    } lists[] = {{&partial_client, "clients"},
                 {&partial_group, "groups"},
                 {&partial_provider, "identityProviders"},
                 {&partial_provider_mapper, "identityProviderMappers"}};
    const ost_json *document = now->realm->document, *list = NULL;
    store_user user;
    ost_text name = r->name;
    const char *which = r->kind->name;
    if (r->kind == &partial_user)
        return store_user_find(now->store, now->row.name, name, false, a->arena, &user) == OST_OK
                   ? user.id
                   : (ost_text){0};
    if (r->kind == &partial_realm_role) {
        list = ost_json_get(ost_json_get(document, "roles"), "realm");
    } else if (r->kind == &partial_client_role) {
        list = ost_json_get(document, "clients");
        which = "clientId";
        name = r->owner;
    }
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        list = lists[i].kind == r->kind ? ost_json_get(document, lists[i].list) : list;
    const ost_json *object = json_finder_find(finder, list, which, name);
    return object != NULL && r->kind == &partial_provider
               ? part_text(object, "internalId")
               : (object != NULL ? part_id(text_of(now->realm->id), object, a->arena)
                                 : (ost_text){0});
}

static void put_result(admin_call *a, json_finder *finder, const realm_admin *now,
                       const partial_result *r, ost_json_writer *w)
{
    ost_json_open_object(w);
    ost_json_member_string(w, "action", action_names[r->action]);
    ost_json_member_string(w, "resourceType", r->kind->type);
    ost_json_put_name(w, OST_TEXT("resourceName"));
    if (r->owner.len > 0)
        ost_json_put_text(w,
                          text_of(ost_arena_format(a->arena, "%.*s-->%.*s", (int)r->owner.len,
                                                   r->owner.data, (int)r->name.len, r->name.data)));
    else
        ost_json_put_text(w, r->name);
    ost_text id = id_of(a, finder, now, r);
    if (id.len > 0)
        ost_json_member_text(w, "id", id);
    ost_json_close_object(w);
}

static ost_result answer(admin_call *a, const partial_import *p)
{
    realm_admin now;
    json_finder finder = {.arena = a->arena}; /* of what is stored now */
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result =
        w != NULL ? realm_admin_open(a->realm.store, a->realm.row.name, a->arena, &now, NULL)
                  : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    for (size_t i = 0; i < PARTIAL_ACTIONS; i++)
        ost_json_member_integer(w, count_names[i], (int64_t)p->count[i]);
    ost_json_put_name(w, OST_TEXT("results"));
    ost_json_open_array(w);
    store_hold(now.store);
    for (const partial_result *r = p->first; r != NULL; r = r->next)
        put_result(a, &finder, &now, r, w);
    store_release(now.store);
    ost_json_close_array(w);
    ost_json_close_object(w);
    realm_admin_close(&now);
    return admin_answer(a, w);
}

/* ---- the import ---- */

/* A conflict is the body's fault, unless somebody else has changed the realm meanwhile. */
static ost_result refuse_store(admin_call *a, ost_result result, const ost_error *error)
{
    store_realm row;
    if (result == OST_E_CONFLICT && error->detail[0] != '\0' &&
        store_realm_get(a->realm.store, a->realm.row.name, a->arena, &row) == OST_OK &&
        row.version == a->realm.row.version) {
        const char *why = ost_arena_copy(a->arena, text_of(error->detail));
        return why != NULL ? admin_refuse(a, 409, "errorMessage", why) : OST_E_MEMORY;
    }
    return admin_refuse_result(a, result, error);
}

/* Refuses the call for what is not known, or names what is not there. */
static ost_result look_through(admin_call *a, partial_import *p, ost_error *error)
{
    const ost_json *parts;
    ost_result result = take_parts(a, &parts, error);
    if (result != OST_OK)
        return result;
    const char *why = unknown_member_of(parts, &member_realm, a->arena);
    if (why == NULL)
        result = review_object(parts, &member_realm, "", false, a->arena, NULL, &p->body, error);
    if (why == NULL && result == OST_OK)
        why = named_setting_of_lists(a->realm.realm->document, p->body, a->arena);
    if (why == NULL && result == OST_OK)
        why = partial_names_fault(p);
    return why != NULL ? admin_refuse(a, 400, "errorMessage", why) : result;
}

ost_result admin_partial_import(admin_call *a)
{
    ost_error error = {0};
    partial_import p = {.admin = a, .finder = {.arena = a->arena}};
    if (!ost_json_is(a->body, OST_JSON_OBJECT) || !read_policy(a, &p.policy))
        return admin_refuse(a, 400, "errorMessage", "unable to read contents from stream");
    if (!may_import(a))
        return admin_forbid(a);
    ost_result result = look_through(a, &p, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    if (a->status != 0)
        return OST_OK;
    result = partial_merge(&p);
    if (result == OST_OK && a->status == 0)
        result = partial_check_grants(&p);
    if (result != OST_OK || a->status != 0)
        return result;
    if (p.count[PARTIAL_ADDED] + p.count[PARTIAL_OVERWRITTEN] > 0) {
        result = realm_import_over(a->realm.store, &a->realm.row, p.document, p.users,
                                   a->call->provider->context, &error);
        if (result != OST_OK)
            return refuse_store(a, result, &error);
        a->changed = true;
    }
    return answer(a, &p);
}
