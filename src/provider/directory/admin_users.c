/* SPDX-License-Identifier: Apache-2.0 */
/* Users of the admin REST API. */
#include <string.h>

#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/admin_grant.h"
#include "provider/directory/admin_group.h"
#include "provider/directory/admin_user.h"
#include "provider/directory/user_given.h"
#include "provider/directory/user_profile.h"
#include "provider/member/member.h"
#include "provider/member/review.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/user_row.h"
#include "provider/user/required_action.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

static ost_result user_find(admin_call *a, store_user *ret_user, const ost_json **ret_document)
{
    bool found;
    return admin_user_find(a, ret_user, ret_document, &found);
}

/* ---- reading ---- */

ost_result admin_read_user(admin_call *a)
{
    store_user user;
    const ost_json *document;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? user_find(a, &user, &document) : OST_E_MEMORY;
    if (result != OST_OK || a->status != 0)
        return result;
    admin_user_put(a, w, &user, document, false, true);
    return admin_answer(a, w);
}

/* ---- changing ---- */

/* Another user of the address; the store has the last word. */
static bool is_taken(admin_call *a, const ost_json *document, const char *what, ost_text own_id)
{
    store_user other;
    ost_text value;
    bool email = strcmp(what, "email") == 0;
    if ((email && a->realm.realm->duplicate_emails) ||
        !ost_json_text(ost_json_get(document, what), &value) || value.len == 0 ||
        store_user_find(a->realm.store, a->realm.row.name, value, email, a->arena, &other) !=
            OST_OK ||
        text_equal(other.id, own_id))
        return false;
    admin_refuse(a, 409, "errorMessage",
                 email ? "User exists with same email" : "User exists with same username");
    return true;
}

/* Adds to `paths` the groups of a list of paths; a group that is not there, or whose roles the
 * administrator may not give, refuses the call. */
static ost_result add_groups(admin_call *a, const admin_groups *groups, const ost_json *list,
                             bool given, const ost_json **paths)
{
    ost_text path;
    bool may = true;
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(list); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        const admin_group *group = ost_json_text(at, &path) ? admin_groups_at(groups, path) : NULL;
        if (group == NULL && given)
            return admin_refuse(a, 400, "errorMessage", "Group not found");
        if (group == NULL)
            continue;
        if (given)
            result = admin_may_grant_group(a, text_of(group->key), &may);
        if (result == OST_OK && !may)
            return admin_forbid(a);
        if (result == OST_OK)
            result = document_add_text(*paths, text_of(group->key), a->arena, paths);
    }
    return result;
}

/* The groups that the realm gives to new users, and those that the body asks for. */
static ost_result new_groups(admin_call *a, const ost_json **document)
{
    admin_groups groups;
    const ost_json *paths = NULL;
    ost_result result = admin_groups_load(a, &groups);
    if (result == OST_OK)
        result = add_groups(a, &groups, ost_json_get(a->realm.realm->document, "defaultGroups"),
                            false, &paths);
    if (result == OST_OK)
        result = add_groups(a, &groups, ost_json_get(a->body, "groups"), true, &paths);
    if (result != OST_OK || paths == NULL)
        return result;
    return document_put(*document, OST_TEXT("groups"), paths, a->arena, document);
}

static ost_result write_new(admin_call *a, const ost_json **ret_document)
{
    const ost_json *roles, *actions;
    ost_result result = ost_json_read(OST_TEXT("{}"), NULL, a->arena, ret_document, NULL);
    if (result == OST_OK)
        result = user_given_merge(a, true, ret_document);
    if (result == OST_OK)
        result = required_action_defaults(
            a->realm.realm, ost_json_get(*ret_document, "requiredActions"), a->arena, &actions);
    if (result == OST_OK && actions != NULL)
        result = document_put(*ret_document, OST_TEXT("requiredActions"), actions, a->arena,
                              ret_document);
    if (result == OST_OK)
        result = document_add_text(NULL, text_of(a->realm.realm->default_role), a->arena, &roles);
    return result == OST_OK
               ? document_put(*ret_document, OST_TEXT("realmRoles"), roles, a->arena, ret_document)
               : result;
}

