/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary client set`: members of a client, as kcadm sets them. */

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/member/member.h"

static ost_result set(realm_admin *a, const option_values *values, ost_error *error)
{
    const ost_json *document;
    const realm_client *client = realm_find_client(a->realm, text_of(values->operands[0]));
    if (client == NULL)
        return ost_error_set(error, OST_E_NOT_FOUND, "Could not find client: %s",
                             values->operands[0]);
    ost_result result =
        administration_assign(a, values, 1, &member_client, client->document, &document, error);
    return result == OST_OK ? realm_admin_store_client(a, client, document, error) : result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return resource_set(&client_kind, values);
    return administration_run(values, "client set", set);
}

static const option options[] = {
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};

const command command_client_set = {
    .words = "client set",
    .operands = "CLIENT NAME=VALUE…",
    .summary = "Set members of a client; attributes.NAME=VALUE sets an attribute.",
    .options = options,
    .min_operands = 2,
    .max_operands = 64,
    .run = run,
};
