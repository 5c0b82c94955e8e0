/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary client list`: the clients of a realm. */
#include <stdio.h>

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"

static ost_result list(realm_admin *a, const option_values *values, ost_error *error)
{
    static const char *const secrets[] = {"secret", NULL};
    ost_result result = OST_OK;
    (void)error;
    for (size_t i = 0; i < a->realm->client_count && result == OST_OK; i++) {
        const realm_client *client = a->realm->clients[i];
        if (options_has(values, "json")) {
            const ost_json *document;
            result = administration_without(client->document, secrets, a->arena, &document);
            if (result == OST_OK)
                administration_print(ost_json_source(document));
            continue;
        }
        administration_put(text_of(client->id), '\t');
        administration_put(text_of(client->client_id), '\t');
        printf("%s\t%s\n",
               client->bearer_only     ? "bearer-only"
               : client->public_client ? "public"
                                       : "confidential",
               client->enabled ? "enabled" : "disabled");
    }
    return result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return resource_list(&client_kind, values);
    return administration_run(values, "client list", list);
}

static const option options[] = {ADMINISTRATOR_SERVER_OPTIONS, ADMINISTRATION_OPTIONS, {0}};

const command command_client_list = {
    .words = "client list",
    .operands = "",
    .summary = "List the clients of a realm; with --json one document a line.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
