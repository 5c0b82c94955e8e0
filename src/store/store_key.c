/* Keys in the store. */
#include "statement.h"
#include "text.h"

#define COLUMNS "kid, realm, algorithm, use, jwk, certificate, state, created, signs_from, ends"
#define MAX_KEYS 100 /* of one realm */

ost_result insert_key(store *s, const store_key *key)
{
    sqlite3_stmt *st =
        statement(s, "INSERT INTO key (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (st == NULL)
        return OST_E_STORE;
    bind_text(st, 1, key->kid);
    bind_text(st, 2, key->realm);
    bind_text(st, 3, key->algorithm);
    bind_text(st, 4, key->use);
    bind_text(st, 5, key->jwk);
    bind_text(st, 6, key->certificate);
    bind_integer(st, 7, (int64_t)key->state);
    bind_integer(st, 8, key->created);
    bind_integer(st, 9, key->signs_from);
    bind_integer(st, 10, key->ends);
    return run_statement(s, st, NULL);
}

static ost_result read_key(sqlite3_stmt *st, ost_arena *arena, store_key *ret_key)
{
    bool failed = false;
    int state = sqlite3_column_int(st, 6);
    *ret_key = (store_key){
        .kid = column_text(st, 0, arena, &failed),
        .realm = column_text(st, 1, arena, &failed),
        .algorithm = column_text(st, 2, arena, &failed),
        .use = column_text(st, 3, arena, &failed),
        .jwk = column_text(st, 4, arena, &failed),
        .certificate = column_text(st, 5, arena, &failed),
        .state = (store_key_state)state,
        .created = sqlite3_column_int64(st, 7),
        .signs_from = sqlite3_column_int64(st, 8),
        .ends = sqlite3_column_int64(st, 9),
    };
    if (state < STORE_KEY_NEXT || state > STORE_KEY_PASSIVE)
        return OST_E_STORE;
    return failed ? OST_E_MEMORY : OST_OK;
}

ost_result store_key_list(store *s, ost_text realm, ost_arena *arena, store_key **ret_keys,
                          size_t *ret_count)
{
    store_key *keys = ost_arena_alloc(arena, MAX_KEYS * sizeof *keys);
    size_t count = 0;
    ost_result result = keys != NULL ? OST_OK : OST_E_MEMORY;
    store_lock(s);
    sqlite3_stmt *st =
        statement(s, "SELECT " COLUMNS " FROM key WHERE realm = ? ORDER BY created, kid");
    if (st != NULL)
        bind_text(st, 1, realm);
    while (result == OST_OK && (result = next_row(st)) == OST_OK)
        result = count < MAX_KEYS ? read_key(st, arena, &keys[count++]) : OST_E_CEILING;
    store_unlock(s);
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_keys = keys;
    *ret_count = count;
    return OST_OK;
}

ost_result store_key_create(store *s, const store_key *key)
{
    store_lock(s);
    ost_result result = insert_key(s, key);
    store_unlock(s);
    return result;
}

ost_result store_key_move(store *s, ost_text realm, ost_text kid, store_key_state from,
                          store_key_state to, int64_t ends)
{
    int changes = 0;
    store_lock(s);
    sqlite3_stmt *st = statement(
        s, "UPDATE key SET state = ?, ends = ? WHERE realm = ? AND kid = ? AND state = ?");
    ost_result result = st != NULL ? OST_OK : OST_E_STORE;
    if (result == OST_OK) {
        bind_integer(st, 1, (int64_t)to);
        bind_integer(st, 2, ends);
        bind_text(st, 3, realm);
        bind_text(st, 4, kid);
        bind_integer(st, 5, (int64_t)from);
        result = run_statement(s, st, &changes);
    }
    store_unlock(s);
    return result == OST_OK && changes == 0 ? OST_E_CONFLICT : result;
}
