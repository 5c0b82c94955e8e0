/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary user add`: one user, whose password comes from standard input or the environment, never
 * from the command line, where every process could read it. */
#include <stdio.h>

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/file/realm_import.h"
#include "store/store.h"

#define MAX_PASSWORD 1024
#define MAX_ROLES 32

static ost_result add(struct store *db, const option_values *values, const char *password,
                      ost_error *error)
{
    const char *roles[MAX_ROLES + 1] = {0};
    for (size_t i = 0; i <= MAX_ROLES && options_nth(values, "role", i) != NULL; i++) {
        if (i == MAX_ROLES)
            return ost_error_set(error, OST_E_ARGUMENT, "more than %d roles", MAX_ROLES);
        roles[i] = options_nth(values, "role", i);
    }
    return realm_add_user(db, text_of(options_get(values, "realm")), text_of(values->operands[0]),
                          text_of(options_get(values, "email")), text_of(password), roles, NULL,
                          error);
}

static int run(const option_values *values)
{
    ost_error error = {0};
    struct store *db = NULL;
    char password[MAX_PASSWORD + 2] = "";
    if (options_has(values, "server"))
        return remote_user_add(values);
    if (options_get(values, "realm") == NULL)
        return command_usage_error("user add needs --realm NAME");
    if (!options_has(values, "no-password") && !read_password(password, sizeof password))
        return command_usage_error("user add: no password came (one line of at most %d bytes on "
                                   "standard input, or --no-password)",
                                   MAX_PASSWORD);
    ost_result result = command_open_store(values, STORE_THAT_EXISTS, &db, &error);
    if (result == OST_OK)
        result = add(db, values, password, &error);
    wipe(password, sizeof password);
    store_close(db);
    if (result != OST_OK)
        return command_fail(&error, "user add");
    printf("User %s added to realm %s.\n", values->operands[0], options_get(values, "realm"));
    return EXIT_DONE;
}

static const option options[] = {
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    {"email", "ADDRESS", NULL, NULL, "the user's e-mail address"},
    {"role", "ROLE...", NULL, NULL, "a realm role"},
    {"no-password", NULL, NULL, NULL, "do not read a password from standard input"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};
const command command_user_add = {
    .words = "user add",
    .operands = "USERNAME",
    .summary = "Add a user; the password is read from standard input.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
    .why_none = administration_why_none,
};
