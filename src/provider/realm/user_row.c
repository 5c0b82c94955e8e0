/* SPDX-License-Identifier: Apache-2.0 */
/* Users as rows; see user_row.h. */
#include "provider/realm/user_row.h"

#include <stdio.h>

#include "base/context.h"
#include "base/fold.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/realm/group.h"
#include "provider/realm/password.h"
#include "provider/realm/realm.h"
#include "provider/realm/uuid.h"

#define MAX_NAME 255

ost_text user_row_fold(ost_text text, ost_arena *arena)
{
    return text_fold(text, arena);
}

static bool is_plain(const ost_json *credential)
{
    return ost_json_is(ost_json_get(credential, "value"), OST_JSON_STRING);
}

/* A plain value is a password, as in Keycloak, unless its type is that of something else. */
static bool is_password(const ost_json *credential)
{
    static const char *const others[] = {
        "password-history",      "otp", "totp", "hotp", "recovery-authn-codes", "webauthn",
        "webauthn-passwordless", NULL};
    const ost_json *type = ost_json_get(credential, "type");
    ost_text name = {0};
    (void)!ost_json_text(type, &name);
    return text_is(name, "password") || (is_plain(credential) && !text_is_one_of(name, others));
}

/* Second factors stay with the user, byte for byte and in their order, which is the order of
 * preference. */
static void put_other_credentials(ost_json_writer *w, const ost_json *user)
{
    bool any = false;
    for (const ost_json *at = ost_json_first(ost_json_get(user, "credentials")); at != NULL;
         at = ost_json_next(at)) {
        if (is_password(at))
            continue;
        if (!any) {
            ost_json_put_name(w, OST_TEXT("credentials"));
            ost_json_open_array(w);
        }
        any = true;
        ost_json_put_value(w, at);
    }
    if (any)
        ost_json_close_array(w);
}

static bool has_temporary_password(const ost_json *user)
{
    bool temporary = false;
    for (const ost_json *at = ost_json_first(ost_json_get(user, "credentials")); at != NULL;
         at = ost_json_next(at)) {
        if (is_password(at) && ost_json_boolean(ost_json_get(at, "temporary"), &temporary) &&
            temporary)
            return true;
    }
    return false;
}

/* A temporary password is one that has to be changed. */
static void put_actions(ost_json_writer *w, const ost_json *user)
{
    bool told = false, temporary = has_temporary_password(user);
    const ost_json *actions = ost_json_get(user, "requiredActions");
    if (actions == NULL && !temporary)
        return;
    ost_json_put_name(w, OST_TEXT("requiredActions"));
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(actions); at != NULL; at = ost_json_next(at)) {
        told = told || ost_json_equals(at, OST_TEXT("UPDATE_PASSWORD"));
        ost_json_put_value(w, at);
    }
    if (temporary && !told)
        ost_json_put_text(w, OST_TEXT("UPDATE_PASSWORD"));
    ost_json_close_array(w);
}

/* The stored document: the user's own members but the password and the consents, with the id; name
 * and address in lower case, as Keycloak keeps them. */
static ost_result write_document(const ost_json *user, ost_text id, ost_text username,
                                 ost_arena *arena, ost_text *ret_document)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_text email;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_text(w, "username", username);
    for (const ost_json *at = ost_json_first(user); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (text_is(name, "id") || text_is(name, "username") || text_is(name, "credentials") ||
            text_is(name, "requiredActions") || text_is(name, "clientConsents"))
            continue;
        ost_json_put_name(w, name);
        if (text_is(name, "email") && ost_json_text(at, &email))
            ost_json_put_text(w, text_lower(email, arena));
        else
            ost_json_put_value(w, at);
    }
    put_actions(w, user);
    put_other_credentials(w, user);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_document);
}

static const ost_json *find_password(const ost_json *user)
{
    const ost_json *at = ost_json_first(ost_json_get(user, "credentials"));
    while (at != NULL && !is_password(at))
        at = ost_json_next(at);
    return at;
}

ost_text user_row_plain_password(const ost_json *user)
{
    const ost_json *password = find_password(user);
    ost_text plain = {0};
    if (password == NULL || !is_plain(password) ||
        !ost_json_text(ost_json_get(password, "value"), &plain))
        return (ost_text){0};
    return plain;
}

/* A temporary one is set anew: it has to be changed again. */
static bool is_known_password(const ost_json *user, ost_text plain, const store_user *before,
                              ost_arena *arena)
{
    bool matches = false, upgrade;
    return before != NULL && before->password.len > 0 && !has_temporary_password(user) &&
           password_verify(plain, before->password, NULL, arena, &matches, &upgrade) == OST_OK &&
           matches;
}

static ost_result read_password(const user_row_home *home, const ost_json *user,
                                const store_user *before, ost_text *ret_password)
{
    const password_form form = password_form_of(home->realm->password_policy);
    ost_arena *arena = home->arena;
    const ost_json *at = find_password(user);
    *ret_password = OST_TEXT("");
    if (at == NULL)
        return OST_OK;
    if (is_plain(at)) {
        ost_text plain = user_row_plain_password(user);
        if (plain.len > 0 && is_known_password(user, plain, before, arena)) {
            *ret_password = before->password;
            return OST_OK;
        }
        return plain.len > 0 ? password_hash(plain, &form, home->context, arena, ret_password)
                             : OST_OK;
    }
    if (ost_json_get(at, "hashedSaltedValue") != NULL)
        return password_convert(at, arena, ret_password);
    *ret_password = ost_json_source(at);
    return OST_OK;
}

