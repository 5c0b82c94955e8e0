/* SPDX-License-Identifier: Apache-2.0 */
/* Users by their names, and `ostiary user create|set|remove-role`. */
#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/member/member.h"

#define PAGE 500

/* Not by a list: a user by id, or the account of a client, which lists pass over. */
static ost_result find_other(administrator *a, const char *name, const ost_json **ret_json,
                             ost_error *error)
{
    static const char account[] = "service-account-";
    resource client;
    if (!text_starts(text_of(name), account))
        return administrator_ask(
            a, HTTP_GET, ost_arena_format(a->arena, "/users/%s", administrator_segment(a, name)),
            (ost_text){0}, ret_json, error);
    ost_result result = resource_client(a, name + sizeof account - 1, &client, error);
    return result == OST_OK
               ? administrator_ask(
                     a, HTTP_GET,
                     ost_arena_format(a->arena, "%s/service-account-user", client.path),
                     (ost_text){0}, ret_json, error)
               : result;
}

ost_result resource_user(administrator *a, const char *name, resource *ret_found, ost_error *error)
{
    const ost_json *list = NULL;
    ost_result result = administrator_ask(
        a, HTTP_GET,
        ost_arena_format(a->arena, "/users?exact=true&username=%s", administrator_segment(a, name)),
        (ost_text){0}, &list, error);
    if (result != OST_OK)
        return result;
    ret_found->json = ost_json_first(list);
    if (ret_found->json == NULL)
        result = find_other(a, name, &ret_found->json, error);
    if (result == OST_E_NOT_FOUND)
        return ost_error_set(error, result, "User not found: %s", name);
    if (result != OST_OK)
        return result;
    ost_text id = json_text_of(ret_found->json, "id");
    ret_found->path = ost_arena_format(a->arena, "/users/%.*s", OST_FORMAT(id));
    return OST_OK;
}

static ost_result user_find(administrator *a, const option_values *values, const char *name,
                            resource *ret_found, ost_error *error)
{
    (void)values;
    return resource_user(a, name, ret_found, error);
}

/* A page at a time: there may be many. */
static ost_result list_all(administrator *a, const option_values *values, ost_error *error)
{
    const ost_json *list = NULL;
    ost_result result = OST_OK;
    size_t first = 0, count = PAGE;
    while (result == OST_OK && count == PAGE) {
        result = administrator_ask(
            a, HTTP_GET, ost_arena_format(a->arena, "/users?first=%zu&max=%d", first, PAGE),
            (ost_text){0}, &list, error);
        count = result == OST_OK ? ost_json_count(list) : 0;
        if (result == OST_OK)
            result = resource_print(a, a->kind, values, list);
        first += count;
    }
    return result;
}

static void print(const ost_json *json)
{
    resource_put(json, "id", '\t');
    resource_put(json, "username", '\t');
    resource_put(json, "email", '\t');
    resource_put_switch(json, false);
}

const resource_kind user_kind = {.noun = "user",
                                 .name = "username",
                                 .members = &member_user,
                                 .path = "/users",
                                 .switched = true,
                                 .lists = true,
                                 .find = user_find,
                                 .list = list_all,
                                 .print = print};

static int run_create(const option_values *values)
{
    return resource_create(&user_kind, values);
}

static int run_set(const option_values *values)
{
    return resource_set(&user_kind, values);
}

static ost_result remove_role(administrator *a, const option_values *values, ost_error *error)
{
    resource user;
    ost_result result = resource_user(a, values->operands[0], &user, error);
    return result == OST_OK ? resource_map(a, user.path, options_get(values, "client"),
                                           values->operands[1], false, error)
                            : result;
}

static int run_remove_role(const option_values *values)
{
    return administrator_run(values, "user remove-role", NULL, remove_role);
}

static const option options[] = {ADMINISTRATOR_OPTIONS, {0}};

const command command_user_create = {
    .words = "user create",
    .operands = "USERNAME [NAME=VALUE…]",
    .summary = "Make a user without a password, and print the id; attributes.NAME=VALUE sets an "
               "attribute.",
    .options = options,
    .min_operands = 1,
    .max_operands = 64,
    .run = run_create,
    .why_none = administration_why_none,
};

const command command_user_set = {
    .words = "user set",
    .operands = "USER NAME=VALUE…",
    .summary = "Set members of a user; attributes.NAME=VALUE sets an attribute.",
    .options = options,
    .min_operands = 2,
    .max_operands = 64,
    .run = run_set,
};

static const option role_options[] = {
    {"client", "CLIENT", NULL, NULL, "the client whose role it is (the realm's own)"},
    ADMINISTRATOR_OPTIONS,
    {0},
};

const command command_user_remove_role = {
    .words = "user remove-role",
    .operands = "USER ROLE",
    .summary = "Take a role from a user.",
    .options = role_options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_remove_role,
};
