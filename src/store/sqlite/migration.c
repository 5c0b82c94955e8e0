/* SPDX-License-Identifier: Apache-2.0 */
/* The schema, as numbered migrations: each runs in one transaction with the number it leaves
 * behind, so that a store is always at exactly one of them. Migrations are never edited, only
 * added. */
#include <stdio.h>

#include "store/sqlite/migration.h"

#include "base/array.h"
#include "base/context.h"
#include "base/fold.h"
#include "store/schema.h"
#include "store/sqlite/migration_watch.h"

/* The first name and what follows, and the last name, of a user's search; by bytes, for a text may
 * hold a zero byte. */
#define USER_NAMES                                                                                 \
    "substr(CAST(search AS BLOB), length(CAST(username AS BLOB)) + length(CAST(email AS BLOB))"    \
    " + 3)"
#define USER_LAST_NAME "substr(" USER_NAMES ", instr(" USER_NAMES ", x'0a') + 1)"

/* Of a user who is no more, or has another name, nothing is kept, neither a note nor as the name at
 * which a block begins. */
#define OLD_USER "realm = old.realm AND username = old.username"
#define OLD_BLOCK "realm = old.realm AND first = old.username"
#define UNCOUNT_USER                                                                               \
    "UPDATE user_block SET count = count - 1 WHERE realm = old.realm AND first = (SELECT"          \
    "  max(first) FROM user_block WHERE realm = old.realm AND first <= old.username)"              \
    "  AND NOT EXISTS (SELECT 1 FROM user_delta WHERE " OLD_USER ");"                              \
    "DELETE FROM user_delta WHERE " OLD_USER ";"                                                   \
    "DELETE FROM user_block WHERE " OLD_BLOCK " AND count = 0;"                                    \
    "UPDATE OR IGNORE user_block SET first = coalesce((SELECT min(username) FROM user"             \
    "  WHERE realm = old.realm AND service = 0 AND username > old.username), first)"               \
    "  WHERE " OLD_BLOCK ";"

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
    /* 3: what a program keeps in memory has a number that grows with every change; addresses are
     * unique where the realm says so; what is over is found by an index; the file says whose it is
     */
    "CREATE TABLE generation (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL);"
    "INSERT INTO generation VALUES (1, 1);"
    "CREATE TRIGGER realm_added AFTER INSERT ON realm"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER realm_changed AFTER UPDATE ON realm"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER realm_removed AFTER DELETE ON realm"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER key_added AFTER INSERT ON key"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER key_changed AFTER UPDATE ON key"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER key_removed AFTER DELETE ON key"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER account_added AFTER INSERT ON user"
    "  WHEN new.username GLOB 'service-account-*'"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER account_changed AFTER UPDATE OF username, document, enabled ON user"
    "  WHEN new.username GLOB 'service-account-*' OR old.username GLOB 'service-account-*'"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER account_removed AFTER DELETE ON user"
    "  WHEN old.username GLOB 'service-account-*'"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "ALTER TABLE user ADD COLUMN unique_email TEXT NOT NULL DEFAULT '';"
    "UPDATE user SET unique_email = email WHERE NOT EXISTS (SELECT 1 FROM user AS other"
    "  WHERE other.realm = user.realm AND other.email = user.email AND other.id <> user.id);"
    "CREATE UNIQUE INDEX user_by_unique_email ON user (realm, unique_email)"
    "  WHERE unique_email <> '';"
    "CREATE INDEX session_by_end ON session (min(ends, idle_ends));"
    "CREATE INDEX code_by_expiry ON code (expires);"
    "PRAGMA application_id = 1330861129;", /* "OSTI" */
    /* 4: the APIs that a code's tokens are for (RFC 8707) */
    "ALTER TABLE code ADD COLUMN resources TEXT NOT NULL DEFAULT '';",
    /* 5: names and addresses are folded beyond ASCII; of two that are one then, both stay */
    "UPDATE OR IGNORE user SET username = fold(username) WHERE username <> fold(username);"
    "UPDATE OR IGNORE user SET email = fold(email), unique_email = fold(unique_email)"
    "  WHERE email <> fold(email);",
    /* 6: the sessions of a client are listed and counted */
    "CREATE INDEX client_session_by_client ON client_session (client_id, session_id);",
    /* 7: keys are components that administrators change */
    "ALTER TABLE key ADD COLUMN component TEXT NOT NULL DEFAULT '';",
    /* 8: what users and administrators did */
    "CREATE TABLE event ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, admin INTEGER NOT NULL,"
    "  time INTEGER NOT NULL, expires INTEGER NOT NULL, type TEXT NOT NULL,"
    "  client TEXT NOT NULL, user TEXT NOT NULL, address TEXT NOT NULL,"
    "  resource TEXT NOT NULL, path TEXT NOT NULL, document TEXT NOT NULL);"
    "CREATE INDEX event_by_realm ON event (realm, admin, time DESC, id DESC);"
    "CREATE INDEX event_by_id ON event (realm, admin, id);"
    "CREATE INDEX event_by_expiry ON event (expires) WHERE expires > 0;",
    /* 9: what users have granted to clients */
    "CREATE TABLE consent ("
    "  realm TEXT NOT NULL, user_id TEXT NOT NULL, client TEXT NOT NULL, scopes TEXT NOT NULL,"
    "  created INTEGER NOT NULL, updated INTEGER NOT NULL,"
    "  PRIMARY KEY (realm, user_id, client),"
    "  FOREIGN KEY (realm, user_id) REFERENCES user(realm, id) ON DELETE CASCADE) WITHOUT ROWID;"
    /* So far they stood in the users' documents, as realm files have them. */
    "INSERT OR IGNORE INTO consent SELECT u.realm, u.id, client.value ->> '$.id',"
    "  coalesce((SELECT group_concat(scope.value, ' ')"
    "    FROM json_each(given.value, '$.grantedClientScopes') AS scope), ''),"
    "  coalesce(given.value ->> '$.createdDate', 0),"
    "  coalesce(given.value ->> '$.lastUpdatedDate', given.value ->> '$.createdDate', 0)"
    "  FROM user AS u JOIN realm ON realm.name = u.realm,"
    "    json_each(iif(json_valid(u.document), u.document, '{}'), '$.clientConsents') AS given,"
    "    json_each(iif(json_valid(realm.document), realm.document, '{}'), '$.clients') AS client"
    "  WHERE client.value ->> '$.clientId' = given.value ->> '$.clientId'"
    "    AND client.value ->> '$.id' IS NOT NULL;",
    /* 10: tokens with which clients may be registered */
    "CREATE TABLE initial_access ("
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, id TEXT NOT NULL,"
    "  created INTEGER NOT NULL, expiration INTEGER NOT NULL, count INTEGER NOT NULL,"
    "  remaining INTEGER NOT NULL, PRIMARY KEY (realm, id)) WITHOUT ROWID;",
    /* 11: authorization requests that clients push (RFC 9126) */
    "CREATE TABLE pushed ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, client_id TEXT NOT NULL,"
    "  parameters TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX pushed_by_client ON pushed (realm, client_id);"
    "CREATE INDEX pushed_by_expiry ON pushed (expires);",
    /* 12: the key that a code's tokens are for (RFC 9449 section 10) */
    "ALTER TABLE code ADD COLUMN jkt TEXT NOT NULL DEFAULT '';",
    /* 13: users are found by their names, and by what their documents name */
    "ALTER TABLE user ADD COLUMN search TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE user ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE user ADD COLUMN service INTEGER NOT NULL DEFAULT 0;"
    "UPDATE user SET search = username || char(10) || email || char(10) ||"
    "  fold(ifnull(json_extract(document, '$.firstName'), '')) || char(10) ||"
    "  fold(ifnull(json_extract(document, '$.lastName'), '')),"
    "  verified = ifnull(json_extract(document, '$.emailVerified'), 0),"
    "  service = json_type(document, '$.serviceAccountClientId') IS NOT NULL"
    "  WHERE json_valid(document);"
    "CREATE INDEX user_by_search ON user (realm, username, search, enabled, verified, service);"
    "CREATE TABLE user_link ("
    "  realm TEXT NOT NULL, kind INTEGER NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,"
    "  username TEXT NOT NULL, PRIMARY KEY (realm, kind, owner, name, username)) WITHOUT ROWID;"
    "INSERT OR IGNORE INTO user_link SELECT realm, iif(member.key = 'realmRoles', 1, 3), '',"
    "  list.value, username FROM user, json_each(iif(json_valid(document), document, '{}'))"
    "  AS member, json_each(iif(member.type = 'array', member.value, '[]')) AS list"
    "  WHERE member.key IN ('realmRoles', 'groups') AND list.type = 'text';"
    "INSERT OR IGNORE INTO user_link SELECT realm, iif(member.key = 'clientRoles', 2, 4),"
    "  owner.key, list.value, username FROM user,"
    "  json_each(iif(json_valid(document), document, '{}')) AS member,"
    "  json_each(iif(member.type = 'object', member.value, '{}')) AS owner,"
    "  json_each(iif(owner.type = 'array', owner.value, '[]')) AS list"
    "  WHERE member.key IN ('clientRoles', 'attributes') AND list.type = 'text'"
    "  AND (member.key = 'clientRoles' OR length(CAST(list.value AS BLOB)) <= 255);",
    /* 14: clients that are told of logouts */
    "ALTER TABLE client_session ADD COLUMN issuer TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE logout ("
    "  id INTEGER PRIMARY KEY, realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE,"
    "  client_id TEXT NOT NULL, session_id TEXT NOT NULL, user_id TEXT NOT NULL,"
    "  issuer TEXT NOT NULL, ended INTEGER NOT NULL, due INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL);"
    "CREATE INDEX logout_by_due ON logout (due, id);"
    "CREATE INDEX logout_by_realm ON logout (realm);"
    "CREATE TABLE logout_listener ("
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, client_id TEXT NOT NULL,"
    "  PRIMARY KEY (realm, client_id)) WITHOUT ROWID;"
    "INSERT OR IGNORE INTO logout_listener SELECT realm.name, client.value ->> '$.clientId'"
    "  FROM realm, json_each(iif(json_valid(document), document, '{}'), '$.clients') AS client"
    "  WHERE client.type = 'object' AND client.value ->> '$.clientId' IS NOT NULL"
    "  AND ifnull(client.value ->> '$.attributes.\"backchannel.logout.url\"', '') <> '';",
    /* 15: what devices ask for, and what their users answer (RFC 8628) */
    "CREATE TABLE device ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, client_id TEXT NOT NULL,"
    "  user_code TEXT NOT NULL, scope TEXT NOT NULL, resources TEXT NOT NULL,"
    "  challenge TEXT NOT NULL, challenge_method TEXT NOT NULL, expires INTEGER NOT NULL,"
    "  interval INTEGER NOT NULL, state INTEGER NOT NULL, session_id TEXT NOT NULL,"
    "  next_poll INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX device_by_user_code ON device (realm, user_code);"
    "CREATE INDEX device_by_client ON device (realm, client_id, expires);"
    "CREATE INDEX device_by_expiry ON device (expires);",
    /* 16: the master keys under which something is sealed; '': what lies in clear beside it */
    "CREATE TABLE master_key (id TEXT PRIMARY KEY NOT NULL, state INTEGER NOT NULL) WITHOUT ROWID;",
    /* 17: what clients ask of users in the backchannel (CIBA) is answered in the same way */
    "ALTER TABLE device ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE device ADD COLUMN user_id TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX device_by_user ON device (realm, user_id, expires) WHERE user_id <> '';",
    /* 18: clients that are told that their user has answered (CIBA, ping mode) */
    "ALTER TABLE device ADD COLUMN auth_req_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE device ADD COLUMN notification_token TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE logout ADD COLUMN auth_req_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE logout ADD COLUMN notification_token TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE logout ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;",
    /* 19: what may be used once, when nodes share a store */
    "CREATE TABLE used ("
    " id TEXT PRIMARY KEY NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX used_by_expiry ON used (expires);",
    /* 20: failed logins, counted for all nodes and over restarts */
    "CREATE TABLE failure ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, kind INTEGER NOT NULL,"
    "  user_id TEXT NOT NULL, address TEXT NOT NULL, failures INTEGER NOT NULL,"
    "  last INTEGER NOT NULL, blocked_until INTEGER NOT NULL, known_until INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX failure_by_user ON failure (realm, user_id);"
    "CREATE INDEX failure_by_expiry ON failure (expires);",
    /* 21: users are found by whom identity providers know them as */
    "INSERT OR IGNORE INTO user_link SELECT realm, 5, link ->> '$.identityProvider',"
    "  link ->> '$.userId', username FROM (SELECT realm, username,"
    "   iif(each.type = 'object', each.value, '{}') AS link FROM user,"
    "   json_each(iif(json_valid(document), document, '{}'), '$.federatedIdentities') AS each)"
    "  WHERE json_type(link, '$.identityProvider') = 'text'"
    "  AND json_type(link, '$.userId') = 'text'"
    "  AND length(CAST(link ->> '$.userId' AS BLOB)) BETWEEN 1 AND 255;",
    /* 22: rich authorization requests */
    "ALTER TABLE code ADD COLUMN details TEXT NOT NULL DEFAULT '';",
    /* 23: and of devices, and in the backchannel */
    "ALTER TABLE device ADD COLUMN details TEXT NOT NULL DEFAULT '';",
    /* 24: users' rows are too long for a tree whose inner pages hold whole rows: they lie in the
     * order in which they came, and what finds them is short */
    "CREATE TABLE user_row ("
    "  realm TEXT NOT NULL REFERENCES realm(name) ON DELETE CASCADE, id TEXT NOT NULL,"
    "  username TEXT NOT NULL, email TEXT NOT NULL, document TEXT NOT NULL,"
    "  password TEXT NOT NULL, enabled INTEGER NOT NULL, created INTEGER NOT NULL,"
    "  unique_email TEXT NOT NULL DEFAULT '', search TEXT NOT NULL DEFAULT '',"
    "  verified INTEGER NOT NULL DEFAULT 0, service INTEGER NOT NULL DEFAULT 0,"
    "  PRIMARY KEY (realm, id), UNIQUE (realm, username));"
    "DROP INDEX IF EXISTS user_by_email;"
    "DROP INDEX IF EXISTS user_by_unique_email;"
    "DROP INDEX IF EXISTS user_by_search;"
    "CREATE INDEX user_by_email ON user_row (realm, email) WHERE email <> '';"
    "CREATE UNIQUE INDEX user_by_unique_email ON user_row (realm, unique_email)"
    "  WHERE unique_email <> '';"
    "CREATE INDEX user_by_search ON user_row"
    "  (realm, username, search, enabled, verified, service);"
    "INSERT INTO user_row SELECT realm, id, username, email, document, password, enabled, created,"
    "  unique_email, search, verified, service FROM user INDEXED BY sqlite_autoindex_user_2"
    "  ORDER BY realm, username;"
    "DROP TABLE user;"
    "ALTER TABLE user_row RENAME TO user;"
    "CREATE TRIGGER account_added AFTER INSERT ON user"
    "  WHEN new.username GLOB 'service-account-*'"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER account_changed AFTER UPDATE OF username, document, enabled ON user"
    "  WHEN new.username GLOB 'service-account-*' OR old.username GLOB 'service-account-*'"
    "  BEGIN UPDATE generation SET value = value + 1; END;"
    "CREATE TRIGGER account_removed AFTER DELETE ON user"
    "  WHEN old.username GLOB 'service-account-*'"
    "  BEGIN UPDATE generation SET value = value + 1; END;",
    /* 25: users are counted in blocks, and found by how their names begin (search/) */
    "CREATE TABLE user_block ("
    "  realm TEXT NOT NULL, first TEXT NOT NULL, count INTEGER NOT NULL,"
    "  PRIMARY KEY (realm, first)) WITHOUT ROWID;"
    "CREATE TABLE user_delta ("
    "  realm TEXT NOT NULL, username TEXT NOT NULL, change INTEGER NOT NULL,"
    "  PRIMARY KEY (realm, username)) WITHOUT ROWID;"
    "INSERT INTO user_block SELECT realm, iif(part = 0, '', min(username)), count(*) FROM (SELECT"
    "  realm, username, (row_number() OVER (PARTITION BY realm ORDER BY username) - 1) / 1000"
    "  AS part FROM user INDEXED BY user_by_search WHERE service = 0) GROUP BY realm, part;"
    "CREATE TRIGGER user_came AFTER INSERT ON user WHEN new.service = 0"
    "  BEGIN INSERT INTO user_delta VALUES (new.realm, new.username, 1); END;"
    "CREATE TRIGGER user_went AFTER DELETE ON user"
    "  WHEN old.service = 0 AND EXISTS (SELECT 1 FROM realm WHERE name = old.realm)"
    "  BEGIN " UNCOUNT_USER "END;"
    "CREATE TRIGGER user_left AFTER UPDATE OF username, service ON user"
    "  WHEN old.service = 0 AND (new.username <> old.username OR new.service <> 0)"
    "  BEGIN " UNCOUNT_USER "END;"
    "CREATE TRIGGER user_joined AFTER UPDATE OF username, service ON user"
    "  WHEN new.service = 0 AND (new.username <> old.username OR old.service <> 0)"
    "  BEGIN INSERT INTO user_delta VALUES (new.realm, new.username, 1); END;"
    "CREATE TRIGGER realm_uncounted AFTER DELETE ON realm BEGIN"
    "  DELETE FROM user_block WHERE realm = old.name;"
    "  DELETE FROM user_delta WHERE realm = old.name; END;"
    "CREATE INDEX user_by_first_name ON user"
    "  (realm, " USER_NAMES ", username) WHERE " USER_NAMES " >= x'20';"
    "CREATE INDEX user_by_last_name ON user"
    "  (realm, " USER_LAST_NAME ", username) WHERE " USER_LAST_NAME " >= x'20';",
    /* 26: and by texts within their names (search/) */
    "CREATE TABLE user_signature (id INTEGER PRIMARY KEY, bits TEXT NOT NULL);"
    "CREATE TABLE user_unsigned (number INTEGER PRIMARY KEY);"
    "INSERT INTO user_unsigned SELECT rowid FROM user;"
    "CREATE TRIGGER user_unsigned_came AFTER INSERT ON user"
    "  BEGIN INSERT INTO user_unsigned VALUES (new.rowid) ON CONFLICT DO NOTHING; END;"
    "CREATE TRIGGER user_unsigned_changed AFTER UPDATE OF search, service ON user"
    "  WHEN new.search <> old.search OR new.service <> old.service"
    "  BEGIN INSERT INTO user_unsigned VALUES (new.rowid) ON CONFLICT DO NOTHING; END;"
    "CREATE TRIGGER user_unsigned_went AFTER DELETE ON user"
    "  BEGIN INSERT INTO user_unsigned VALUES (old.rowid) ON CONFLICT DO NOTHING; END;",
    /* 27: users who have secrets are sealed too: what has been sealed so far is not all */
    "INSERT INTO master_key (id, state) SELECT '', 0 WHERE EXISTS"
    "  (SELECT 1 FROM master_key WHERE state = 1)"
    "  AND NOT EXISTS (SELECT 1 FROM master_key WHERE id = '');",
    /* 28: sessions that began at identity providers are found by what they are there */
    "ALTER TABLE session ADD COLUMN provider_there TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE session ADD COLUMN session_there TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE session ADD COLUMN user_there TEXT NOT NULL DEFAULT '';"
    "UPDATE session SET provider_there = coalesce(notes ->> '$.identity_provider', ''),"
    "  session_there = coalesce(notes ->> '$.broker_session_id', ''),"
    "  user_there = coalesce(notes ->> '$.broker_user_id', '')"
    "  WHERE instr(notes, '\"identity_provider\":') > 0 AND json_valid(notes);"
    "CREATE INDEX session_by_session_there ON session (realm, session_there)"
    "  WHERE session_there <> '';"
    "CREATE INDEX session_by_user_there ON session (realm, user_there) WHERE user_there <> '';",
    /* 29: tokens of identity providers that are kept; `name` is the place of the secret */
    "CREATE TABLE kept_token ("
    "  realm TEXT NOT NULL, name TEXT NOT NULL, user_id TEXT NOT NULL, provider TEXT NOT NULL,"
    "  user_there TEXT NOT NULL, token TEXT NOT NULL, waits INTEGER NOT NULL,"
    "  PRIMARY KEY (realm, name),"
    "  FOREIGN KEY (realm, user_id) REFERENCES user(realm, id) ON DELETE CASCADE) WITHOUT ROWID;"
    "CREATE INDEX kept_token_by_user ON kept_token (realm, user_id);"
    "CREATE INDEX kept_token_by_provider ON kept_token (realm, provider);"
    "CREATE INDEX kept_token_waiting ON kept_token (waits) WHERE waits > 0;",
    /* 30: what networks have of a client's room for what waits; and realms by their names alone, so
     * that a foreign key does not read a realm's document */
    "ALTER TABLE pushed ADD COLUMN network TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE device ADD COLUMN network TEXT NOT NULL DEFAULT '';"
    "DROP INDEX pushed_by_client;"
    "CREATE INDEX pushed_by_client ON pushed (realm, client_id, expires, network);"
    "DROP INDEX device_by_client;"
    "CREATE INDEX device_by_client ON device (realm, client_id, expires, network);"
    "CREATE UNIQUE INDEX realm_by_name ON realm (name);",
};
_Static_assert(ARRAY_LEN(migrations) == SCHEMA, "see schema.h");
#define APPLICATION 1330861129
#define MIGRATION_CACHE "-131072" /* KiB, at most, and only while it runs */
#define FIRST_WITH_APPLICATION 3

