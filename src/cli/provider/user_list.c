/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary user list`: who is in a realm. */
#include <stdio.h>

#include "base/error_sentence.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

static ost_result list(realm_admin *a, const option_values *values, ost_error *error)
{
    store_user *users;
    size_t count;
    ost_result result = store_user_list(a->store, a->row.name, a->arena, &users, &count);
    bool json = options_has(values, "json");
    for (size_t i = 0; i < count && result == OST_OK && json; i++)
        administration_print(users[i].document);
    for (size_t i = 0; i < count && result == OST_OK && !json; i++) {
        administration_put(users[i].id, '\t');
        administration_put(users[i].username, '\t');
        administration_put(users[i].email, '\t');
        puts(users[i].enabled ? "enabled" : "disabled");
    }
    return error_set_sentence(error, result);
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return resource_list(&user_kind, values);
    return administration_run(values, "user list", list);
}

static const option options[] = {ADMINISTRATOR_SERVER_OPTIONS, ADMINISTRATION_OPTIONS, {0}};

const command command_user_list = {
    .words = "user list",
    .operands = "",
    .summary = "List the users of a realm; with --json one document a line.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
