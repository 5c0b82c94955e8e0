/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of the realm and (--client) of clients, and `ostiary role`. */
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "provider/member/member.h"

/* Where they are. */
static ost_result path_of(administrator *a, const char *client, const char **ret_path,
                          ost_error *error)
{
    resource found = {.path = ""};
    ost_result result = client != NULL ? resource_client(a, client, &found, error) : OST_OK;
    if (result == OST_OK)
        *ret_path = ost_arena_format(a->arena, "%s/roles", found.path);
    return result;
}

static ost_result find_all(administrator *a, const char *client, const ost_json **ret_list,
                           ost_error *error)
{
    const char *path;
    ost_result result = path_of(a, client, &path, error);
    return result == OST_OK
               ? administrator_ask(a, HTTP_GET,
                                   ost_arena_format(a->arena, "%s?briefRepresentation=false", path),
                                   (ost_text){0}, ret_list, error)
               : result;
}

/* By its id from then on: a name may have a slash in it. */
ost_result resource_role(administrator *a, const char *client, const char *name,
                         resource *ret_found, ost_error *error)
{
    const ost_json *list = NULL;
    ost_result result = find_all(a, client, &list, error);
    if (result != OST_OK)
        return result;
    ret_found->json = json_list_find(list, "name", text_of(name));
    if (ret_found->json == NULL)
        return ost_error_set(error, OST_E_NOT_FOUND, "Could not find role: %s", name);
    ost_text id = json_text_of(ret_found->json, "id");
    ret_found->path = ost_arena_format(a->arena, "/roles-by-id/%.*s", OST_FORMAT(id));
    return OST_OK;
}

ost_result resource_map(administrator *a, const char *path, const char *client, const char *role,
                        bool give, ost_error *error)
{
    resource found, owner = {0};
    ost_result result = resource_role(a, client, role, &found, error);
    if (result == OST_OK && client != NULL)
        result = resource_client(a, client, &owner, error);
    if (result != OST_OK)
        return result;
    ost_text role_json = ost_json_source(found.json);
    const char *body = ost_arena_format(a->arena, "[%.*s]", OST_FORMAT(role_json));
    return administrator_ask(a, give ? HTTP_POST : HTTP_DELETE,
                             ost_arena_format(a->arena, "%s/role-mappings%s", path,
                                              client != NULL ? owner.path : "/realm"),
                             text_of(body), NULL, error);
}

static ost_result role_find(administrator *a, const option_values *values, const char *name,
                            resource *ret_found, ost_error *error)
{
    return resource_role(a, options_get(values, "client"), name, ret_found, error);
}

static ost_result place(administrator *a, const option_values *values, const char **name,
                        const char **ret_path, ost_error *error)
{
    (void)name;
    return path_of(a, options_get(values, "client"), ret_path, error);
}

static ost_result list_all(administrator *a, const option_values *values, ost_error *error)
{
    const ost_json *list = NULL;
    ost_result result = find_all(a, options_get(values, "client"), &list, error);
    if (result == OST_OK)
        result = resource_print(a, a->kind, values, list);
    return result;
}

static void print(const ost_json *json)
{
    resource_put(json, "id", '\t');
    resource_put(json, "name", '\t');
    resource_put(json, "description", '\n');
}

const resource_kind role_kind = {.noun = "role",
                                 .name = "name",
                                 .members = &member_role,
                                 .lists = true,
                                 .find = role_find,
                                 .place = place,
                                 .list = list_all,
                                 .print = print};

RESOURCE_RUN_ALL(role_kind)

/* A role within a role. */
static ost_result add_role(administrator *a, const option_values *values, ost_error *error)
{
    resource whole, part;
    ost_result result =
        resource_role(a, options_get(values, "client"), values->operands[0], &whole, error);
    if (result == OST_OK)
        result =
            resource_role(a, options_get(values, "of-client"), values->operands[1], &part, error);
    if (result != OST_OK)
        return result;
    ost_text json = ost_json_source(part.json);
    return administrator_ask(a, HTTP_POST, ost_arena_format(a->arena, "%s/composites", whole.path),
                             text_of(ost_arena_format(a->arena, "[%.*s]", OST_FORMAT(json))), NULL,
                             error);
}

static int run_add_role(const option_values *values)
{
    return administrator_run(values, "role add-role", NULL, add_role);
}

#define ROLE_CLIENT                                                                                \
    {                                                                                              \
        "client", "CLIENT", NULL, NULL, "the client whose role it is (the realm's own)"            \
    }
static const option options[] = {ROLE_CLIENT, ADMINISTRATOR_OPTIONS, {0}};
static const option part_options[] = {
    ROLE_CLIENT,
    {"of-client", "CLIENT", NULL, NULL, "the client whose role PART is (the realm's own)"},
    ADMINISTRATOR_OPTIONS,
    {0},
};

const command command_role_list = {
    .words = "role list",
    .operands = "",
    .summary = "List the roles of a realm or a client; with --json one document a line.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .run = run_list,
};

const command command_role_show = {
    .words = "role show",
    .operands = "ROLE",
    .summary = "Show a role as JSON.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};

const command command_role_create = {
    .words = "role create",
    .operands = "ROLE [NAME=VALUE…]",
    .summary = "Make a role, and print its id.",
    .options = options,
    .min_operands = 1,
    .max_operands = 64,
    .run = run_create,
};

const command command_role_set = {
    .words = "role set",
    .operands = "ROLE NAME=VALUE…",
    .summary = "Set members of a role; name=NEW gives it another name.",
    .options = options,
    .min_operands = 2,
    .max_operands = 64,
    .run = run_set,
};

const command command_role_delete = {
    .words = "role delete",
    .operands = "ROLE",
    .summary = "Delete a role; nobody keeps it.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_delete,
};

const command command_role_add_role = {
    .words = "role add-role",
    .operands = "ROLE PART",
    .summary = "Put a role into a role: who has the whole has the part.",
    .options = part_options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_add_role,
};
