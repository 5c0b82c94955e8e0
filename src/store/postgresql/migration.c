/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations of a PostgreSQL database. All that are wanted run in one transaction, under a lock
 * that other nodes wait for; they then find nothing to do. */
#include <stdio.h>

#include "base/array.h"
#include "store/postgresql/pg_migration.h"
#include "store/schema.h"

#define FIRST 15 /* makes all that SQLite's migrations until then have made */

extern const unsigned char schema_15_sql[]; /* schema_15.sql, and a zero */

#define KEPT_TEXT "TEXT COLLATE \"C\" NOT NULL"
#define NUMBER "BIGINT NOT NULL"
#define OF_REALM "realm " KEPT_TEXT " REFERENCES realm(name) ON DELETE CASCADE"
#define ADDED_TEXT "TEXT COLLATE \"C\" NOT NULL DEFAULT ''"

/* What PostgreSQL cannot read as JSON, or hold as a text, names nobody. */
#define LINK_FEDERATED                                                                             \
    "DO $$ DECLARE one record; BEGIN"                                                              \
    " FOR one IN SELECT realm, username, document FROM \"user\""                                   \
    "  WHERE document LIKE '%\"federatedIdentities\"%' LOOP BEGIN"                                 \
    "  INSERT INTO user_link SELECT one.realm, 5, link ->> 'identityProvider', link ->> 'userId'," \
    "   one.username FROM json_array_elements("                                                    \
    "    CAST(one.document AS json) -> 'federatedIdentities') AS link"                             \
    "   WHERE json_typeof(link -> 'identityProvider') = 'string'"                                  \
    "   AND json_typeof(link -> 'userId') = 'string'"                                              \
    "   AND octet_length(link ->> 'userId') BETWEEN 1 AND 255"                                     \
    "   AND link ->> 'userId' !~ '[[:cntrl:]]' ON CONFLICT DO NOTHING;"                            \
    "  EXCEPTION WHEN data_exception THEN NULL; END; END LOOP; END $$"

/* Users are counted in blocks, and found by how their names begin (search/). A node that is older
 * than the triggers has its users counted by them all the same. */
#define NAME_INDEX(index, line)                                                                    \
    "CREATE INDEX " index " ON \"user\" (realm, split_part(search, chr(10), " line "), username)"  \
    " WHERE split_part(search, chr(10), " line ") >= ' ';"
#define COUNT_USERS                                                                                \
    "CREATE TABLE user_block (realm " KEPT_TEXT ", first " KEPT_TEXT ", count " NUMBER             \
    ", PRIMARY KEY (realm, first));"                                                               \
    "CREATE TABLE user_delta (realm " KEPT_TEXT ", username " KEPT_TEXT ", change " NUMBER ");"    \
    "LOCK TABLE \"user\" IN SHARE ROW EXCLUSIVE MODE;"                                             \
    "INSERT INTO user_block SELECT realm, CASE part WHEN 0 THEN '' ELSE min(username) END,"        \
    " count(*) FROM (SELECT realm, username, (row_number() OVER (PARTITION BY realm ORDER BY"      \
    " username) - 1) / 1000 AS part FROM \"user\" WHERE service = 0) AS numbered"                  \
    " GROUP BY realm, part;"                                                                       \
    "CREATE FUNCTION count_user() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"                    \
    " IF TG_OP <> 'INSERT' AND old.service = 0 THEN INSERT INTO user_delta SELECT old.realm,"      \
    "  old.username, -1 WHERE EXISTS (SELECT 1 FROM realm WHERE name = old.realm); END IF;"        \
    " IF TG_OP <> 'DELETE' AND new.service = 0 THEN INSERT INTO user_delta"                        \
    "  VALUES (new.realm, new.username, 1); END IF; RETURN NULL; END $$;"                          \
    "CREATE TRIGGER user_came AFTER INSERT OR DELETE ON \"user\" FOR EACH ROW"                     \
    " EXECUTE FUNCTION count_user();"                                                              \
    "CREATE TRIGGER user_moved AFTER UPDATE OF username, service ON \"user\" FOR EACH ROW WHEN"    \
    " (new.username <> old.username OR new.service <> old.service) EXECUTE FUNCTION"               \
    " count_user();"                                                                               \
    "CREATE FUNCTION uncount_realm() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"                 \
    " DELETE FROM user_block WHERE realm = old.name;"                                              \
    " DELETE FROM user_delta WHERE realm = old.name; RETURN NULL; END $$;"                         \
    "CREATE TRIGGER uncounted AFTER DELETE ON realm FOR EACH ROW"                                  \
    " EXECUTE FUNCTION uncount_realm();" NAME_INDEX("user_by_first_name", "3")                     \
        NAME_INDEX("user_by_last_name", "4")

