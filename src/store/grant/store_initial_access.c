/* SPDX-License-Identifier: Apache-2.0 */
/* Initial access tokens in the store: how many clients each may register still. */
#include "store/grant/store_initial_access.h"

#include <string.h>

#include "base/text.h"
#include "store/transaction.h"

#define COLUMNS "realm, id, created, expiration, count, remaining"

static ost_result insert_token(database *d, const store_initial_access *token)
{
    statement *st =
        prepare(d, "INSERT INTO initial_access (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?)");
    bind_text(st, 1, token->realm);
    bind_text(st, 2, token->id);
    bind_integer(st, 3, token->created);
    bind_integer(st, 4, token->expiration);
    bind_integer(st, 5, token->count);
    bind_integer(st, 6, token->remaining);
    return run_statement(st, NULL);
}

ost_result store_initial_access_create(store *s, const store_initial_access *token)
{
    return WRITE(s, d, insert_token(d, token));
}

static ost_result read_token(statement *st, ost_arena *arena, store_initial_access *ret_token)
{
    bool failed = false;
    store_initial_access read = {
        .realm = column_text(st, 0, arena, &failed),
        .id = column_text(st, 1, arena, &failed),
        .created = column_integer(st, 2),
        .expiration = column_integer(st, 3),
        .count = column_integer(st, 4),
        .remaining = column_integer(st, 5),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_token = read;
    return OST_OK;
}

ost_result store_initial_access_list(store *s, ost_text realm, size_t limit, ost_arena *arena,
                                     store_initial_access **ret_tokens, size_t *ret_count)
{
    size_t count = 0;
    ost_result result = OST_E_NOT_FOUND;
    store_initial_access *tokens = ost_arena_alloc(arena, (limit + 1) * sizeof *tokens);
    if (tokens == NULL)
        return OST_E_MEMORY;
    database *d = read_begin(s);
    statement *st = PREPARED(
        d, "SELECT " COLUMNS " FROM initial_access WHERE realm = ? ORDER BY created, id", realm);
    while (count < limit && (result = next_row(st)) == OST_OK) {
        result = read_token(st, arena, &tokens[count++]);
        if (result != OST_OK)
            break;
    }
    read_end(s, d);
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        return result;
    *ret_tokens = tokens;
    *ret_count = count;
    return OST_OK;
}

static ost_result delete_token(database *d, ost_text realm, ost_text id)
{
    return run_change(
        PREPARED(d, "DELETE FROM initial_access WHERE realm = ? AND id = ?", realm, id));
}

ost_result store_initial_access_delete(store *s, ost_text realm, ost_text id)
{
    return WRITE(s, d, delete_token(d, realm, id));
}

/* Why nothing could be taken. */
static ost_result explain(database *d, ost_text realm, ost_text id, int64_t now)
{
    statement *st = prepare(d, "SELECT expiration > 0 AND created + expiration <= ?3 FROM "
                               "initial_access WHERE realm = ?1 AND id = ?2");
    bind_text(st, 1, realm);
    bind_text(st, 2, id);
    bind_integer(st, 3, now);
    ost_result result = next_row(st);
    if (result != OST_OK)
        return result;
    return column_integer(st, 0) != 0 ? OST_E_EXPIRED : OST_E_CONFLICT;
}

static ost_result take(database *d, ost_text realm, ost_text id, int64_t now)
{
    statement *st =
        prepare(d, "UPDATE initial_access SET remaining = remaining - 1 WHERE realm = ?1 AND "
                   "id = ?2 AND remaining > 0 AND (expiration = 0 OR created + expiration > ?3)");
    bind_text(st, 1, realm);
    bind_text(st, 2, id);
    bind_integer(st, 3, now);
    ost_result result = run_change(st);
    return result == OST_E_NOT_FOUND ? explain(d, realm, id, now) : result;
}

ost_result store_initial_access_take(store *s, ost_text realm, ost_text id, int64_t now)
{
    return WRITE(s, d, take(d, realm, id, now));
}

static ost_result give_back(database *d, ost_text realm, ost_text id)
{
    return run_change(PREPARED(d,
                               "UPDATE initial_access SET remaining = remaining + 1 WHERE "
                               "realm = ? AND id = ? AND remaining < count",
                               realm, id));
}

ost_result store_initial_access_give_back(store *s, ost_text realm, ost_text id)
{
    return WRITE(s, d, give_back(d, realm, id));
}
