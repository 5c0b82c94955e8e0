/* Realms in the store. */
#include "context.h"
#include "statement.h"
#include "text.h"

#define MAX_REALMS 1000

static ost_result insert_realm(store *s, const store_realm *realm)
{
    sqlite3_stmt *st =
        statement(s, "INSERT INTO realm (name, id, document, version) VALUES (?, ?, ?, ?)");
    if (st == NULL)
        return OST_E_STORE;
    bind_text(st, 1, realm->name);
    bind_text(st, 2, realm->id);
    bind_text(st, 3, realm->document);
    bind_integer(st, 4, realm->version);
    return run_statement(s, st, NULL);
}

ost_result store_realm_create(store *s, const store_realm *realm, const store_user *users,
                              size_t user_count, const store_key *keys, size_t key_count,
                              ost_error *ret_error)
{
    store_lock(s);
    const char *what = "the realm";
    ost_text which = realm->name;
    ost_result result = transaction_begin(s);
    if (result == OST_OK)
        result = insert_realm(s, realm);
    for (size_t i = 0; i < user_count && result == OST_OK; i++) {
        what = "user";
        which = users[i].username;
        result = insert_user(s, &users[i]);
    }
    for (size_t i = 0; i < key_count && result == OST_OK; i++) {
        what = "key";
        which = keys[i].kid;
        result = insert_key(s, &keys[i]);
    }
    if (result == OST_E_CONFLICT)
        ost_error_set(ret_error, result, "%s %.*s stands there already", what, (int)which.len,
                      which.data);
    else if (result != OST_OK)
        ost_error_set(ret_error, result, "%s", sqlite3_errmsg(s->db));
    result = transaction_end(s, result);
    if (result != OST_OK && ret_error != NULL && ret_error->code == OST_OK)
        ost_error_set(ret_error, result, "%s", sqlite3_errmsg(s->db));
    store_unlock(s);
    return result;
}

ost_result store_realm_update(store *s, const store_realm *realm)
{
    int changes = 0;
    store_lock(s);
    sqlite3_stmt *st = statement(s, "UPDATE realm SET document = ?, version = ? WHERE name = ?");
    ost_result result = st != NULL ? OST_OK : OST_E_STORE;
    if (result == OST_OK) {
        bind_text(st, 1, realm->document);
        bind_integer(st, 2, realm->version);
        bind_text(st, 3, realm->name);
        result = run_statement(s, st, &changes);
    }
    store_unlock(s);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
}

static ost_result read_realm(sqlite3_stmt *st, ost_arena *arena, store_realm *ret_realm)
{
    bool failed = false;
    *ret_realm = (store_realm){
        .name = column_text(st, 0, arena, &failed),
        .id = column_text(st, 1, arena, &failed),
        .document = column_text(st, 2, arena, &failed),
        .version = sqlite3_column_int64(st, 3),
    };
    return failed ? OST_E_MEMORY : OST_OK;
}

ost_result store_realm_get(store *s, ost_text name, ost_arena *arena, store_realm *ret_realm)
{
    store_lock(s);
    sqlite3_stmt *st = statement(s, "SELECT name, id, document, version FROM realm WHERE name = ?");
    if (st != NULL)
        bind_text(st, 1, name);
    ost_result result = next_row(st);
    if (result == OST_OK)
        result = read_realm(st, arena, ret_realm);
    store_unlock(s);
    return result;
}

ost_result store_realm_list(store *s, ost_arena *arena, store_realm **ret_realms, size_t *ret_count)
{
    store_realm *realms = ost_arena_alloc(arena, MAX_REALMS * sizeof *realms);
    size_t count = 0;
    if (realms == NULL)
        return OST_E_MEMORY;
    store_lock(s);
    sqlite3_stmt *st =
        statement(s, "SELECT name, id, document, version FROM realm ORDER BY name LIMIT 1001");
    ost_result result;
    while ((result = next_row(st)) == OST_OK) {
        if (count == MAX_REALMS)
            result = OST_E_CEILING;
        else
            result = read_realm(st, arena, &realms[count++]);
        if (result != OST_OK)
            break;
    }
    store_unlock(s);
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_realms = realms;
    *ret_count = count;
    return OST_OK;
}
