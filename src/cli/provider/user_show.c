/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary user show`: one user, without secrets. */

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "store/user/user_record.h"

static ost_result show(realm_admin *a, const option_values *values, ost_error *error)
{
    static const char *const secrets[] = {"credentials", NULL};
    store_user user;
    const ost_json *document;
    ost_result result = realm_admin_user(a, text_of(values->operands[0]), &user, &document, error);
    if (result == OST_OK)
        result = administration_without(document, secrets, a->arena, &document);
    if (result == OST_OK)
        administration_print(ost_json_source(document));
    return result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return resource_show(&user_kind, values);
    return administration_run(values, "user show", show);
}

static const option options[] = {ADMINISTRATOR_SERVER_OPTIONS, ADMINISTRATION_OPTIONS, {0}};

const command command_user_show = {
    .words = "user show",
    .operands = "USER",
    .summary = "Show a user, by name or id, as JSON without credentials.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
