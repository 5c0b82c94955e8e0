/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary realm set`: settings of a realm, as kcadm sets them. */

#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/member/member.h"

static ost_result set(realm_admin *a, const option_values *values, ost_error *error)
{
    const ost_json *document;
    ost_result result =
        administration_assign(a, values, 1, &member_realm, a->realm->document, &document, error);
    return result == OST_OK ? realm_admin_store(a, document, error) : result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return resource_set(&realm_kind, values);
    return administration_run_realm(values, "realm set", set);
}

static const option options[] = {ADMINISTRATOR_SERVER_OPTIONS, COMMAND_STORE_OPTIONS, {0}};

const command command_realm_set = {
    .words = "realm set",
    .operands = "REALM NAME=VALUE…",
    .summary = "Set settings of a realm; attributes.NAME=VALUE sets an attribute.",
    .options = options,
    .min_operands = 2,
    .max_operands = 64,
    .run = run,
};
