/* SPDX-License-Identifier: Apache-2.0 */
/* How many users a realm has, and where in the order of their names the n-th of them is, without
 * walking there. user_block holds how many stand from one name (`first`) to that of the next block;
 * triggers note each user who comes or goes in user_delta, which nobody waits for; from time to
 * time that is added to the blocks. With SQLite, whose writers come one by one, who goes is taken
 * off the block at once, and no name of theirs is kept. Accounts of clients are not counted. */
#ifndef USER_COUNT_H
#define USER_COUNT_H

#include "store/statement.h"
#include "store/store.h"

/* The block in which the user is whom ?6 others precede: `first`, and how many precede that. No
 * row: there are no blocks yet. */
#define USER_PLACE                                                                                 \
    "WITH place AS (SELECT first, before FROM (SELECT mark AS first, of_block,"                    \
    " coalesce(sum(amount) OVER (ORDER BY mark, of_block DESC ROWS BETWEEN UNBOUNDED PRECEDING"    \
    " AND 1 PRECEDING), 0) AS before FROM"                                                         \
    " (SELECT first AS mark, count AS amount, 1 AS of_block FROM user_block WHERE realm = ?1"      \
    " UNION ALL SELECT username, change, 0 FROM user_delta WHERE realm = ?1) AS marks) AS counted" \
    " WHERE of_block = 1 AND before <= ?6 ORDER BY first DESC LIMIT 1) "

/* Two columns: how many there are, and how many notes that has taken. */
#define USER_TOTAL                                                                                 \
    "SELECT (SELECT coalesce(sum(count), 0) FROM user_block WHERE realm = ?1) + coalesce("         \
    "sum(change), 0), count(*) FROM user_delta WHERE realm = ?1"

/* Adds to the blocks what has been noted, if that has become long. What fails is done next time. */
void user_count_settle(store *store, ost_text realm, int64_t notes);
/* The same for all realms. */
OST_MUST_CHECK ost_result user_count_settle_all(store *store);

/* Within a transaction of SQLite's that has added many users without triggers: those of the rows
 * behind `last`. */
OST_MUST_CHECK ost_result user_count_note(database *database, ost_text realm, int64_t last);
/* Within a transaction that has added very many users: with triggers, or without. */
OST_MUST_CHECK ost_result user_count_anew(database *database, ost_text realm);

#endif
