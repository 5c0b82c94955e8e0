/* Users that are added one by one: by `ostiary user add`, and the first administrator. */
#include "provider/realm/bootstrap_admin.h"

#include <ostiary/json.h>

#include "base/text.h"
#include "provider/realm/realm_import.h"
#include "provider/realm/user_row.h"

#define USER_ARENA ((size_t)16 << 20)

static ost_result write_user(ost_text username, ost_text email, ost_text password,
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

/* Everybody has the realm's default roles, as a user made in Keycloak's console has. */
static ost_result complete_roles(ost_text realm, const char *const *roles, ost_arena *arena,
                                 const char *const **ret_roles)
{
    size_t count = 0;
    while (roles != NULL && roles[count] != NULL)
        count++;
    const char **all = ost_arena_alloc(arena, (count + 2) * sizeof *all);
    if (all == NULL)
        return OST_E_MEMORY;
    all[0] = ost_arena_format(arena, "default-roles-%.*s", (int)realm.len, realm.data);
    for (size_t i = 0; i < count; i++)
        all[i + 1] = roles[i];
    *ret_roles = all;
    return all[0] != NULL ? OST_OK : OST_E_MEMORY;
}

static ost_result add(store *s, ost_text realm, ost_text username, ost_text email,
                      ost_text password, const char *const *roles, const ost_context *context,
                      ost_arena *arena, ost_error *ret_error)
{
    store_realm row;
    store_user user;
    const ost_json *document;
    const char *const *all;
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result = w != NULL ? store_realm_get(s, realm, arena, &row) : OST_E_MEMORY;
    if (result == OST_E_NOT_FOUND)
        return ost_error_set(ret_error, result, "there is no realm %.*s", (int)realm.len,
                             realm.data);
    if (result == OST_OK)
        result = complete_roles(realm, roles, arena, &all);
    if (result == OST_OK)
        result = write_user(username, email, password, all, w);
    if (result == OST_OK)
        result = ost_json_writer_finish(w, &text);
    if (result == OST_OK)
        result = ost_json_read(text, NULL, arena, &document, NULL);
    if (result == OST_OK)
        result = user_row_read(document, 0, realm, context, arena, &user, ret_error);
    if (result == OST_OK)
        result = store_user_create(s, &user);
    if (result == OST_E_CONFLICT)
        return ost_error_set(ret_error, result, "user %.*s stands there already", (int)username.len,
                             username.data);
    return result == OST_OK ? OST_OK
                            : ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
}

ost_result realm_add_user(store *s, ost_text realm, ost_text username, ost_text email,
                          ost_text password, const char *const *realm_roles,
                          const ost_context *context, ost_error *ret_error)
{
    ost_arena *arena = ost_arena_new(USER_ARENA);
    if (arena == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result =
        add(s, realm, username, email, password, realm_roles, context, arena, ret_error);
    ost_arena_free(arena);
    return result;
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
                           const ost_context *context, ost_error *ret_error)
{
    static const char *const roles[] = {"admin", NULL};
    if (realm_exists(s, OST_TEXT("master")))
        return OST_OK;
    if (username.len == 0 || password.len == 0)
        return ost_error_set(ret_error, OST_E_CONFIG,
                             "the first administrator needs a name and a password");
    ost_result result = realm_import_document(
        s,
        OST_TEXT("{\"realm\":\"master\",\"displayName\":\"Administration\",\"enabled\":true,"
                 "\"roles\":{\"realm\":[{\"name\":\"admin\",\"composite\":true,\"composites\":"
                 "{\"client\":{\"realm-management\":[\"realm-admin\"]}}}]}}"),
        context, ret_error);
    return result == OST_OK ? realm_add_user(s, OST_TEXT("master"), username, OST_TEXT(""),
                                             password, roles, context, ret_error)
                            : result;
}
