/* SPDX-License-Identifier: Apache-2.0 */
/* Users that are added one by one: by `ostiary user add`, and the first administrator. */
#include "provider/file/bootstrap_admin.h"

#include <ostiary/json.h>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/file/realm_import.h"
#include "provider/proof/password_policy.h"
#include "provider/realm/realm.h"
#include "provider/realm/role.h"
#include "provider/realm/user_row.h"
#include "store/realm/realm_missing.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define USER_ARENA ((size_t)256 << 20) /* a whole realm is read into it */

static ost_result write_user(const realm *r, ost_text username, ost_text email, ost_text password,
                             const char *const *roles, ost_json_writer *w)
{
    ost_json_open_object(w);
    ost_json_member_text(w, "username", username);
    ost_json_member_boolean(w, "enabled", true);
    if (email.len > 0)
        ost_json_member_text(w, "email", email);
    ost_json_put_name(w, OST_TEXT("realmRoles"));
    ost_json_open_array(w);
    for (size_t i = 0; roles != NULL && roles[i] != NULL; i++)
        ost_json_put_text(w, text_of(roles[i]));
    ost_json_close_array(w);
    user_row_put_default_groups(r, w);
    if (password.len > 0) {
        ost_json_put_name(w, OST_TEXT("credentials"));
        ost_json_open_array(w);
        ost_json_open_object(w);
        ost_json_member_string(w, "type", "password");
        ost_json_member_text(w, "value", password);
        ost_json_close_object(w);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
    return OST_OK;
}

/* Everybody has the realm's default role, as a user made in Keycloak's console has. */
static ost_result complete_roles(const realm *r, const char *const *roles, ost_arena *arena,
                                 const char *const **ret_roles, ost_error *error)
{
    size_t count = 0;
    while (roles != NULL && roles[count] != NULL)
        count++;
    const char **all = ost_arena_alloc(arena, (count + 2) * sizeof *all);
    if (all == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    all[0] = r->default_role;
    for (size_t i = 0; i < count; i++) {
        if (!role_exists(r, (ost_text){0}, text_of(roles[i])))
            return ost_error_set(error, OST_E_NOT_FOUND, "Could not find role: %s", roles[i]);
        all[i + 1] = roles[i];
    }
    *ret_roles = all;
    return OST_OK;
}

static ost_result admin_add(store *s, const realm *r, const store_user *like, ost_text password,
                            const char *const *roles, const ost_context *context, ost_arena *arena,
                            ost_error *error)
{
    store_user user;
    const ost_json *document;
    const char *const *all;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result = w != NULL ? complete_roles(r, roles, arena, &all, error) : OST_E_MEMORY;
    if (result == OST_OK && password.len > 0)
        result =
            password_policy_check(r->password_policy, password, like->username, like->email, error);
    if (result == OST_OK)
        result = write_user(r, like->username, like->email, password, all, w);
    if (result == OST_OK)
        result = json_writer_read(w, NULL, &document, NULL);
    const user_row_home home = {.realm = r, .context = context, .arena = arena};
    if (result == OST_OK)
        result = user_row_read(&home, document, 0, &user, error);
    if (result != OST_OK)
        return result;
    user.email_shared = r->duplicate_emails;
    result = store_user_create(s, &user);
    return result == OST_E_CONFLICT
               ? ost_error_set(error, result, "User exists already with same username or email")
               : result;
}

ost_result realm_add_user(store *s, ost_text realm_name, ost_text username, ost_text email,
                          ost_text password, const char *const *roles, const ost_context *context,
                          ost_error *error)
{
    ost_error inner = {0};
    store_realm row;
    realm *r = NULL;
    const store_user like = {.username = username, .email = email};
    ost_arena *arena = ost_arena_new(USER_ARENA);
    if (arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = store_realm_get(s, realm_name, arena, &row);
    if (result == OST_E_NOT_FOUND)
        result = realm_missing(s, realm_name, arena, &inner);
    if (result == OST_OK)
        result = realm_load(row.document, row.version, &r, &inner);
    if (result == OST_OK)
        result = admin_add(s, r, &like, password, roles, context, arena, &inner);
    realm_unref(r);
    ost_arena_free(arena);
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "%s",
                                            inner.detail[0] != '\0' ? inner.detail
                                                                    : ost_result_sentence(result));
}

static bool realm_exists(store *s, ost_text name)
{
    ost_arena *arena = ost_arena_new(USER_ARENA);
    store_realm row;
    bool exists = arena != NULL && store_realm_get(s, name, arena, &row) == OST_OK;
    ost_arena_free(arena);
    return exists;
}

ost_result bootstrap_admin(store *s, ost_text username, ost_text password,
                           const ost_context *context, ost_error *error)
{
    static const char *const roles[] = {"admin", NULL};
    if (realm_exists(s, OST_TEXT("master")))
        return OST_OK;
    if (username.len == 0 || password.len == 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "the first administrator needs a name and a password");
    ost_result result = realm_import_document(
        s,
        OST_TEXT("{\"realm\":\"master\",\"displayName\":\"Administration\",\"enabled\":true,"
                 "\"roles\":{\"realm\":[{\"name\":\"admin\",\"description\":\"${role_admin}\"}]}}"),
        context, error);
    if (result == OST_E_CONFLICT && realm_exists(s, OST_TEXT("master"))) /* by another node */
        return OST_OK;
    return result == OST_OK ? realm_add_user(s, OST_TEXT("master"), username, OST_TEXT(""),
                                             password, roles, context, error)
                            : result;
}
