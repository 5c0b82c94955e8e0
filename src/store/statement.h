/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to the database with its prepared statements, for the files of this folder. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include <sqlite3.h>

#include <ostiary/types.h>

#define STATEMENTS 128

/* Used by one thread at a time. */
typedef struct database {
    sqlite3 *db;
    struct {
        const char *sql; /* by identity: every statement is a literal */
        sqlite3_stmt *statement;
    } cache[STATEMENTS];
} database;

/* A reset statement for the literal `sql`; NULL when it cannot be prepared, or without database. */
sqlite3_stmt *statement(database *database, const char *sql);

/* Ends what statements are still reading: an open one would keep the log from being folded back. */
void statements_reset(database *database);
void statements_free(database *database);

/* NULL for the statement is fine. NULL data is stored as empty text. */
void bind_text(sqlite3_stmt *statement, int at, ost_text text);
void bind_integer(sqlite3_stmt *statement, int at, int64_t integer);

/* The statement with texts bound to its parameters, in their order. */
sqlite3_stmt *statement_bound(database *database, const char *sql, const ost_text *texts,
                              size_t count);
#define STATEMENT_OF(database, sql, ...)                                                           \
    statement_bound((database), (sql), (const ost_text[]){__VA_ARGS__},                            \
                    sizeof((const ost_text[]){__VA_ARGS__}) / sizeof(ost_text))

/* Runs a statement that returns no rows. OST_E_CONFLICT for a violated constraint; OST_E_NOT_FOUND
 * when what the row belongs to is gone. *ret_changes (may be NULL): how many rows it changed. */
OST_MUST_CHECK ost_result run_statement(sqlite3_stmt *statement, int *ret_changes);

/* The same for a statement that has to change a row: OST_E_NOT_FOUND when it changed none. */
OST_MUST_CHECK ost_result run_change(sqlite3_stmt *statement);

/* The next row: OST_OK, OST_E_NOT_FOUND at the end. */
OST_MUST_CHECK ost_result next_row(sqlite3_stmt *statement);

/* The number in the first column of the next row. */
OST_MUST_CHECK ost_result next_number(sqlite3_stmt *statement, int64_t *ret_number);

/* OST_E_BUSY when the client has `limit` rows already that have not expired: `sql` counts them, of
 * a realm, a client and from a time on. */
OST_MUST_CHECK ost_result check_limit(database *database, const char *sql, ost_text realm,
                                      ost_text client_id, int64_t now, size_t limit);

/* A copy in the arena; sets *failed when memory runs out. */
ost_text column_text(sqlite3_stmt *statement, int at, ost_arena *arena, bool *failed);

/* What the system said when SQLite's last call failed; 0 when it is not known. With the connection
 * in hand, as all that works with it. */
int system_error(const database *database);

/* Fills the error with SQLite's words, and the system's: "disk I/O error" alone would leave open
 * what to do about it. Returns `result`. */
ost_result sqlite_error(const database *database, ost_result result, ost_error *error);

/* What SQLite's code means. */
ost_result store_result(int code);

#endif
