/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary user set-password`: the password comes from standard input, never from the command line,
 * where every process could read it. */
#include <stdio.h>

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "store/user/user_record.h"

#define MAX_PASSWORD 1024

static ost_result set(realm_admin *a, const option_values *values, ost_error *error)
{
    char password[MAX_PASSWORD + 2] = "";
    store_user user;
    const ost_json *document;
    ost_result result = realm_admin_user(a, text_of(values->operands[0]), &user, &document, error);
    if (result != OST_OK)
        return result;
    if (read_password(password, sizeof password))
        result = realm_admin_set_password(a, &user, document, text_of(password),
                                          options_has(values, "temporary"), error);
    else
        result = ost_error_set(error, OST_E_ARGUMENT,
                               "no password came (one line of at most %d bytes on standard input)",
                               MAX_PASSWORD);
    wipe(password, sizeof password);
    return result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return remote_user_set_password(values);
    return administration_run(values, "user set-password", set);
}

static const option options[] = {
    {"temporary", NULL, NULL, NULL, "it has to be changed at the next login"},
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};

const command command_user_set_password = {
    .words = "user set-password",
    .operands = "USER",
    .summary = "Set the password of a user; it is read from standard input.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
    .why_none = administration_why_none,
};
