/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary realm show`: the settings of a realm; its parts have commands of their own. */

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"

static ost_result show(realm_admin *a, const option_values *values, ost_error *error)
{
    static const char *const parts[] = {"clients",
                                        "roles",
                                        "groups",
                                        "clientScopes",
                                        "components",
                                        "scopeMappings",
                                        "clientScopeMappings",
                                        "authenticationFlows",
                                        "authenticatorConfig",
                                        "requiredActions",
                                        "identityProviders",
                                        "identityProviderMappers",
                                        "smtpServer",
                                        "privateKey",
                                        "codeSecret",
                                        NULL};
    const ost_json *document;
    (void)values;
    (void)error;
    ost_result result = administration_without(a->realm->document, parts, a->arena, &document);
    if (result == OST_OK)
        administration_print(ost_json_source(document));
    return result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return resource_show(&realm_kind, values);
    return administration_run_realm(values, "realm show", show);
}

static const option options[] = {ADMINISTRATOR_SERVER_OPTIONS, COMMAND_STORE_OPTIONS, {0}};

const command command_realm_show = {
    .words = "realm show",
    .operands = "REALM",
    .summary = "Show the settings of a realm as JSON.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
