/* Prepared statements and transactions over the one connection, for the files of this folder. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include <pthread.h>
#include <sqlite3.h>

#include "store.h"

#define STATEMENTS 64

struct store {
    sqlite3 *db;
    pthread_mutex_t lock; /* held from store_lock to store_unlock */
    struct {
        const char *sql; /* by identity: every statement is a literal */
        sqlite3_stmt *statement;
    } cache[STATEMENTS];
};

/* Every public function runs between these; the connection belongs to one thread at a time. */
void store_lock(store *store);
void store_unlock(store *store);

/* A reset statement for the literal `sql`; NULL when it cannot be prepared. */
sqlite3_stmt *statement(store *store, const char *sql);

/* Empty text is stored as such; NULL data as NULL. */
void bind_text(sqlite3_stmt *statement, int at, ost_text text);
void bind_integer(sqlite3_stmt *statement, int at, int64_t integer);

/* Runs a statement that returns no rows. OST_E_CONFLICT for a violated constraint. *ret_changes
 * (may be NULL): how many rows it changed. */
OST_MUST_CHECK ost_result run_statement(store *store, sqlite3_stmt *statement, int *ret_changes);

/* The next row: OST_OK, OST_E_NOT_FOUND at the end. */
OST_MUST_CHECK ost_result next_row(sqlite3_stmt *statement);

/* A copy in the arena; sets *failed when memory runs out. */
ost_text column_text(sqlite3_stmt *statement, int at, ost_arena *arena, bool *failed);

/* BEGIN IMMEDIATE; and COMMIT, or ROLLBACK when `result` is not OST_OK. */
OST_MUST_CHECK ost_result transaction_begin(store *store);
OST_MUST_CHECK ost_result transaction_end(store *store, ost_result result);

/* What SQLite's code means. */
ost_result store_result(int code);

/* Brings the schema up to date. */
OST_MUST_CHECK ost_result migrate(store *store, ost_error *ret_error);

/* Row writers that work inside an open transaction. */
OST_MUST_CHECK ost_result insert_user(store *store, const store_user *user);
OST_MUST_CHECK ost_result insert_key(store *store, const store_key *key);
OST_MUST_CHECK ost_result upsert_session(store *store, const store_session *session);
OST_MUST_CHECK ost_result touch_session(store *store, ost_text realm, ost_text id,
                                        int64_t last_access, int64_t idle_ends);
OST_MUST_CHECK ost_result insert_refresh(store *store, ost_text session_id, ost_text client_id,
                                         ost_text id, ost_text parent, int64_t now);
OST_MUST_CHECK ost_result upsert_client_session(store *store, const store_client_session *session);

#endif
