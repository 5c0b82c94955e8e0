/* SPDX-License-Identifier: Apache-2.0 */
/* At a server, what the commands of the same names do at the store. */
#include <stdio.h>

#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"

#define MAX_PASSWORD 1024

static ost_result add_role(administrator *a, const option_values *values, ost_error *error)
{
    resource user;
    ost_result result = resource_user(a, values->operands[0], &user, error);
    return result == OST_OK ? resource_map(a, user.path, options_get(values, "client"),
                                           values->operands[1], true, error)
                            : result;
}

int remote_user_add_role(const option_values *values)
{
    return administrator_run(values, "user add-role", NULL, add_role);
}

static ost_result change(administrator *a, const option_values *values, ost_text body,
                         ost_error *error)
{
    resource user;
    ost_result result = resource_user(a, values->operands[0], &user, error);
    return result == OST_OK ? administrator_ask(a, HTTP_PUT, user.path, body, NULL, error) : result;
}

static ost_result enable(administrator *a, const option_values *values, ost_error *error)
{
    return change(a, values, OST_TEXT("{\"enabled\":true}"), error);
}

static ost_result disable(administrator *a, const option_values *values, ost_error *error)
{
    return change(a, values, OST_TEXT("{\"enabled\":false}"), error);
}

int remote_user_enable(const option_values *values)
{
    return administrator_run(values, "user enable", NULL, enable);
}

int remote_user_disable(const option_values *values)
{
    return administrator_run(values, "user disable", NULL, disable);
}

static ost_result send_password(administrator *a, const option_values *values, const char *path,
                                const char *password, ost_error *error)
{
    ost_text body;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "type", "password");
    ost_json_member_string(w, "value", password);
    ost_json_member_boolean(w, "temporary", options_has(values, "temporary"));
    ost_json_close_object(w);
    ost_result result = ost_json_writer_finish(w, &body);
    return result == OST_OK
               ? administrator_ask(a, HTTP_PUT,
                                   ost_arena_format(a->arena, "%s/reset-password", path), body,
                                   NULL, error)
               : result;
}

static ost_result set_password(administrator *a, const option_values *values, ost_error *error)
{
    char password[MAX_PASSWORD + 2] = "";
    resource user;
    ost_result result = resource_user(a, values->operands[0], &user, error);
    if (result != OST_OK)
        return result;
    if (read_password(password, sizeof password))
        result = send_password(a, values, user.path, password, error);
    else
        result = ost_error_set(error, OST_E_ARGUMENT,
                               "no password came (one line of at most %d bytes on standard input)",
                               MAX_PASSWORD);
    wipe(password, sizeof password);
    return result;
}

int remote_user_set_password(const option_values *values)
{
    return administrator_run(values, "user set-password", NULL, set_password);
}

static ost_result secret(administrator *a, const option_values *values, ost_error *error)
{
    resource client;
    const ost_json *json = NULL;
    ost_result result = resource_client(a, values->operands[0], &client, error);
    if (result == OST_OK)
        result = administrator_ask(a, options_has(values, "regenerate") ? HTTP_POST : HTTP_GET,
                                   ost_arena_format(a->arena, "%s/client-secret", client.path),
                                   (ost_text){0}, &json, error);
    if (result == OST_OK && json_text_of(json, "value").len == 0)
        return ost_error_set(error, OST_E_NOT_FOUND, "the client has no secret");
    if (result == OST_OK)
        resource_put(json, "value", '\n');
    return result;
}

int remote_client_secret(const option_values *values)
{
    return administrator_run(values, "client secret", NULL, secret);
}

/* ---- user add ---- */

/* All roles are found before the user is made. */
static ost_result find_roles(administrator *a, const option_values *values, ost_text *ret_list,
                             ost_error *error)
{
    resource role;
    ost_result result = OST_OK;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; options_nth(values, "role", i) != NULL && result == OST_OK; i++) {
        result = resource_role(a, NULL, options_nth(values, "role", i), &role, error);
        if (result == OST_OK)
            ost_json_put_value(w, role.json);
    }
    ost_json_close_array(w);
    return result == OST_OK ? ost_json_writer_finish(w, ret_list) : result;
}

static ost_result user_body(administrator *a, const option_values *values, const char *password,
                            ost_text *ret_body)
{
    const char *email = options_get(values, "email");
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "username", values->operands[0]);
    ost_json_member_boolean(w, "enabled", true);
    if (email != NULL)
        ost_json_member_string(w, "email", email);
    if (password[0] != '\0') {
        ost_json_put_name(w, OST_TEXT("credentials"));
        ost_json_open_array(w);
        ost_json_open_object(w);
        ost_json_member_string(w, "type", "password");
        ost_json_member_string(w, "value", password);
        ost_json_member_boolean(w, "temporary", false);
        ost_json_close_object(w);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_body);
}

/* A user who cannot have the roles is taken back. */
static ost_result give_roles(administrator *a, const char *name, ost_text roles, ost_error *error)
{
    resource user;
    ost_error ignored;
    ost_result result = resource_user(a, name, &user, error);
    if (result != OST_OK)
        return result;
    result = administrator_ask(a, HTTP_POST,
                               ost_arena_format(a->arena, "%s/role-mappings/realm", user.path),
                               roles, NULL, error);
    if (result != OST_OK)
        (void)!administrator_ask(a, HTTP_DELETE, user.path, (ost_text){0}, NULL, &ignored);
    return result;
}

static ost_result make_user(administrator *a, const option_values *values, const char *password,
                            ost_error *error)
{
    ost_text roles, body;
    ost_result result = find_roles(a, values, &roles, error);
    if (result == OST_OK)
        result = user_body(a, values, password, &body);
    if (result == OST_OK)
        result = administrator_ask(a, HTTP_POST, "/users", body, NULL, error);
    if (result == OST_OK && options_nth(values, "role", 0) != NULL)
        result = give_roles(a, values->operands[0], roles, error);
    if (result == OST_OK)
        printf("User %s added to realm %s.\n", values->operands[0], a->realm);
    return result;
}

static ost_result add_user(administrator *a, const option_values *values, ost_error *error)
{
    char password[MAX_PASSWORD + 2] = "";
    if (!options_has(values, "no-password") && !read_password(password, sizeof password))
        return ost_error_set(error, OST_E_ARGUMENT,
                             "no password came (one line of at most %d bytes on standard input, or "
                             "--no-password)",
                             MAX_PASSWORD);
    ost_result result = make_user(a, values, password, error);
    wipe(password, sizeof password);
    return result;
}

int remote_user_add(const option_values *values)
{
    return administrator_run(values, "user add", NULL, add_user);
}