/* Texts within names: an index of all three letters that follow each other, without an extension
 * that a server may not have. What the function costs is told so that it comes last. */
#define FIND_TEXTS                                                                                 \
    "CREATE FUNCTION user_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"  \
    " COST 1000 AS $$ SELECT ARRAY(SELECT pg_catalog.substr($1, at, 3) FROM"                       \
    " pg_catalog.generate_series(1, pg_catalog.length($1) - 2) AS at) $$;"                         \
    "CREATE INDEX user_by_gram ON \"user\" USING gin (user_grams(search))"

/* From FIRST on. Never edited, only added. */
static const char *const migrations[] = {
    (const char *)schema_15_sql,
    /* 16 */
    "CREATE TABLE master_key (id TEXT COLLATE \"C\" PRIMARY KEY NOT NULL, state BIGINT NOT NULL)",
    /* 17 */
    "ALTER TABLE device ADD COLUMN kind BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE device ADD COLUMN user_id " ADDED_TEXT ";"
    "CREATE INDEX device_by_user ON device (realm, user_id, expires) WHERE user_id <> ''",
    /* 18 */
    "ALTER TABLE device ADD COLUMN auth_req_id " ADDED_TEXT ";"
    "ALTER TABLE device ADD COLUMN notification_token " ADDED_TEXT ";"
    "ALTER TABLE logout ADD COLUMN auth_req_id " ADDED_TEXT ";"
    "ALTER TABLE logout ADD COLUMN notification_token " ADDED_TEXT ";"
    "ALTER TABLE logout ADD COLUMN ends BIGINT NOT NULL DEFAULT 0",
    /* 19 */
    "CREATE TABLE used ("
    " id TEXT COLLATE \"C\" PRIMARY KEY NOT NULL, expires BIGINT NOT NULL);"
    "CREATE INDEX used_by_expiry ON used (expires)",
    /* 20 */
    "CREATE TABLE failure (id " KEPT_TEXT " PRIMARY KEY, " OF_REALM ", kind " NUMBER
    ", user_id " KEPT_TEXT ", address " KEPT_TEXT ", failures " NUMBER ", last " NUMBER
    ", blocked_until " NUMBER ", known_until " NUMBER ", expires " NUMBER ");"
    "CREATE INDEX failure_by_user ON failure (realm, user_id);"
    "CREATE INDEX failure_by_expiry ON failure (expires)",
    /* 21 */
    LINK_FEDERATED,
    "ALTER TABLE code " /* 22: what a code grants in detail */
    "ADD COLUMN details " ADDED_TEXT,
    "ALTER TABLE device " /* 23: what a device, or a question in the backchannel, does */
    "ADD COLUMN details " ADDED_TEXT,
    "SELECT 1;", /* 24: how SQLite keeps users */
    COUNT_USERS, /* 25 */
    FIND_TEXTS,  /* 26 */
    /* 27: users who have secrets are sealed too: what has been sealed so far is not all */
    "INSERT INTO master_key (id, state) SELECT '', 0 WHERE EXISTS"
    "  (SELECT 1 FROM master_key WHERE state = 1)"
    "  AND NOT EXISTS (SELECT 1 FROM master_key WHERE id = '')",
    /* 28: sessions that began at identity providers are found by what they are there */
    "ALTER TABLE session ADD COLUMN provider_there " ADDED_TEXT
    ", ADD COLUMN session_there " ADDED_TEXT ", ADD COLUMN user_there " ADDED_TEXT ";"
    "UPDATE session SET provider_there = coalesce(note(notes, 'identity_provider'), ''),"
    "  session_there = coalesce(note(notes, 'broker_session_id'), ''),"
    "  user_there = coalesce(note(notes, 'broker_user_id'), '')"
    "  WHERE strpos(notes, '\"identity_provider\":') > 0;"
    "CREATE INDEX session_by_session_there ON session (realm, session_there)"
    "  WHERE session_there <> '';"
    "CREATE INDEX session_by_user_there ON session (realm, user_there) WHERE user_there <> ''",
    /* 29: tokens of identity providers that are kept; `name` is the place of the secret */
    "CREATE TABLE kept_token (realm " KEPT_TEXT ", name " KEPT_TEXT ", user_id " KEPT_TEXT
    ", provider " KEPT_TEXT ", user_there " KEPT_TEXT ", token " KEPT_TEXT ", waits " NUMBER
    ", PRIMARY KEY (realm, name), FOREIGN KEY (realm, user_id)"
    " REFERENCES \"user\"(realm, id) ON DELETE CASCADE);"
    "CREATE INDEX kept_token_by_user ON kept_token (realm, user_id);"
    "CREATE INDEX kept_token_by_provider ON kept_token (realm, provider);"
    "CREATE INDEX kept_token_waiting ON kept_token (waits) WHERE waits > 0",
    /* 30: what networks have of a client's room for what waits */
    "ALTER TABLE pushed ADD COLUMN network " ADDED_TEXT ";"
    "ALTER TABLE device ADD COLUMN network " ADDED_TEXT ";"
    "DROP INDEX pushed_by_client;"
    "CREATE INDEX pushed_by_client ON pushed (realm, client_id, expires, network);"
    "DROP INDEX device_by_client;"
    "CREATE INDEX device_by_client ON device (realm, client_id, expires, network)",
};
_Static_assert(FIRST + ARRAY_LEN(migrations) == SCHEMA + 1, "see schema.h");

