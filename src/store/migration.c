/* The schema, as numbered migrations: each runs in one transaction with the number it leaves
 * behind, so that a store is always at exactly one of them. Migrations are never edited, only
 * added. */
#include <stdio.h>

#include "statement.h"

static const char *const migrations[] = {
    /* 1 */
    "CREATE TABLE realm ("
    "  name TEXT PRIMARY KEY NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,"
    "  version INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE user ("
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, id TEXT NOT NULL,"
    "  username TEXT NOT NULL, email TEXT NOT NULL, document TEXT NOT NULL,"
    "  password TEXT NOT NULL, enabled INTEGER NOT NULL, created INTEGER NOT NULL,"
    "  PRIMARY KEY (realm, id), UNIQUE (realm, username)) WITHOUT ROWID;"
    "CREATE INDEX user_by_email ON user (realm, email) WHERE email <> '';"
    "CREATE TABLE key ("
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, kid TEXT NOT NULL,"
    "  algorithm TEXT NOT NULL, use TEXT NOT NULL, jwk TEXT NOT NULL, certificate TEXT NOT NULL,"
    "  state INTEGER NOT NULL, created INTEGER NOT NULL, signs_from INTEGER NOT NULL,"
    "  ends INTEGER NOT NULL, PRIMARY KEY (realm, kid)) WITHOUT ROWID;"
    "CREATE TABLE session ("
    "  id TEXT PRIMARY KEY NOT NULL, realm TEXT NOT NULL, user_id TEXT NOT NULL,"
    "  auth_time INTEGER NOT NULL, started INTEGER NOT NULL, last_access INTEGER NOT NULL,"
    "  ends INTEGER NOT NULL, idle_ends INTEGER NOT NULL, remembered INTEGER NOT NULL,"
    "  notes TEXT NOT NULL,"
    "  FOREIGN KEY (realm, user_id) REFERENCES user(realm, id) ON DELETE CASCADE) WITHOUT ROWID;"
    "CREATE INDEX session_by_user ON session (realm, user_id);"
    "CREATE TABLE client_session ("
    "  session_id TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    "  client_id TEXT NOT NULL, scope TEXT NOT NULL, nonce TEXT NOT NULL,"
    "  redirect_uri TEXT NOT NULL, refresh_id TEXT NOT NULL, refresh_uses INTEGER NOT NULL,"
    "  started INTEGER NOT NULL, last_access INTEGER NOT NULL, notes TEXT NOT NULL,"
    "  PRIMARY KEY (session_id, client_id)) WITHOUT ROWID;"
    "CREATE TABLE code ("
    "  id TEXT PRIMARY KEY NOT NULL, realm TEXT NOT NULL,"
    "  session_id TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    "  client_id TEXT NOT NULL, redirect_uri TEXT NOT NULL, scope TEXT NOT NULL,"
    "  nonce TEXT NOT NULL, challenge TEXT NOT NULL, challenge_method TEXT NOT NULL,"
    "  expires INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX code_by_session ON code (session_id);",
    /* 2: several chains of refresh tokens in one client session, one for each tab */
    "CREATE TABLE refresh_token ("
    "  session_id TEXT NOT NULL, client_id TEXT NOT NULL, id TEXT NOT NULL,"
    "  parent TEXT NOT NULL, uses INTEGER NOT NULL, issued INTEGER NOT NULL,"
    "  PRIMARY KEY (session_id, client_id, id),"
    "  FOREIGN KEY (session_id, client_id) REFERENCES client_session(session_id, client_id)"
    "    ON DELETE CASCADE) WITHOUT ROWID;"
    "INSERT INTO refresh_token SELECT session_id, client_id, refresh_id, '', refresh_uses,"
    "  last_access FROM client_session WHERE refresh_id <> '';"
    "ALTER TABLE client_session DROP COLUMN refresh_id;"
    "ALTER TABLE client_session DROP COLUMN refresh_uses;",
};
#define SCHEMA ((int)(sizeof migrations / sizeof migrations[0]))

static ost_result read_version(store *s, int *ret_version)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(s->db, "PRAGMA user_version", -1, &st, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(st)) == SQLITE_ROW)
        *ret_version = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return store_result(code);
}

static ost_result apply(store *s, int number, ost_error *ret_error)
{
    char done[64];
    snprintf(done, sizeof done, "PRAGMA user_version = %d; COMMIT", number);
    if (sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(s->db, migrations[number - 1], NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(s->db, done, NULL, NULL, NULL) == SQLITE_OK)
        return OST_OK;
    ost_error_set(ret_error, OST_E_STORE, "migration %d: %s", number, sqlite3_errmsg(s->db));
    (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return OST_E_STORE;
}

ost_result migrate(store *s, ost_error *ret_error)
{
    int version = 0;
    ost_result result = read_version(s, &version);
    if (result != OST_OK)
        return ost_error_set(ret_error, OST_E_STORE, "the schema's version cannot be read: %s",
                             sqlite3_errmsg(s->db));
    if (version > SCHEMA)
        return ost_error_set(ret_error, OST_E_SCHEMA,
                             "the store has schema %d, this program knows %d: a newer program "
                             "wrote it; nothing was changed",
                             version, SCHEMA);
    while (result == OST_OK && version < SCHEMA)
        result = apply(s, ++version, ret_error);
    return result;
}
