/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization requests that clients have pushed: each is used once. */
#include "store/lock.h"
#include "store/store.h"
#include "store/transaction.h"

static ost_result insert_pushed(database *d, const store_pushed *pushed, size_t limit, int64_t now)
{
    ost_result result = check_limit(
        d, "SELECT count(*) FROM pushed WHERE realm = ? AND client_id = ? AND expires > ?",
        pushed->realm, pushed->client_id, now, limit);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, "INSERT INTO pushed (id, realm, client_id, parameters, expires)"
                               " VALUES (?, ?, ?, ?, ?)");
    bind_text(st, 1, pushed->id);
    bind_text(st, 2, pushed->realm);
    bind_text(st, 3, pushed->client_id);
    bind_text(st, 4, pushed->parameters);
    bind_integer(st, 5, pushed->expires);
    return run_statement(st, NULL);
}

ost_result store_pushed_create(store *s, const store_pushed *pushed, size_t limit, int64_t now)
{
    return WRITE(s, d, insert_pushed(d, pushed, limit, now));
}

static ost_result take(database *d, ost_text realm, ost_text client_id, ost_text id, int64_t now,
                       ost_arena *arena, ost_text *ret_parameters)
{
    bool failed = false;
    statement *row = prepare(d, "SELECT parameters FROM pushed WHERE id = ? AND realm = ? AND "
                                "client_id = ? AND expires > ?");
    bind_text(row, 1, id);
    bind_text(row, 2, realm);
    bind_text(row, 3, client_id);
    bind_integer(row, 4, now);
    ost_result result = next_row(row);
    if (result != OST_OK)
        return result;
    *ret_parameters = column_text(row, 0, arena, &failed);
    return failed ? OST_E_MEMORY : run_change(PREPARED(d, "DELETE FROM pushed WHERE id = ?", id));
}

ost_result store_pushed_take(store *s, ost_text realm, ost_text client_id, ost_text id, int64_t now,
                             ost_arena *arena, ost_text *ret_parameters)
{
    ost_text taken;
    ost_result result = WRITE(s, d, take(d, realm, client_id, id, now, arena, &taken));
    if (result == OST_OK)
        *ret_parameters = taken;
    return result;
}
