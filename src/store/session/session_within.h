/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of sessions within a transaction that is open. */
#ifndef SESSION_WITHIN_H
#define SESSION_WITHIN_H

#include "store/statement.h"

typedef struct store_realm store_realm;     /* realm/realm_record.h */
typedef struct store_session store_session; /* session/store_session.h */
typedef struct store_client_session store_client_session;

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
