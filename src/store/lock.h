/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping others from changing what a transaction reads before it writes, until it ends. SQLite has
 * one writer at a time, and these do nothing; with PostgreSQL several write, here and at other
 * nodes, and every statement sees what they have committed when it starts. */
#ifndef LOCK_H
#define LOCK_H

#include "store/statement.h"

/* The row of a user; OST_OK also when there is none. */
OST_MUST_CHECK ost_result lock_user(database *database, ost_text realm, ost_text id);

/* The row of a session whose parts are read before one is added: none of them ends meanwhile. */
OST_MUST_CHECK ost_result lock_session(database *database, ost_text id);

/* The row of a user or a session that is to be deleted: nobody begins a session of that user, or
 * adds a client to that session, any more. */
OST_MUST_CHECK ost_result lock_ending_user(database *database, ost_text realm, ost_text id);
OST_MUST_CHECK ost_result lock_ending_session(database *database, ost_text id);

/* The same of at most `count` sessions of a user or (empty) of the whole realm. *ret_ids: a JSON
 * array of theirs, as the parameter of the texts below. */
OST_MUST_CHECK ost_result lock_ending_sessions(database *database, ost_text realm, ost_text user_id,
                                               int64_t count, ost_arena *arena, ost_text *ret_ids);
#define SQLITE_IDS "SELECT value FROM json_each(?2)"
#define POSTGRESQL_IDS "SELECT json_array_elements_text(CAST(?2 AS json))"

/* Under which master key is sealed: for who seals a secret, and `alone` for who changes it. */
OST_MUST_CHECK ost_result lock_sealing(database *database, bool alone);

/* All users' rows: for what changes many of them. */
OST_MUST_CHECK ost_result lock_users(database *database);

/* OST_E_BUSY when the client has `limit` rows already that have not expired: `sql` counts them, of
 * a realm, a client and from a time on. */
OST_MUST_CHECK ost_result check_limit(database *database, const char *sql, ost_text realm,
                                      ost_text client_id, int64_t now, size_t limit);

/* Of the room for a client's rows that wait, what one network may have: so much of what is free. By
 * itself a fifth of all; n networks that take all they get leave 4/(n + 4) to whoever comes. */
#define NETWORK_SHARE 4 /* a quarter */
typedef struct waiting_rows {
    ost_text realm, client_id;
    ost_text network; /* empty: it is the client itself, and has all the room */
    int64_t now;
    size_t limit;
} waiting_rows;

/* As check_limit, and OST_E_BUSY also when the network has its share: `sql` counts the client's
 * rows, and those of the network among them, by the texts and the time in the order above. */
OST_MUST_CHECK ost_result check_share(database *database, const char *sql,
                                      const waiting_rows *rows);

#endif
