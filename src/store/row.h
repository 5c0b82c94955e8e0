/* SPDX-License-Identifier: Apache-2.0 */
/* Writing rows inside a transaction that is open. */
#ifndef ROW_H
#define ROW_H

#include "store/sealing/sealing.h"
#include "store/statement.h"
#include "store/store.h"

OST_MUST_CHECK ost_result insert_user(database *database, const store_user *user);
/* As it was read before: OST_E_CONFLICT when it is no longer. */
OST_MUST_CHECK ost_result replace_user(database *database, const store_user *user,
                                       const store_user *before);
/* Gives up name and address, so that another user may take them in the same transaction. */
OST_MUST_CHECK ost_result vacate_user(database *database, const store_user *user);
/* The same of an id. OST_E_CONFLICT: nobody has it. */
OST_MUST_CHECK ost_result vacate_user_of(database *database, ost_text realm, ost_text id);
OST_MUST_CHECK ost_result delete_user(database *database, ost_text realm, ost_text id);
OST_MUST_CHECK ost_result put_key(database *database, const store_key *key);
/* What a user of a file has granted: in place of what they had granted the same clients. */
OST_MUST_CHECK ost_result insert_consents(database *database, const store_user *user);
/* Reads users as USER_SELECT has them, to the last row. */
#define USER_COLUMNS "id, realm, username, email, document, password, enabled, created"
#define USER_SELECT "SELECT " USER_COLUMNS ", unique_email <> email FROM user WHERE realm = ?1 "
/* By the address, whoever has the least id. Both engines would rather walk through all users in the
 * order of ids than sort the few that the index of addresses has: the order is not a column's. */
#define USER_BY_EMAIL USER_SELECT "AND email = ?2 AND email <> '' ORDER BY id || '' LIMIT 1"
OST_MUST_CHECK ost_result read_users(database *database, statement *statement, ost_arena *arena,
                                     store_user **ret_users, size_t *ret_count);
/* The first of them. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result read_first_user(database *database, statement *statement,
                                          ost_arena *arena, store_user *ret_user);
OST_MUST_CHECK ost_result insert_key(database *database, const store_key *key);
/* What is kept of identity providers' tokens for a user, whose links are as they have become, and
 * for all who have come by a provider: what no link stands for any more goes. */
OST_MUST_CHECK ost_result drop_unlinked_tokens(database *database, const store_user *user);
OST_MUST_CHECK ost_result drop_provider_tokens(database *database, ost_text realm,
                                               ost_text provider);
/* store_realm_apply within a transaction. */
OST_MUST_CHECK ost_result apply_realm_change(database *database, const store_realm_change *change,
                                             ost_error *error);
/* The realm's document as it is to be stored. */
OST_MUST_CHECK ost_result seal_document(database *database, const store_realm *realm,
                                        sealed_text *ret_document);

/* Adds a session, or moves what a new login moves; see store_login. */
OST_MUST_CHECK ost_result upsert_session(database *database, const store_session *session);
/* The first of its transaction; see run_change_first. */
OST_MUST_CHECK ost_result touch_session(database *database, ost_text realm, ost_text id,
                                        int64_t last_access, int64_t idle_ends);
/* Remembers which clients of the realm, as its document now is, are told of logouts. */
OST_MUST_CHECK ost_result put_listeners(database *database, const store_realm *realm);
/* What the clients of a session, or of those whose ids lock_ending_sessions has told, are to be
 * told. Before the sessions are deleted, and when they are locked for that. */
OST_MUST_CHECK ost_result insert_logout(database *database, ost_text realm, ost_text session);
OST_MUST_CHECK ost_result insert_logouts(database *database, ost_text realm, ost_text ids);
/* The same of a device whose user has answered, for a client that is told (CIBA). */
OST_MUST_CHECK ost_result insert_notification(database *database, ost_text realm, ost_text device,
                                              int64_t now);
OST_MUST_CHECK ost_result upsert_client_session(database *database,
                                                const store_client_session *session);
/* OST_E_NOT_FOUND when it is gone. */
OST_MUST_CHECK ost_result update_client_session(database *database,
                                                const store_client_session *session);
/* store_use_once as part of a transaction, and as lasting as that. */
OST_MUST_CHECK ost_result use_within(database *database, ost_text owner, ost_text id,
                                     int64_t until);
/* The second that it is, for a text of either engine. */
#define SQLITE_NOW "unixepoch()"
#define POSTGRESQL_NOW "CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"
/* Whether a row of sessions, by its name in the text, is an offline one (offline_session.h). */
#define SQLITE_OFFLINE(row)                                                                        \
    "(json_extract(iif(json_valid(" row ".notes), " row ".notes, '{}'), '$.offline') IS NOT NULL)"
#define POSTGRESQL_OFFLINE(row) "(note(" row ".notes, 'offline') IS NOT NULL)"
/* Before clients' parts of sessions are deleted, which `of` chooses: remembers until which second
 * tokens may have been issued for them. A part that begins again begins later, so that none of
 * those is good for it. */
#define NOTE_ENDING(now, of)                                                                       \
    "INSERT INTO used (id, expires) SELECT 'part ' || session_id || ' ' || "                       \
    "client_id, " GREATER_OF("started",                                                            \
                             now) " + 1 FROM client_session WHERE " of                             \
                                  " ON CONFLICT (id) DO UPDATE SET expires = " GREATER_OF(         \
                                      "used.expires", "excluded.expires")
/* The parts that `of` chooses, those that were made of them (whose notes name the client as
 * "from"), of these, and so on; noted as above, and then deleted. */
#define PARTS(origin, of)                                                                          \
    "WITH RECURSIVE ending(session_id, client_id) AS (SELECT session_id, client_id "               \
    "FROM client_session WHERE " of " UNION SELECT part.session_id, part.client_id "               \
    "FROM client_session AS part JOIN ending ON part.session_id = ending.session_id "              \
    "AND " origin " = ending.client_id) "
#define SQLITE_PARTS(of) PARTS("part.notes ->> '$.from'", of)
#define POSTGRESQL_PARTS(of) PARTS("note(part.notes, 'from')", of)
#define OF_PARTS "(session_id, client_id) IN (SELECT session_id, client_id FROM ending)"
#define NOTE_PARTS(database, of)                                                                   \
    text_for(database, SQLITE_PARTS(of) NOTE_ENDING(SQLITE_NOW, OF_PARTS),                         \
             POSTGRESQL_PARTS(of) NOTE_ENDING(POSTGRESQL_NOW, OF_PARTS))
#define END_PARTS(database, of)                                                                    \
    text_for(database, SQLITE_PARTS(of) "DELETE FROM client_session WHERE " OF_PARTS,              \
             POSTGRESQL_PARTS(of) "DELETE FROM client_session WHERE " OF_PARTS)
/* Of columns from `at` on, as they stand here. */
#define CLIENT_SESSION_COLUMNS                                                                     \
    "part.session_id, part.client_id, part.scope, part.nonce, part.redirect_uri, part.started, "   \
    "part.last_access, part.notes, part.issuer"
OST_MUST_CHECK ost_result read_client_session(statement *statement, int at, ost_arena *arena,
                                              store_client_session *ret_session);
OST_MUST_CHECK ost_result insert_refresh(database *database, ost_text session_id,
                                         ost_text client_id, ost_text id, ost_text parent,
                                         int64_t now);

#endif
