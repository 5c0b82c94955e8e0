/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization requests that clients have pushed: one login is completed for each. That it may be
 * is a row beside the request's, which counts for no client and lasts longer. Who begins and who
 * spends comes to the request's row first, so that nodes wait for each other in one order. */
#include "store/grant/store_pushed.h"

#include "store/lock.h"
#include "store/transaction.h"

static ost_result insert_pushed(database *d, const store_pushed *pushed, size_t limit, int64_t now)
{
    const waiting_rows rows = {pushed->realm, pushed->client_id, pushed->network, now, limit};
    ost_result result =
        check_share(d,
                    "SELECT count(*), count(CASE WHEN network = ?3 THEN 1 END) FROM pushed"
                    " WHERE realm = ?1 AND client_id = ?2 AND expires > ?4",
                    &rows);
    if (result != OST_OK)
        return result;
    statement *st =
        prepare(d, "INSERT INTO pushed (id, realm, client_id, parameters, expires, network)"
                   " VALUES (?, ?, ?, ?, ?, ?)");
    bind_text(st, 1, pushed->id);
    bind_text(st, 2, pushed->realm);
    bind_text(st, 3, pushed->client_id);
    bind_text(st, 4, pushed->parameters);
    bind_integer(st, 5, pushed->expires);
    bind_text(st, 6, pushed->network);
    return run_statement(st, NULL);
}

ost_result store_pushed_create(store *s, const store_pushed *pushed, size_t limit, int64_t now)
{
    return WRITE(s, d, insert_pushed(d, pushed, limit, now));
}

#define BEGUN "'begun ' || "

/* Locks it, too: whoever spends it meanwhile is waited for. */
static ost_result look(database *d, ost_text realm, ost_text client_id, ost_text id, int64_t now,
                       ost_arena *arena, ost_text *ret_parameters)
{
    bool failed = false;
    statement *lock = prepare(d, "UPDATE pushed SET expires = expires WHERE id = ? AND realm = ? "
                                 "AND client_id = ? AND expires > ?");
    bind_text(lock, 1, id);
    bind_text(lock, 2, realm);
    bind_text(lock, 3, client_id);
    bind_integer(lock, 4, now);
    ost_result result = run_change(lock);
    if (result != OST_OK)
        return result;
    statement *row = PREPARED(d, "SELECT parameters FROM pushed WHERE id = ?", id);
    result = next_row(row);
    if (result != OST_OK)
        return result;
    *ret_parameters = column_text(row, 0, arena, &failed);
    return failed ? OST_E_MEMORY : OST_OK;
}

static ost_result begin_pushed(database *d, ost_text realm, ost_text client_id, ost_text id,
                               int64_t now, int64_t until, ost_arena *arena,
                               ost_text *ret_parameters)
{
    ost_result result = look(d, realm, client_id, id, now, arena, ret_parameters);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, "INSERT INTO pushed (id, realm, client_id, parameters, expires)"
                               " VALUES (" BEGUN "?, ?, '', '', ?)"
                               " ON CONFLICT (id) DO UPDATE SET expires = excluded.expires");
    bind_text(st, 1, id);
    bind_text(st, 2, realm);
    bind_integer(st, 3, until);
    return run_statement(st, NULL);
}

ost_result store_pushed_begin(store *s, ost_text realm, ost_text client_id, ost_text id,
                              int64_t now, int64_t until, ost_arena *arena,
                              ost_text *ret_parameters)
{
    ost_text parameters;
    ost_result result =
        WRITE(s, d, begin_pushed(d, realm, client_id, id, now, until, arena, &parameters));
    if (result == OST_OK)
        *ret_parameters = parameters;
    return result;
}

static ost_result spend_pushed(database *d, ost_text realm, ost_text id, int64_t now)
{
    statement *request = prepare(d, "DELETE FROM pushed WHERE id = ? AND realm = ?");
    bind_text(request, 1, id);
    bind_text(request, 2, realm);
    ost_result result = run_statement(request, NULL);
    if (result != OST_OK)
        return result;
    statement *st =
        prepare(d, "DELETE FROM pushed WHERE id = " BEGUN "? AND realm = ? AND expires > ?");
    bind_text(st, 1, id);
    bind_text(st, 2, realm);
    bind_integer(st, 3, now);
    return run_change(st);
}

ost_result store_pushed_spend(store *s, ost_text realm, ost_text id, int64_t now)
{
    return WRITE(s, d, spend_pushed(d, realm, id, now));
}