static ost_result read_number(sqlite_database *d, const char *sql, int *ret_number,
                              ost_error *error)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(d->db, sql, -1, &st, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(st)) == SQLITE_ROW)
        *ret_number = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return code == SQLITE_ROW ? OST_OK : sqlite_error(d, OST_E_STORE, error);
}

static ost_result refuse_stranger(ost_error *error)
{
    return ost_error_set(error, OST_E_STORE,
                         "it is the database of another program; nothing was changed");
}

static ost_result read_version(sqlite_database *d, int *ret_version, ost_error *error)
{
    ost_result result = read_number(d, "PRAGMA user_version", ret_version, error);
    if (result == OST_OK && *ret_version > SCHEMA)
        return ost_error_set(error, OST_E_SCHEMA,
                             "the store has schema %d, this program knows %d: a newer program "
                             "wrote it; nothing was changed",
                             *ret_version, SCHEMA);
    if (result == OST_OK && *ret_version < 0)
        return refuse_stranger(error);
    return result;
}

ost_result migration_check_within(sqlite_database *d, ost_error *error)
{
    int version = 0, application = 0, tables = 0;
    ost_result result = read_version(d, &version, error);
    if (result == OST_OK)
        result = read_number(d, "PRAGMA application_id", &application, error);
    if (result == OST_OK)
        result = read_number(d, "SELECT count(*) FROM sqlite_schema", &tables, error);
    if (result != OST_OK)
        return result;
    bool known = version >= FIRST_WITH_APPLICATION ? application == APPLICATION : application == 0;
    return known && (version == 0) == (tables == 0) ? OST_OK : refuse_stranger(error);
}

