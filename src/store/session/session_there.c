/* SPDX-License-Identifier: Apache-2.0 */
/* The end of sessions that began at an identity provider, as that tells it; see session_there.h. */
#include "store/session/session_there.h"

#include "store/lock.h"
#include "store/memory/used_within.h"
#include "store/session/session_within.h"
#include "store/transaction.h"

/* In the order in which others lock sessions. */
#define FIND(key, offline, locked)                                                                 \
    "SELECT id, user_id FROM session WHERE realm = ?1 AND " key " = ?2 AND " key " <> '' AND "     \
    "provider_there = ?3 AND (?4 = '' OR user_there = ?4) AND (?5 = 1 OR " offline " IS NULL) "    \
    "ORDER BY user_id, id LIMIT ?6" locked
#define SQLITE_FIND(key) FIND(key, "notes ->> '$.offline'", "")
#define POSTGRESQL_FIND(key) FIND(key, "note(notes, 'offline')", " FOR UPDATE")

static statement *find(database *d, const store_session_there *of, size_t max)
{
    const char *by_session =
        text_for(d, SQLITE_FIND("session_there"), POSTGRESQL_FIND("session_there"));
    const char *by_user = text_for(d, SQLITE_FIND("user_there"), POSTGRESQL_FIND("user_there"));
    bool names_session = of->session.len > 0;
    statement *st = prepare(d, names_session ? by_session : by_user);
    bind_text(st, 1, of->realm);
    bind_text(st, 2, names_session ? of->session : of->user);
    bind_text(st, 3, of->provider);
    bind_text(st, 4, of->user);
    bind_integer(st, 5, of->offline);
    bind_integer(st, 6, (int64_t)max);
    return st;
}

static ost_result list(database *d, const store_session_there *of, size_t max, ost_arena *arena,
                       store_ended_session *ended, size_t *ret_count)
{
    bool failed = false;
    size_t count = 0;
    ost_result result = OST_E_NOT_FOUND;
    statement *st = find(d, of, max);
    while (count < max && !failed && (result = next_row(st)) == OST_OK) {
        ended[count].id = column_text(st, 0, arena, &failed);
        ended[count++].user_id = column_text(st, 1, arena, &failed);
    }
    reset_statement(st);
    *ret_count = count;
    return failed ? OST_E_MEMORY : result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result end_some(database *d, const store_session_there *of, size_t max, ost_arena *arena,
                           store_ended_session *some, size_t *ret_count)
{
    ost_result result = list(d, of, max, arena, some, ret_count);
    for (size_t i = 0; i < *ret_count && result == OST_OK; i++) {
        result = insert_logout(d, of->realm, some[i].id);
        if (result == OST_OK)
            result = run_later(PREPARED(d, "DELETE FROM session WHERE id = ? AND realm = ?",
                                        some[i].id, of->realm));
    }
    return result;
}

/* `ended` has room for twice `max`: what comes after the first is not kept. */
static ost_result end_all(database *d, const store_session_there *of, size_t max, ost_arena *arena,
                          store_ended_session *ended, size_t *ret_count)
{
    size_t found = max; /* as if there were more */
    ost_result result =
        of->once_id.len > 0 ? use_within(d, of->once_owner, of->once_id, of->once_until) : OST_OK;
    for (*ret_count = 0; found == max && result == OST_OK;) {
        result = end_some(d, of, max, arena, *ret_count == 0 ? ended : ended + max, &found);
        if (*ret_count == 0)
            *ret_count = found;
    }
    return result;
}

ost_result store_session_end_there(store *s, const store_session_there *of, size_t max,
                                   ost_arena *arena, store_ended_session **ret_ended,
                                   size_t *ret_count)
{
    size_t count = 0;
    store_ended_session *ended = ost_arena_alloc(arena, 2 * max * sizeof *ended);
    if (max == 0 || of->realm.len == 0 || of->provider.len == 0 ||
        (of->session.len == 0 && of->user.len == 0))
        return OST_E_ARGUMENT;
    if (ended == NULL)
        return OST_E_MEMORY;
    ost_result result = WRITE(s, d, end_all(d, of, max, arena, ended, &count));
    if (result != OST_OK)
        return result;
    *ret_ended = ended;
    *ret_count = count;
    return OST_OK;
}
