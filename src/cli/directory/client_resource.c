/* SPDX-License-Identifier: Apache-2.0 */
/* Clients by their client IDs, and `ostiary client create|delete`. */
#include <stdio.h>

#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "provider/member/member.h"

ost_result resource_client(administrator *a, const char *client_id, resource *ret_found,
                           ost_error *error)
{
    const ost_json *list = NULL;
    ost_result result = administrator_ask(
        a, HTTP_GET,
        ost_arena_format(a->arena, "/clients?clientId=%s", administrator_segment(a, client_id)),
        (ost_text){0}, &list, error);
    if (result != OST_OK)
        return result;
    ret_found->json = json_list_find(list, "clientId", text_of(client_id));
    if (ret_found->json == NULL)
        return ost_error_set(error, OST_E_NOT_FOUND, "Could not find client: %s", client_id);
    ost_text id = json_text_of(ret_found->json, "id");
    ret_found->path = ost_arena_format(a->arena, "/clients/%.*s", OST_FORMAT(id));
    return OST_OK;
}

static ost_result find(administrator *a, const option_values *values, const char *name,
                       resource *ret_found, ost_error *error)
{
    (void)values;
    return resource_client(a, name, ret_found, error);
}

static void print(const ost_json *json)
{
    resource_put(json, "id", '\t');
    resource_put(json, "clientId", '\t');
    printf("%s\t", json_true_of(json, "bearerOnly")     ? "bearer-only"
                   : json_true_of(json, "publicClient") ? "public"
                                                        : "confidential");
    resource_put_switch(json, false);
}

const resource_kind client_kind = {.noun = "client",
                                   .name = "clientId",
                                   .members = &member_client,
                                   .path = "/clients",
                                   .switched = true,
                                   .find = find,
                                   .print = print};

static int run_create(const option_values *values)
{
    return resource_create(&client_kind, values);
}

static int run_delete(const option_values *values)
{
    return resource_delete(&client_kind, values);
}

static const option options[] = {ADMINISTRATOR_OPTIONS, {0}};

const command command_client_create = {
    .words = "client create",
    .operands = "CLIENT [NAME=VALUE…]",
    .summary = "Make a client, and print its id; attributes.NAME=VALUE sets an attribute.",
    .options = options,
    .min_operands = 1,
    .max_operands = 64,
    .run = run_create,
};

const command command_client_delete = {
    .words = "client delete",
    .operands = "CLIENT",
    .summary = "Delete a client with its roles.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_delete,
};
