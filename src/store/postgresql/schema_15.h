/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of schema 15 for PostgreSQL, with which its stores begin: what fifteen migrations have
 * made of SQLite's. Numbers and truth values are BIGINT in both; texts are compared by their bytes,
 * as SQLite compares them. */
#ifndef SCHEMA_15_H
#define SCHEMA_15_H

#define KEPT_TEXT "TEXT COLLATE \"C\" NOT NULL"
#define NUMBER "BIGINT NOT NULL"
#define OF_REALM "realm " KEPT_TEXT " REFERENCES realm(name) ON DELETE CASCADE"
#define COUNTED(table, when)                                                                       \
    "CREATE TRIGGER generation AFTER INSERT OR UPDATE OR DELETE ON " table " FOR EACH ROW " when   \
    " EXECUTE FUNCTION count_generation();"

#define POSTGRESQL_SCHEMA_15                                                                       \
    "CREATE TABLE realm (name " KEPT_TEXT " PRIMARY KEY, id " KEPT_TEXT ", document " KEPT_TEXT    \
    ", version " NUMBER ");"                                                                       \
    "CREATE TABLE \"user\" (" OF_REALM ", id " KEPT_TEXT ", username " KEPT_TEXT                   \
    ", email " KEPT_TEXT ", document " KEPT_TEXT ", password " KEPT_TEXT ", enabled " NUMBER       \
    ", created " NUMBER ", unique_email " KEPT_TEXT ", search " KEPT_TEXT ", verified " NUMBER     \
    ", service " NUMBER ", PRIMARY KEY (realm, id), UNIQUE (realm, username));"                    \
    "CREATE INDEX user_by_email ON \"user\" (realm, email) WHERE email <> '';"                     \
    "CREATE UNIQUE INDEX user_by_unique_email ON \"user\" (realm, unique_email)"                   \
    " WHERE unique_email <> '';"                                                                   \
    "CREATE TABLE user_link (realm " KEPT_TEXT ", kind " NUMBER ", owner " KEPT_TEXT               \
    ", name " KEPT_TEXT ", username " KEPT_TEXT                                                    \
    ", PRIMARY KEY (realm, kind, owner, name, username));"                                         \
    "CREATE TABLE key (" OF_REALM ", kid " KEPT_TEXT ", algorithm " KEPT_TEXT ", use " KEPT_TEXT   \
    ", jwk " KEPT_TEXT ", certificate " KEPT_TEXT ", state " NUMBER ", created " NUMBER            \
    ", signs_from " NUMBER ", ends " NUMBER ", component " KEPT_TEXT                               \
    ", PRIMARY KEY (realm, kid));"                                                                 \
    "CREATE TABLE session (id " KEPT_TEXT " PRIMARY KEY, realm " KEPT_TEXT ", user_id " KEPT_TEXT  \
    ", auth_time " NUMBER ", started " NUMBER ", last_access " NUMBER ", ends " NUMBER             \
    ", idle_ends " NUMBER ", remembered " NUMBER ", notes " KEPT_TEXT                              \
    ", FOREIGN KEY (realm, user_id) REFERENCES \"user\"(realm, id) ON DELETE CASCADE);"            \
    "CREATE INDEX session_by_user ON session (realm, user_id);"                                    \
    "CREATE INDEX session_by_end ON session (least(ends, idle_ends));"                             \
    "CREATE TABLE client_session (session_id " KEPT_TEXT                                           \
    " REFERENCES session(id) ON DELETE CASCADE, client_id " KEPT_TEXT ", scope " KEPT_TEXT         \
    ", nonce " KEPT_TEXT ", redirect_uri " KEPT_TEXT ", started " NUMBER ", last_access " NUMBER   \
    ", notes " KEPT_TEXT ", issuer " KEPT_TEXT ", PRIMARY KEY (session_id, client_id));"           \
    "CREATE INDEX client_session_by_client ON client_session (client_id, session_id);"             \
    "CREATE TABLE code (id " KEPT_TEXT " PRIMARY KEY, realm " KEPT_TEXT ", session_id " KEPT_TEXT  \
    " REFERENCES session(id) ON DELETE CASCADE, client_id " KEPT_TEXT ", redirect_uri " KEPT_TEXT  \
    ", scope " KEPT_TEXT ", nonce " KEPT_TEXT ", challenge " KEPT_TEXT                             \
    ", challenge_method " KEPT_TEXT ", expires " NUMBER ", used " NUMBER ", resources " KEPT_TEXT  \
    ", jkt " KEPT_TEXT ");"                                                                        \
    "CREATE INDEX code_by_session ON code (session_id);"                                           \
    "CREATE INDEX code_by_expiry ON code (expires);"                                               \
    "CREATE TABLE refresh_token (session_id " KEPT_TEXT ", client_id " KEPT_TEXT ", id " KEPT_TEXT \
    ", parent " KEPT_TEXT ", uses " NUMBER ", issued " NUMBER                                      \
    ", PRIMARY KEY (session_id, client_id, id), FOREIGN KEY (session_id, client_id)"               \
    " REFERENCES client_session(session_id, client_id) ON DELETE CASCADE);"                        \
    "CREATE TABLE event (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, " OF_REALM            \
    ", admin " NUMBER ", time " NUMBER ", expires " NUMBER ", type " KEPT_TEXT                     \
    ", client " KEPT_TEXT ", \"user\" " KEPT_TEXT ", address " KEPT_TEXT ", resource " KEPT_TEXT   \
    ", path " KEPT_TEXT ", document " KEPT_TEXT ");"                                               \
    "CREATE INDEX event_by_realm ON event (realm, admin, time DESC, id DESC);"                     \
    "CREATE INDEX event_by_id ON event (realm, admin, id);"                                        \
    "CREATE INDEX event_by_expiry ON event (expires) WHERE expires > 0;"                           \
    "CREATE TABLE consent (realm " KEPT_TEXT ", user_id " KEPT_TEXT ", client " KEPT_TEXT          \
    ", scopes " KEPT_TEXT ", created " NUMBER ", updated " NUMBER                                  \
    ", PRIMARY KEY (realm, user_id, client), FOREIGN KEY (realm, user_id)"                         \
    " REFERENCES \"user\"(realm, id) ON DELETE CASCADE);"                                          \
    "CREATE TABLE initial_access (" OF_REALM ", id " KEPT_TEXT ", created " NUMBER                 \
    ", expiration " NUMBER ", count " NUMBER ", remaining " NUMBER ", PRIMARY KEY (realm, id));"   \
    "CREATE TABLE pushed (id " KEPT_TEXT " PRIMARY KEY, " OF_REALM ", client_id " KEPT_TEXT        \
    ", parameters " KEPT_TEXT ", expires " NUMBER ");"                                             \
    "CREATE INDEX pushed_by_client ON pushed (realm, client_id);"                                  \
    "CREATE INDEX pushed_by_expiry ON pushed (expires);"                                           \
    "CREATE TABLE logout (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, " OF_REALM           \
    ", client_id " KEPT_TEXT ", session_id " KEPT_TEXT ", user_id " KEPT_TEXT                      \
    ", issuer " KEPT_TEXT ", ended " NUMBER ", due " NUMBER ", attempts " NUMBER ");"              \
    "CREATE INDEX logout_by_due ON logout (due, id);"                                              \
    "CREATE INDEX logout_by_realm ON logout (realm);"                                              \
    "CREATE TABLE logout_listener (" OF_REALM ", client_id " KEPT_TEXT                             \
    ", PRIMARY KEY (realm, client_id));"                                                           \
    "CREATE TABLE device (id " KEPT_TEXT " PRIMARY KEY, " OF_REALM ", client_id " KEPT_TEXT        \
    ", user_code " KEPT_TEXT ", scope " KEPT_TEXT ", resources " KEPT_TEXT                         \
    ", challenge " KEPT_TEXT ", challenge_method " KEPT_TEXT ", expires " NUMBER                   \
    ", interval " NUMBER ", state " NUMBER ", session_id " KEPT_TEXT ", next_poll " NUMBER ");"    \
    "CREATE UNIQUE INDEX device_by_user_code ON device (realm, user_code);"                        \
    "CREATE INDEX device_by_client ON device (realm, client_id, expires);"                         \
    "CREATE INDEX device_by_expiry ON device (expires);" /* A number that grows with what programs \
                                                            keep in memory, and a word to those    \
                                                            who listen. */                         \
    "CREATE TABLE generation (one BIGINT PRIMARY KEY CHECK (one = 1), value " NUMBER ");"          \
    "INSERT INTO generation VALUES (1, 1);"                                                        \
    "CREATE FUNCTION count_generation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"              \
    " UPDATE generation SET value = value + 1; PERFORM pg_notify('ostiary', ''); RETURN NULL;"     \
    " END $$;" COUNTED("realm", "") COUNTED(                                                       \
        "key", "") "CREATE TRIGGER account_added AFTER INSERT ON \"user\" FOR EACH ROW"            \
                   " WHEN (new.username LIKE 'service-account-%') EXECUTE FUNCTION "               \
                   "count_generation();"                                                           \
                   "CREATE TRIGGER account_changed AFTER UPDATE OF username, document, enabled "   \
                   "ON \"user\""                                                                   \
                   " FOR EACH ROW WHEN (new.username LIKE 'service-account-%' OR"                  \
                   " old.username LIKE 'service-account-%') EXECUTE FUNCTION count_generation();"  \
                   "CREATE TRIGGER account_removed AFTER DELETE ON \"user\" FOR EACH ROW"          \
                   " WHEN (old.username LIKE 'service-account-%') EXECUTE FUNCTION "               \
                   "count_generation();" /* Written to see whether that goes well, which nobody    \
                                            waits for. */                                          \
                   "CREATE TABLE heartbeat (one BIGINT PRIMARY KEY CHECK (one = 1), value " NUMBER \
                   ");"                                                                            \
                   "INSERT INTO heartbeat VALUES (1, 1);" /* A member of the notes of a session,   \
                                                             which may be no JSON. */              \
                   "CREATE FUNCTION note(notes TEXT, name TEXT) RETURNS TEXT LANGUAGE plpgsql "    \
                   "IMMUTABLE AS $$"                                                               \
                   " BEGIN RETURN CAST(notes AS json) ->> name; EXCEPTION WHEN data_exception "    \
                   "THEN RETURN NULL;"                                                             \
                   " END $$"

#endif
