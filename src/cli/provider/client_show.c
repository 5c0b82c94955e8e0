/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary client show`: one client, without its secret. */

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"

static ost_result show(realm_admin *a, const option_values *values, ost_error *error)
{
    static const char *const secrets[] = {"secret", "registrationAccessToken", NULL};
    const ost_json *document;
    const realm_client *client = realm_find_client(a->realm, text_of(values->operands[0]));
    if (client == NULL)
        return ost_error_set(error, OST_E_NOT_FOUND, "Could not find client: %s",
                             values->operands[0]);
    ost_result result = administration_without(client->document, secrets, a->arena, &document);
    if (result == OST_OK)
        administration_print(ost_json_source(document));
    return result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return resource_show(&client_kind, values);
    return administration_run(values, "client show", show);
}

static const option options[] = {ADMINISTRATOR_SERVER_OPTIONS, ADMINISTRATION_OPTIONS, {0}};

const command command_client_show = {
    .words = "client show",
    .operands = "CLIENT",
    .summary = "Show a client as JSON without its secret.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
