/* SPDX-License-Identifier: Apache-2.0 */
/* What a database engine does for the store: the functions of this folder call it by the short
 * names of statement.h and transaction.h, and an engine's own wing implements it. */
#ifndef DRIVER_H
#define DRIVER_H

#include <stdatomic.h>

#include "store/search/user_query.h"
#include "store/store.h"
#include "store/store_fault.h"

/* One connection, used by one thread at a time; and a statement that is prepared on it. What an
 * engine keeps of them begins with these. */
typedef struct database {
    const struct store_driver *driver;
    struct sealing *sealing; /* of the store, while it reads or writes; NULL: none is known */
} database;
typedef struct statement {
    const struct store_driver *driver;
} statement;

typedef struct store_driver {
    bool postgresql; /* which of two texts it understands, and that others write meanwhile */

    void (*close)(store *store);
    void (*probe)(store *store); /* store_probe */
    /* See store_listen.h; NULL: there is nobody to hear. */
    ost_result (*listen)(store *store, void (*changed)(void *user), void *user);
    void (*listen_end)(store *store);

    /* See transaction.h. */
    database *(*read_begin)(store *store);
    void (*read_end)(store *store, database *database);
    /* See store_hold. NULL, of both: nothing is won by it. */
    void (*read_hold)(store *store);
    void (*read_release)(store *store);
    ost_result (*write_begin)(store *store, database **ret_database);
    ost_result (*write_end)(store *store, database *database, ost_result result, ost_error *error,
                            bool *ret_again);
    /* What is deleted is overwritten where it lies, from `begin` on until it is called again
     * without; that then tells whether nothing of it is left in the engine's files. */
    bool (*erase)(store *store, bool begin);
    /* Within a transaction: from `begin` on until it is called again without, nothing but new rows
     * is written, and many of them. NULL: nothing is won by it. */
    void (*load)(database *database, bool begin);
    ost_result (*explain)(const database *database, ost_result result, ost_error *error);

    /* See statement.h. Never called with NULL for the statement. */
    statement *(*prepare)(database *database, const char *sql);
    void (*reset)(statement *statement);
    void (*bind_text)(statement *statement, int at, ost_text text);
    void (*bind_integer)(statement *statement, int at, int64_t integer);
    ost_result (*bind_words)(statement *statement, int at, const store_user_query *query,
                             ost_arena *arena);
    ost_result (*stored)(ost_text text, ost_arena *arena, ost_text *ret_stored);
    ost_result (*run)(statement *statement, int *ret_changes);
    /* NULL, of either: nothing is won by it */
    ost_result (*run_later)(statement *statement);
    ost_result (*run_change_first)(statement *statement);
    ost_result (*next)(statement *statement);
    int64_t (*integer)(statement *statement, int at);
    ost_text (*text)(statement *statement, int at); /* until the next call; NULL data: no memory */
} store_driver;

/* What an engine's own store begins with. */
struct store {
    const store_driver *driver;
    struct sealing *sealing;     /* the master keys */
    atomic_llong clock_distance; /* ms; see store_now. 0: this machine's counts */
    atomic_int fault;            /* store_fault: what began the trouble that lasts */
    atomic_llong failing_since;  /* monotonic milliseconds, as the two below */
    atomic_llong failed_at;      /* the last time */
    atomic_llong written_at;     /* the last commit that went well and had something in it */
    atomic_uint_fast64_t failures[STORE_FAULTS];
};

/* For an engine that has opened its own: the rest that every store has. The store is closed when
 * that fails. */
OST_MUST_CHECK ost_result store_finish_open(store *opened, store **ret_store, ost_error *error);

/* Notes that a piece of work came to nothing because the store failed. */
void fault_note(store *store, store_fault fault);

/* For an engine's probe: whether it is time to look, and what a look found. */
bool fault_wants_proof(store *store);
void fault_proved(store *store, bool works);

#endif