#define LOCK "SELECT pg_advisory_xact_lock(1330861129)" /* "OSTI" */

static ost_result fail(pg_connection *c, ost_result result, const char *what, ost_error *error)
{
    ost_error inner = {0};
    pg_connection_explain(c, result, &inner);
    return ost_error_set(error, result, "%s%s", what, inner.detail);
}

/* As the statement sees it when it starts: to_regclass may remember that there was none, also after
 * waiting for somebody who has made one. */
#define IS_THERE                                                                                   \
    "SELECT count(*) FROM pg_class WHERE relname = 'ostiary_schema' AND pg_table_is_visible(oid)"

ost_result pg_read_version(pg_connection *c, int *ret_version, ost_error *error)
{
    int64_t there = 0, version = 0;
    ost_result result = next_number(pg_prepare(&c->base, IS_THERE), &there);
    if (result == OST_OK && there != 0)
        result = next_number(pg_prepare(&c->base, "SELECT version FROM ostiary_schema"), &version);
    if (result != OST_OK)
        return fail(c, OST_E_STORE, "", error);
    if (version > SCHEMA)
        return ost_error_set(error, OST_E_SCHEMA,
                             "the store has schema %d, this program knows %d: a newer program "
                             "wrote it; nothing was changed",
                             (int)version, SCHEMA);
    *ret_version = (int)version;
    return OST_OK;
}

static ost_result apply(pg_connection *c, int number, ost_error *error)
{
    char done[96], what[32];
    ost_result result = pg_connection_run(c, migrations[number - FIRST]);
    snprintf(done, sizeof done, "UPDATE ostiary_schema SET version = %d", number);
    if (result == OST_OK)
        result = pg_connection_run(c, done);
    snprintf(what, sizeof what, "migration %d: ", number);
    return result == OST_OK ? OST_OK : fail(c, OST_E_STORE, what, error);
}

static ost_result apply_all(pg_connection *c, ost_error *error)
{
    int version = 0;
    if (pg_connection_run(c, LOCK) != OST_OK)
        return fail(c, OST_E_STORE, "", error);
    ost_result result = pg_read_version(c, &version, error);
    if (result == OST_OK && version == 0 &&
        pg_connection_run(c, "CREATE TABLE ostiary_schema (version BIGINT NOT NULL);"
                             "INSERT INTO ostiary_schema VALUES (0)") != OST_OK)
        return fail(c, OST_E_STORE, "", error);
    for (int next = version >= FIRST ? version + 1 : FIRST; next <= SCHEMA && result == OST_OK;
         next++)
        result = apply(c, next, error);
    return result;
}

ost_result pg_migrate(pg_connection *c, ost_error *error)
{
    int version = 0;
    ost_result result = pg_read_version(c, &version, error);
    if (result != OST_OK || version == SCHEMA)
        return result;
    if (pg_connection_run(c, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE") != OST_OK)
        return fail(c, OST_E_STORE, "", error);
    c->in_transaction = c->migrates = true;
    result = apply_all(c, error);
    pg_connection_forget(c);
    if (result == OST_OK && pg_connection_run(c, "COMMIT") != OST_OK)
        result = fail(c, OST_E_STORE, "", error);
    if (result != OST_OK && c->link != NULL)
        (void)!pg_connection_run(c, "ROLLBACK");
    c->in_transaction = c->migrates = false;
    return result;
}
