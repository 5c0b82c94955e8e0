/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary session end`: one session, or all of a user. */
#include <stdio.h>

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "store/session/store_session.h"
#include "store/user/user_record.h"

#define SESSIONS_MAX 10000

static ost_result end_all(realm_admin *a, const char *name, ost_error *error)
{
    store_user user;
    store_session *sessions;
    const ost_json *document;
    size_t count = 0;
    ost_result result = realm_admin_user(a, text_of(name), &user, &document, error);
    if (result == OST_OK)
        result = store_session_list(a->store, a->row.name, user.id, SESSIONS_MAX, a->arena,
                                    &sessions, &count);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        result = store_session_end(a->store, a->row.name, sessions[i].id);
        if (result == OST_E_NOT_FOUND) /* it has just ended by itself */
            result = OST_OK;
    }
    if (result == OST_OK)
        printf("%zu ended\n", count);
    return result;
}

static ost_result end(realm_admin *a, const option_values *values, ost_error *error)
{
    ost_result result = OST_OK;
    if (options_get(values, "user") != NULL)
        return end_all(a, options_get(values, "user"), error);
    if (values->operand_count == 0)
        return ost_error_set(error, OST_E_ARGUMENT, "needs SESSION or --user USER");
    result = store_session_end(a->store, a->row.name, text_of(values->operands[0]));
    return result == OST_E_NOT_FOUND
               ? ost_error_set(error, result, "Session not found: %s", values->operands[0])
               : result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return remote_session_end(values);
    return administration_run(values, "session end", end);
}

static const option options[] = {
    {"user", "USER", NULL, NULL, "all sessions of this user"},
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};

const command command_session_end = {
    .words = "session end",
    .operands = "[SESSION]",
    .summary = "End a session, or all of a user.",
    .options = options,
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
