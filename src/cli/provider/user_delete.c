/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary user delete`: a user, with their sessions. */

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

static ost_result remove_user(realm_admin *a, const option_values *values, ost_error *error)
{
    store_user user;
    const ost_json *document;
    ost_result result = realm_admin_user(a, text_of(values->operands[0]), &user, &document, error);
    return result == OST_OK ? store_user_delete(a->store, a->row.name, user.id) : result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return resource_delete(&user_kind, values);
    return administration_run(values, "user delete", remove_user);
}

static const option options[] = {
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};

const command command_user_delete = {
    .words = "user delete",
    .operands = "USER",
    .summary = "Delete a user with their sessions.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
