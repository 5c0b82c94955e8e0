/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary session list`: who is signed in. */
#include <stdio.h>

#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "store/session/store_session.h"
#include "store/user/user_record.h"

#define SESSIONS_MAX 10000

static void print_json(const store_session *session, ost_json_writer *w)
{
    ost_json_open_object(w);
    ost_json_member_text(w, "id", session->id);
    ost_json_member_text(w, "userId", session->user_id);
    ost_json_member_integer(w, "start", session->started);
    ost_json_member_integer(w, "lastAccess", session->last_access);
    ost_json_member_integer(w, "ends", session->ends);
    ost_json_member_boolean(w, "rememberMe", session->remembered);
    ost_json_close_object(w);
}

static ost_result print_all(const store_session *sessions, size_t count, ost_arena *arena)
{
    ost_json_writer *w = ost_json_writer_new(arena, (size_t)64 << 20);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++)
        print_json(&sessions[i], w);
    ost_json_close_array(w);
    return administration_print_written(w);
}

static ost_result list(realm_admin *a, const option_values *values, ost_error *error)
{
    store_session *sessions;
    size_t count;
    store_user user = {0};
    const ost_json *document;
    ost_result result = OST_OK;
    if (options_get(values, "user") != NULL)
        result = realm_admin_user(a, text_of(options_get(values, "user")), &user, &document, error);
    if (result == OST_OK)
        result = store_session_list(a->store, a->row.name, user.id, SESSIONS_MAX, a->arena,
                                    &sessions, &count);
    if (result == OST_OK && options_has(values, "json"))
        return print_all(sessions, count, a->arena);
    for (size_t i = 0; result == OST_OK && i < count; i++) {
        administration_put(sessions[i].id, '\t');
        administration_put(sessions[i].user_id, '\t');
        printf("%lld\t%lld\n", (long long)sessions[i].started, (long long)sessions[i].last_access);
    }
    return result;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return remote_session_list(values);
    return administration_run(values, "session list", list);
}

static const option options[] = {
    {"user", "USER", NULL, NULL, "only this user's, by name or id"},
    ADMINISTRATOR_SERVER_OPTIONS,
    ADMINISTRATION_OPTIONS,
    {0},
};

const command command_session_list = {
    .words = "session list",
    .operands = "",
    .summary = "List the latest sessions of a realm, 10,000 at most.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
