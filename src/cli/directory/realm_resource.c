/* SPDX-License-Identifier: Apache-2.0 */
/* Realms, and `ostiary realm list|create|delete`. */
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "provider/member/member.h"

static ost_result find(administrator *a, const option_values *values, const char *name,
                       resource *ret_found, ost_error *error)
{
    (void)values;
    (void)name;
    ret_found->path = "";
    return administrator_ask(a, HTTP_GET, "", (ost_text){0}, &ret_found->json, error);
}

static ost_result list_all(administrator *a, const option_values *values, ost_error *error)
{
    const ost_json *list = NULL;
    const char *path = options_has(values, "json") ? "/realms" : "/realms?briefRepresentation=true";
    ost_result result = administrator_ask_server(a, HTTP_GET, path, (ost_text){0}, &list, error);
    if (result == OST_OK)
        result = resource_print(a, a->kind, values, list);
    return result;
}

static void print(const ost_json *json)
{
    resource_put(json, "id", '\t');
    resource_put(json, "realm", '\t');
    resource_put_switch(json, true);
}

const resource_kind realm_kind = {.noun = "realm",
                                  .name = "realm",
                                  .members = &member_realm,
                                  .path = "/realms",
                                  .switched = true,
                                  .of_server = true,
                                  .find = find,
                                  .list = list_all,
                                  .print = print};

static int run_list(const option_values *values)
{
    return resource_list(&realm_kind, values);
}

static int run_create(const option_values *values)
{
    return resource_create(&realm_kind, values);
}

static int run_delete(const option_values *values)
{
    return resource_delete(&realm_kind, values);
}

static const option options[] = {
    {"json", NULL, NULL, NULL, "print JSON"},
    {"quiet", NULL, NULL, NULL, "print nothing about what was done"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};

const command command_realm_list = {
    .words = "realm list",
    .operands = "",
    .summary = "List the realms; with --json one document a line.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .run = run_list,
};

const command command_realm_create = {
    .words = "realm create",
    .operands = "REALM [NAME=VALUE…]",
    .summary = "Make a realm, and print its id.",
    .options = options,
    .min_operands = 1,
    .max_operands = 64,
    .run = run_create,
};

const command command_realm_delete = {
    .words = "realm delete",
    .operands = "REALM",
    .summary = "Delete a realm with everything in it.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_delete,
};
