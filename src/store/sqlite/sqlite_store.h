/* SPDX-License-Identifier: Apache-2.0 */
/* The store in one file, by SQLite. One connection writes, for one thread at a time; others read
 * beside it what has been committed.
 *
 * Writers that wait for each other share a commit: the work of each but the first stands in a
 * savepoint of its own, the last one in the row commits for all, and nobody returns before that. A
 * commit that waits for a slow disk then serves everyone who came meanwhile. */
#ifndef SQLITE_STORE_H
#define SQLITE_STORE_H

#include <pthread.h>
#include <sqlite3.h>
#include <sys/types.h>

#include "store/search/user_query.h"
#include "store/statement.h"
#include "store/store.h"

#define STATEMENTS 256
#define READERS 16

struct commit_member;

typedef struct sqlite_statement {
    statement base;
    sqlite3_stmt *statement;
} sqlite_statement;

/* Used by one thread at a time. */
typedef struct sqlite_database {
    database base;
    sqlite3 *db;
    struct {
        const char *sql; /* by identity: every statement is a literal */
        sqlite_statement statement;
    } cache[STATEMENTS];
} sqlite_database;

typedef struct sqlite_store {
    store base;
    char *path;
    sqlite_database writer;
    pthread_mutex_t turn;          /* who holds it works with the writer */
    int changes_seen;              /* of the writer, by the last probe */
    atomic_uint waiting;           /* for their turn to write */
    struct commit_member *members; /* whose work waits for the same commit */
    unsigned member_count;
    pthread_mutex_t told_lock; /* what members are told, once it is known */
    pthread_cond_t told;
    bool shared; /* others' work is in the transaction, before the one that holds the turn */
    bool broken; /* what is open can be neither committed nor taken back */
    bool alone;  /* in memory: the writer reads as well */
    int changes; /* of rows, by the writer, until the last commit that had some */

    atomic_bool moved; /* the file's name leads elsewhere, or nowhere */
    ino_t file;
    dev_t device;

    pthread_mutex_t reader_lock;
    pthread_cond_t reader_free;
    sqlite_database *readers[READERS]; /* made when they are needed */
    unsigned idle[READERS];            /* indexes of those nobody uses, the last one used on top */
    unsigned reader_count, idle_count;
} sqlite_store;

/* store_open for a file. */
OST_MUST_CHECK ost_result sqlite_store_open(const char *path, store **ret_store, ost_error *error);

/* ---- connections ---- */

/* How long a connection waits for another process, in milliseconds: less while the store fails
 * anyway, so that what needs it is refused soon. */
#define BUSY_TIMEOUT 5000
#define BUSY_TIMEOUT_FAILING 100

/* Opens one connection, with everything that connections are set to. */
OST_MUST_CHECK ost_result database_open(const char *path, bool writer,
                                        sqlite_database *ret_database, ost_error *error);
void database_close(sqlite_database *database);

/* Ends what statements are still reading: an open one would keep the log from being folded back. */
void statements_reset(sqlite_database *database);
void statements_free(sqlite_database *database);

/* Adds the function user_fits(search, words), which a query is bound to, to a connection. */
OST_MUST_CHECK int user_fits_register(sqlite3 *db);

extern const store_driver sqlite_driver;

/* ---- its part of the driver ---- */

database *sqlite_read_begin(store *store);
void sqlite_read_end(store *store, database *database);
void sqlite_read_hold(store *store);
void sqlite_read_release(store *store);
ost_result sqlite_write_begin(store *store, database **ret_database);
ost_result sqlite_write_end(store *store, database *database, ost_result result, ost_error *error,
                            bool *ret_again);
void sqlite_probe(store *store);
ost_result sqlite_explain(const database *database, ost_result result, ost_error *error);
statement *sqlite_prepare(database *database, const char *sql);
void sqlite_reset_statement(statement *statement);
void sqlite_bind_text(statement *statement, int at, ost_text text);
void sqlite_bind_integer(statement *statement, int at, int64_t integer);
ost_result sqlite_bind_words(statement *statement, int at, const store_user_query *query,
                             ost_arena *arena);
ost_result sqlite_stored(ost_text text, ost_arena *arena, ost_text *ret_stored);
ost_result sqlite_run(statement *statement, int *ret_changes);
ost_result sqlite_next(statement *statement);
int64_t sqlite_integer(statement *statement, int at);
ost_text sqlite_text(statement *statement, int at);

/* Prepares the statements of transactions, so that ending one takes no memory. */
OST_MUST_CHECK bool transaction_prepare(sqlite_store *store);

/* ---- what went wrong ---- */

/* What the system said when SQLite's last call failed; 0 when it is not known. With the connection
 * in hand, as all that works with it. */
int system_error(const sqlite_database *database);

/* Fills the error with SQLite's words, and the system's: "disk I/O error" alone would leave open
 * what to do about it. Returns `result`. */
ost_result sqlite_error(const sqlite_database *database, ost_result result, ost_error *error);

/* What SQLite's code means. */
ost_result store_result(int code);

/* Notes a failure if SQLite's code says that the store failed, and not only some piece of work. */
void fault_note_code(sqlite_store *store, int code, int cause);
/* The same for what a connection did last. */
void fault_note_database(sqlite_store *store, const sqlite_database *database);

/* Which file the name of the store led to when it was opened. */
void fault_remember_file(sqlite_store *store);

#endif