static ost_result store_new(admin_call *a, const ost_json *document)
{
    ost_error error = {0};
    store_user row;
    const user_row_home home = {
        .realm = a->realm.realm, .context = a->call->provider->context, .arena = a->arena};
    ost_result result =
        review_object(document, &member_user, "", false, a->arena, NULL, &document, &error);
    if (result == OST_OK)
        result = user_row_read(&home, document, 0, &row, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    row.email_shared = a->realm.realm->duplicate_emails;
    result = store_user_create(a->realm.store, &row);
    if (result == OST_E_CONFLICT)
        return admin_refuse(a, 409, "errorMessage", "User exists with same username or email");
    if (result != OST_OK)
        return result;
    return admin_answer_created(a,
                                ost_arena_format(a->arena, "/realms/%s/users/%.*s",
                                                 percent_encode(a->arena, a->realm.row.name).data,
                                                 (int)row.id.len, row.id.data));
}

/* Of a new user who is called by it. */
static bool is_address_missing(const admin_call *a)
{
    return a->realm.realm->registration.email_is_name && part_text(a->body, "email").len == 0;
}

ost_result admin_create_user(admin_call *a)
{
    const ost_json *document;
    ost_text name = {0};
    if (!admin_body_of(a, &member_user))
        return OST_OK;
    if (is_address_missing(a))
        return user_given_refuse(a, "email", "error-user-attribute-required");
    if (!a->realm.realm->registration.email_is_name &&
        (!ost_json_text(ost_json_get(a->body, "username"), &name) || name.len == 0))
        return admin_refuse(a, 400, "errorMessage", "User name is missing");
    if (!user_profile_check(a))
        return OST_OK;
    ost_result result = write_new(a, &document);
    if (result == OST_OK && a->status == 0)
        result = new_groups(a, &document);
    if (result == OST_OK && a->status == 0)
        result = user_profile_check_own(a, NULL, document);
    if (result != OST_OK || a->status != 0)
        return result;
    if (is_taken(a, document, "email", (ost_text){0}) ||
        is_taken(a, document, "username", (ost_text){0}))
        return OST_OK;
    return store_new(a, document);
}

ost_result admin_update_user(admin_call *a)
{
    ost_error error = {0};
    store_user user;
    const ost_json *document;
    ost_result result = user_find(a, &user, &document);
    if (result != OST_OK || a->status != 0)
        return result;
    if (a->body == NULL)
        return admin_refuse(a, 400, "errorMessage", "Could not update user!");
    if (!admin_body_of(a, &member_user))
        return OST_OK;
    user_given_check_name(a, document, user.username);
    if (a->status != 0)
        return OST_OK;
    if (!user_profile_check(a))
        return OST_OK;
    const ost_json *before = document;
    result = user_given_merge(a, false, &document);
    if (result == OST_OK && a->status == 0)
        result = user_profile_check_own(a, before, document);
    if (result != OST_OK || a->status != 0 || is_taken(a, document, "email", user.id) ||
        is_taken(a, document, "username", user.id))
        return result;
    result = realm_admin_store_user(&a->realm, &user, document, &error);
    a->changed = true; /* it may be the account of a client, which is kept in memory */
    return result == OST_OK ? admin_answer_done(a) : admin_refuse_result(a, result, &error);
}

ost_result admin_delete_user(admin_call *a)
{
    store_user user;
    const ost_json *document;
    ost_result result = user_find(a, &user, &document);
    if (result != OST_OK || a->status != 0)
        return result;
    result = store_user_delete(a->realm.store, a->realm.row.name, user.id);
    logout_bell_ring(&a->call->provider->logouts_bell);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "User not found");
    a->changed = true;
    return result == OST_OK ? admin_answer_done(a) : result;
}

ost_result admin_reset_password(admin_call *a)
{
    ost_error error = {0};
    store_user user;
    const ost_json *document, *value;
    bool temporary = false;
    ost_text password = {0};
    ost_result result = user_find(a, &user, &document);
    if (result != OST_OK || a->status != 0)
        return result;
    if (a->body != NULL && !admin_body_of(a, &member_credential))
        return OST_OK;
    value = ost_json_get(a->body, "value");
    if (value == NULL || ost_json_is(value, OST_JSON_NULL))
        return admin_refuse(a, 400, "error", "No password provided");
    if (!ost_json_text(value, &password) || password.len == 0)
        return admin_refuse(a, 400, "error", "Empty password not allowed");
    if (!ost_json_boolean(ost_json_get(a->body, "temporary"), &temporary))
        temporary = false;
    result = realm_admin_set_password(&a->realm, &user, document, password, temporary, &error);
    return result == OST_OK ? admin_answer_done(a) : admin_refuse_result(a, result, &error);
}
