/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing transactions of a store. One connection writes, for one thread at a time;
 * others read beside it what has been committed.
 *
 * Writers that wait for each other share a commit: the work of each stands in a savepoint of its
 * own, the last one in the row commits for all, and nobody returns before that. A commit that waits
 * for a slow disk then serves everyone who came meanwhile. */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "store/statement.h"
#include "store/store_fault.h"

#define READERS 16

typedef struct store store;
struct commit_member;

struct store {
    char *path;
    database writer;
    pthread_mutex_t turn;          /* who holds it works with the writer */
    atomic_uint waiting;           /* for their turn to write */
    struct commit_member *members; /* whose work waits for the same commit */
    unsigned member_count;
    pthread_mutex_t told_lock; /* what members are told, once it is known */
    pthread_cond_t told;
    bool broken; /* what is open can be neither committed nor taken back */
    bool alone;  /* in memory: the writer reads as well */

    atomic_int fault;           /* store_fault: what began the trouble that lasts */
    atomic_llong failing_since; /* monotonic milliseconds, as the two below */
    atomic_llong failed_at;     /* the last time */
    atomic_llong written_at;    /* the last commit that went well and had something in it */
    int changes;                /* of rows, by the writer, until then */
    atomic_uint_fast64_t failures[STORE_FAULTS];
    atomic_bool moved; /* the file's name leads elsewhere, or nowhere */
    ino_t file;
    dev_t device;

    pthread_mutex_t reader_lock;
    pthread_cond_t reader_free;
    database *readers[READERS]; /* made when they are needed */
    unsigned idle[READERS];     /* indexes of those nobody uses, the last one used on top */
    unsigned reader_count, idle_count;
};

/* Opens one connection, with everything that connections are set to. */
OST_MUST_CHECK ost_result database_open(const char *path, bool writer, database *ret_database,
                                        ost_error *error);
void database_close(database *database);

/* Which file the name of the store led to when it was opened. */
void fault_remember_file(store *store);

/* Notes a failure if SQLite's code says that the store failed, and not only some piece of work. */
void fault_note(store *store, int code, int cause);
/* The same for what a connection did last. */
void fault_note_database(store *store, const database *database);

/* How long a connection waits for another process, in milliseconds: less while the store fails
 * anyway, so that what needs it is refused soon. */
#define BUSY_TIMEOUT 5000
#define BUSY_TIMEOUT_FAILING 100

/* A connection to read with, until read_end; NULL when none can be had. Every statement sees what
 * has been committed when it starts. */
database *read_begin(store *store);
void read_end(store *store, database *database);

/* Prepares the statements of transactions, so that ending one takes no memory. */
OST_MUST_CHECK bool transaction_prepare(store *store);

/* A transaction of the caller's own. When it fails, there is nothing to end. */
OST_MUST_CHECK ost_result write_begin(store *store, database **ret_database);

/* Keeps the work when `result` is OST_OK, takes it back otherwise; returns when it is on disk.
 * `result`, or why nothing could be committed; *error (may be NULL) then tells more. */
OST_MUST_CHECK ost_result write_end(store *store, ost_result result, ost_error *error);

/* `change`, an expression with the database `d` in it, as a transaction of its own; its result. */
#define WRITE(store, d, change)                                                                    \
    __extension__({                                                                                \
        database *d;                                                                               \
        ost_result begun_ = write_begin((store), &d);                                              \
        begun_ == OST_OK ? write_end((store), (change), NULL) : begun_;                            \
    })

#endif