/* In a transaction, so that it sees one state while another process migrates. */
ost_result migration_check(sqlite_database *d, ost_error *error)
{
    int code = sqlite3_exec(d->db, "BEGIN", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return sqlite_error(d, store_result(code), error);
    ost_result result = migration_check_within(d, error);
    (void)sqlite3_exec(d->db, "COMMIT", NULL, NULL, NULL);
    return result;
}

/* fold(TEXT), for migrations. */
static void fold_value(sqlite3_context *call, int count, sqlite3_value **values)
{
    const unsigned char *text = sqlite3_value_text(values[0]);
    size_t len = (size_t)sqlite3_value_bytes(values[0]);
    char *folded = text != NULL && count == 1 ? memory_alloc(FOLD_ROOM(len)) : NULL;
    if (folded == NULL) {
        sqlite3_result_error_nomem(call);
        return;
    }
    len = fold_into((ost_text){(const char *)text, len}, folded);
    sqlite3_result_text(call, folded, (int)len, SQLITE_TRANSIENT);
    memory_free(folded);
}

/* The version is read again inside: another process may have been faster. */
static ost_result apply_next(sqlite_database *d, int *ret_version, ost_error *error)
{
    char done[64];
    int code = sqlite3_exec(d->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return sqlite_error(d, store_result(code), error);
    ost_result result = read_version(d, ret_version, error);
    if (result == OST_OK && *ret_version < SCHEMA) {
        int number = *ret_version + 1;
        migration_watch watch;
        snprintf(done, sizeof done, "PRAGMA user_version = %d; COMMIT", number);
        migration_watch_begin(&watch, d, number);
        code = sqlite3_exec(d->db, migrations[number - 1], NULL, NULL, NULL);
        migration_watch_end(&watch);
        if (code == SQLITE_OK && sqlite3_exec(d->db, done, NULL, NULL, NULL) == SQLITE_OK) {
            *ret_version = number;
            return OST_OK;
        }
        result =
            ost_error_set(error, OST_E_STORE, "migration %d: %s", number, sqlite3_errmsg(d->db));
    }
    (void)sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

/* What refers to a table is checked, and deleted with it, but while tables are made anew. */
static bool set_references(sqlite_database *d, bool on)
{
    return sqlite3_db_config(d->db, SQLITE_DBCONFIG_ENABLE_FKEY, on ? 1 : 0, NULL) == SQLITE_OK;
}

ost_result migrate(sqlite_database *d, ost_error *error)
{
    int version = 0;
    if (sqlite3_create_function(d->db, "fold", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                fold_value, NULL, NULL) != SQLITE_OK)
        return ost_error_set(error, OST_E_STORE, "%s", sqlite3_errmsg(d->db));
    ost_result result = read_version(d, &version, error);
    if (!set_references(d, false))
        return ost_error_set(error, OST_E_STORE, "%s", sqlite3_errmsg(d->db));
    /* Rows come into an index in any order: a page that is written once more for each of them makes
     * gigabytes of a million. */
    if (version < SCHEMA)
        (void)sqlite3_exec(d->db, "PRAGMA cache_size = " MIGRATION_CACHE, NULL, NULL, NULL);
    while (result == OST_OK && version < SCHEMA)
        result = apply_next(d, &version, error);
    (void)sqlite3_exec(d->db, SET_WRITER_CACHE "; PRAGMA shrink_memory", NULL, NULL, NULL);
    return set_references(d, true) ? result : sqlite_error(d, OST_E_STORE, error);
}