/* The id of a file counts: passkeys know their user by it. */
static bool read_id(const ost_json *user, const ost_context *context, ost_arena *arena,
                    ost_text *ret_id)
{
    const ost_json *id = ost_json_get(user, "id");
    if (id != NULL && !ost_json_equals(id, OST_TEXT("")))
        return ost_json_text(id, ret_id);
    *ret_id = uuid_text(context, arena);
    return true;
}

ost_result user_row_name(const ost_json *user, ost_arena *arena, ost_text *ret_name)
{
    ost_text client_id, name = {0};
    (void)!ost_json_text(ost_json_get(user, "username"), &name);
    if (name.len > 0 && ost_json_text(ost_json_get(user, "serviceAccountClientId"), &client_id) &&
        client_id.len > 0)
        name = text_of(
            ost_arena_format(arena, SERVICE_ACCOUNT "%.*s", (int)client_id.len, client_id.data));
    *ret_name = name;
    return name.len == 0 || name.data != NULL ? OST_OK : OST_E_MEMORY;
}

/* With row->password, where there is one, in the place of what the user brings. */
static ost_result read_row(const user_row_home *home, const ost_json *user,
                           const store_user *before, store_user *row, const char **ret_what)
{
    ost_arena *arena = home->arena;
    ost_text text;
    bool enabled = false;
    *ret_what = "username: missing, empty or too long";
    if (user_row_name(user, arena, &text) != OST_OK)
        return OST_E_MEMORY;
    if (text.len == 0 || text.len > MAX_NAME)
        return OST_E_FORMAT;
    row->username = user_row_fold(text, arena);
    ost_text shown = text_lower(text, arena);
    *ret_what = "email: not a string";
    if (ost_json_get(user, "email") != NULL &&
        !ost_json_is(ost_json_get(user, "email"), OST_JSON_NULL)) {
        if (!ost_json_text(ost_json_get(user, "email"), &text) || text.len > MAX_NAME)
            return OST_E_FORMAT;
        row->email = user_row_fold(text, arena);
    }
    *ret_what = "enabled: neither true nor false";
    if (ost_json_get(user, "enabled") != NULL &&
        !ost_json_boolean(ost_json_get(user, "enabled"), &enabled))
        return OST_E_FORMAT;
    row->enabled = enabled;
    *ret_what = "id: not a string";
    if (!read_id(user, home->context, arena, &row->id))
        return OST_E_FORMAT;
    *ret_what = "the user cannot be written";
    ost_result result = write_document(user, row->id, shown, arena, &row->document);
    *ret_what = "credentials: the password cannot be used";
    return result == OST_OK && row->password.len == 0
               ? read_password(home, user, before, &row->password)
               : result;
}

static ost_result read_over(const user_row_home *home, const ost_json *user,
                            const store_user *before, store_user row, size_t index,
                            store_user *ret_row, ost_error *error)
{
    const char *what;
    ost_result result = read_row(home, user, before, &row, &what);
    if (result != OST_OK)
        return ost_error_set(error, result, "users[%zu].%s", index, what);
    *ret_row = row;
    return OST_OK;
}

ost_result user_row_read(const user_row_home *home, const ost_json *user, size_t index,
                         store_user *ret_row, ost_error *error)
{
    return user_row_read_with(home, user, (ost_text){0}, index, ret_row, error);
}

ost_result user_row_read_with(const user_row_home *home, const ost_json *user, ost_text password,
                              size_t index, store_user *ret_row, ost_error *error)
{
    const store_user row = {.realm = text_of(home->realm->name),
                            .password = password,
                            .created = ost_now(home->context)};
    return read_over(home, user, NULL, row, index, ret_row, error);
}

ost_result user_row_read_over(const user_row_home *home, const ost_json *user,
                              const store_user *before, size_t index, store_user *ret_row,
                              ost_error *error)
{
    return user_row_read_over_with(home, user, before, (ost_text){0}, index, ret_row, error);
}

ost_result user_row_read_over_with(const user_row_home *home, const ost_json *user,
                                   const store_user *before, ost_text password, size_t index,
                                   store_user *ret_row, ost_error *error)
{
    const store_user row = {
        .realm = before->realm, .password = password, .created = before->created};
    return read_over(home, user, before, row, index, ret_row, error);
}

void user_row_put_default_groups(const realm *r, ost_json_writer *w)
{
    ost_text path;
    ost_json_put_name(w, OST_TEXT("groups"));
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(ost_json_get(r->document, "defaultGroups"));
         at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &path) && group_exists(r, path))
            ost_json_put_text(w, path);
    }
    ost_json_close_array(w);
}

ost_result user_row_service_account(const user_row_home *home, ost_text client_id,
                                    store_user *ret_row)
{
    char *name =
        ost_arena_format(home->arena, SERVICE_ACCOUNT "%.*s", (int)client_id.len, client_id.data);
    ost_json_writer *w = ost_json_writer_new(home->arena, 0);
    const ost_json *user;
    if (name == NULL || w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "username", name);
    ost_json_member_boolean(w, "enabled", true);
    ost_json_member_text(w, "serviceAccountClientId", client_id);
    ost_json_put_name(w, OST_TEXT("realmRoles"));
    ost_json_open_array(w);
    ost_json_put_text(w, text_of(home->realm->default_role));
    ost_json_close_array(w);
    user_row_put_default_groups(home->realm, w);
    ost_json_close_object(w);
    ost_result result = json_writer_read(w, NULL, &user, NULL);
    return result == OST_OK ? user_row_read(home, user, 0, ret_row, NULL) : result;
}
