/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary user add-role`: a role of the realm, or of a client. */

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "store/user/user_record.h"

static ost_result add_role(realm_admin *a, const option_values *values, ost_error *error)
{
    store_user user;
    const ost_json *document;
    ost_result result = realm_admin_user(a, text_of(values->operands[0]), &user, &document, error);
    return result == OST_OK
               ? realm_admin_add_role(a, &user, document, options_get(values, "client"),
                                      text_of(values->operands[1]), error)
               : result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return remote_user_add_role(values);
    return administration_run(values, "user add-role", add_role);
}

static const option options[] = {
    {"client", "CLIENT", NULL, NULL, "the client whose role it is (the realm's own)"},
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};

const command command_user_add_role = {
    .words = "user add-role",
    .operands = "USER ROLE",
    .summary = "Give a user a role.",
    .options = options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run,
};
