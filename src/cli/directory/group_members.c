/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary group members|add-member|remove-member|add-role|remove-role`. */
#include "base/text.h"
#include "cli/directory/resource_kind.h"

#define PAGE 500

static ost_result members(administrator *a, const option_values *values, ost_error *error)
{
    resource group;
    const ost_json *list = NULL;
    size_t first = 0, count = PAGE;
    ost_result result = resource_group(a, values->operands[0], &group, error);
    while (result == OST_OK && count == PAGE) {
        result = administrator_ask(
            a, HTTP_GET,
            ost_arena_format(a->arena, "%s/members?first=%zu&max=%d", group.path, first, PAGE),
            (ost_text){0}, &list, error);
        count = result == OST_OK ? ost_json_count(list) : 0;
        if (result == OST_OK)
            result = resource_print(a, &user_kind, values, list);
        first += count;
    }
    return result;
}

static ost_result change_member(administrator *a, const option_values *values, http_method method,
                                ost_error *error)
{
    resource group, user;
    ost_result result = resource_group(a, values->operands[0], &group, error);
    if (result == OST_OK)
        result = resource_user(a, values->operands[1], &user, error);
    return result == OST_OK
               ? administrator_ask(a, method,
                                   ost_arena_format(a->arena, "%s%s", user.path, group.path),
                                   (ost_text){0}, NULL, error)
               : result;
}

static ost_result add_member(administrator *a, const option_values *values, ost_error *error)
{
    return change_member(a, values, HTTP_PUT, error);
}

static ost_result remove_member(administrator *a, const option_values *values, ost_error *error)
{
    return change_member(a, values, HTTP_DELETE, error);
}

static ost_result change_role(administrator *a, const option_values *values, bool give,
                              ost_error *error)
{
    resource group;
    ost_result result = resource_group(a, values->operands[0], &group, error);
    return result == OST_OK ? resource_map(a, group.path, options_get(values, "client"),
                                           values->operands[1], give, error)
                            : result;
}

static ost_result add_role(administrator *a, const option_values *values, ost_error *error)
{
    return change_role(a, values, true, error);
}

static ost_result remove_role(administrator *a, const option_values *values, ost_error *error)
{
    return change_role(a, values, false, error);
}

static int run_members(const option_values *values)
{
    return administrator_run(values, "group members", NULL, members);
}

static int run_add_member(const option_values *values)
{
    return administrator_run(values, "group add-member", NULL, add_member);
}

static int run_remove_member(const option_values *values)
{
    return administrator_run(values, "group remove-member", NULL, remove_member);
}

static int run_add_role(const option_values *values)
{
    return administrator_run(values, "group add-role", NULL, add_role);
}

static int run_remove_role(const option_values *values)
{
    return administrator_run(values, "group remove-role", NULL, remove_role);
}

static const option options[] = {ADMINISTRATOR_OPTIONS, {0}};
static const option role_options[] = {
    {"client", "CLIENT", NULL, NULL, "the client whose role it is (the realm's own)"},
    ADMINISTRATOR_OPTIONS,
    {0},
};

const command command_group_members = {
    .words = "group members",
    .operands = "PATH",
    .summary = "List the members of a group; with --json one document a line.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_members,
};

const command command_group_add_member = {
    .words = "group add-member",
    .operands = "PATH USER",
    .summary = "Make a user a member of a group.",
    .options = options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_add_member,
};

const command command_group_remove_member = {
    .words = "group remove-member",
    .operands = "PATH USER",
    .summary = "End a user's membership of a group.",
    .options = options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_remove_member,
};

const command command_group_add_role = {
    .words = "group add-role",
    .operands = "PATH ROLE",
    .summary = "Give the members of a group a role.",
    .options = role_options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_add_role,
};

const command command_group_remove_role = {
    .words = "group remove-role",
    .operands = "PATH ROLE",
    .summary = "Take a role from the members of a group.",
    .options = role_options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_remove_role,
};
