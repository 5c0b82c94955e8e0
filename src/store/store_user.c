/* Users in the store. */
#include "statement.h"
#include "text.h"

#define COLUMNS "id, realm, username, email, document, password, enabled, created"

ost_result insert_user(store *s, const store_user *user)
{
    sqlite3_stmt *st =
        statement(s, "INSERT INTO user (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    if (st == NULL)
        return OST_E_STORE;
    bind_text(st, 1, user->id);
    bind_text(st, 2, user->realm);
    bind_text(st, 3, user->username);
    bind_text(st, 4, user->email);
    bind_text(st, 5, user->document);
    bind_text(st, 6, user->password);
    bind_integer(st, 7, user->enabled);
    bind_integer(st, 8, user->created);
    return run_statement(s, st, NULL);
}

ost_result store_user_create(store *s, const store_user *user)
{
    store_lock(s);
    ost_result result = insert_user(s, user);
    store_unlock(s);
    return result;
}

static ost_result read_user(sqlite3_stmt *st, ost_arena *arena, store_user *ret_user)
{
    bool failed = false;
    *ret_user = (store_user){
        .id = column_text(st, 0, arena, &failed),
        .realm = column_text(st, 1, arena, &failed),
        .username = column_text(st, 2, arena, &failed),
        .email = column_text(st, 3, arena, &failed),
        .document = column_text(st, 4, arena, &failed),
        .password = column_text(st, 5, arena, &failed),
        .enabled = sqlite3_column_int(st, 6) != 0,
        .created = sqlite3_column_int64(st, 7),
    };
    return failed ? OST_E_MEMORY : OST_OK;
}

ost_result store_user_get(store *s, ost_text realm, ost_text id, ost_arena *arena,
                          store_user *ret_user)
{
    store_lock(s);
    sqlite3_stmt *st = statement(s, "SELECT " COLUMNS " FROM user WHERE realm = ? AND id = ?");
    if (st != NULL) {
        bind_text(st, 1, realm);
        bind_text(st, 2, id);
    }
    ost_result result = next_row(st);
    if (result == OST_OK)
        result = read_user(st, arena, ret_user);
    store_unlock(s);
    return result;
}

/* ASCII alone is folded here: names are stored as the importer folded them. */
static ost_text folded(ost_arena *arena, ost_text name)
{
    char *copy = ost_arena_copy(arena, name);
    for (size_t i = 0; copy != NULL && i < name.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + ('a' - 'A'));
    }
    return (ost_text){copy, copy != NULL ? name.len : 0};
}

ost_result store_user_find(store *s, ost_text realm, ost_text name, bool or_email, ost_arena *arena,
                           store_user *ret_user)
{
    ost_text wanted = folded(arena, name);
    if (wanted.data == NULL)
        return OST_E_MEMORY;
    store_lock(s);
    sqlite3_stmt *st =
        statement(s, "SELECT " COLUMNS " FROM user WHERE realm = ? AND username = ?");
    if (st != NULL) {
        bind_text(st, 1, realm);
        bind_text(st, 2, wanted);
    }
    ost_result result = next_row(st);
    if (result == OST_E_NOT_FOUND && or_email && wanted.len > 0) {
        st = statement(s, "SELECT " COLUMNS " FROM user WHERE realm = ? AND email = ? "
                          "AND email <> '' ORDER BY id LIMIT 1");
        if (st != NULL) {
            bind_text(st, 1, realm);
            bind_text(st, 2, wanted);
        }
        result = next_row(st);
    }
    if (result == OST_OK)
        result = read_user(st, arena, ret_user);
    store_unlock(s);
    return result;
}

static size_t count_users(store *s, ost_text realm)
{
    sqlite3_stmt *st = statement(s, "SELECT count(*) FROM user WHERE realm = ?");
    if (st == NULL)
        return 0;
    bind_text(st, 1, realm);
    return next_row(st) == OST_OK ? (size_t)sqlite3_column_int64(st, 0) : 0;
}

ost_result store_user_list(store *s, ost_text realm, ost_arena *arena, store_user **ret_users,
                           size_t *ret_count)
{
    size_t count = 0;
    store_lock(s);
    size_t room = count_users(s, realm); /* nobody else writes while the lock is held here */
    store_user *users = ost_arena_alloc(arena, (room > 0 ? room : 1) * sizeof *users);
    sqlite3_stmt *st =
        statement(s, "SELECT " COLUMNS " FROM user WHERE realm = ? ORDER BY username");
    ost_result result = users != NULL ? OST_OK : OST_E_MEMORY;
    if (st != NULL)
        bind_text(st, 1, realm);
    while (result == OST_OK && (result = next_row(st)) == OST_OK && count < room)
        result = read_user(st, arena, &users[count++]);
    store_unlock(s);
    if (result != OST_E_NOT_FOUND && result != OST_OK)
        return result;
    *ret_users = users;
    *ret_count = count;
    return OST_OK;
}

ost_result store_user_set_password(store *s, ost_text realm, ost_text id, ost_text old,
                                   ost_text password)
{
    int changes = 0;
    store_lock(s);
    sqlite3_stmt *st = statement(s, "UPDATE user SET password = ? WHERE realm = ? AND id = ? "
                                    "AND password = ?");
    ost_result result = st != NULL ? OST_OK : OST_E_STORE;
    if (result == OST_OK) {
        bind_text(st, 1, password);
        bind_text(st, 2, realm);
        bind_text(st, 3, id);
        bind_text(st, 4, old);
        result = run_statement(s, st, &changes);
    }
    store_unlock(s);
    return result == OST_OK && changes == 0 ? OST_E_CONFLICT : result;
}
