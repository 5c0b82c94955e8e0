/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary user enable` and `ostiary user disable`: a disabled user is not let in, and gets no more
 * tokens. */

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/admin/document_edit.h"
#include "store/user/user_record.h"

static ost_result change(realm_admin *a, const option_values *values, bool enabled,
                         ost_error *error)
{
    store_user user;
    const ost_json *document;
    ost_result result = realm_admin_user(a, text_of(values->operands[0]), &user, &document, error);
    if (result == OST_OK)
        result = document_put_boolean(document, "enabled", enabled, a->arena, &document);
    return result == OST_OK ? realm_admin_store_user(a, &user, document, error) : result;
}

static ost_result enable(realm_admin *a, const option_values *values, ost_error *error)
{
    return change(a, values, true, error);
}

static ost_result disable(realm_admin *a, const option_values *values, ost_error *error)
{
    return change(a, values, false, error);
}

static int run_enable(const option_values *values)
{
    if (options_has(values, "server"))
        return remote_user_enable(values);
    return administration_run(values, "user enable", enable);
}

static int run_disable(const option_values *values)
{
    if (options_has(values, "server"))
        return remote_user_disable(values);
    return administration_run(values, "user disable", disable);
}

static const option options[] = {
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};

const command command_user_enable = {
    .words = "user enable",
    .operands = "USER",
    .summary = "Let a user in again.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_enable,
};
const command command_user_disable = {
    .words = "user disable",
    .operands = "USER",
    .summary = "Keep a user out.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_disable,
};
