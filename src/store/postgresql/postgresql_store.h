/* SPDX-License-Identifier: Apache-2.0 */
/* The store in a PostgreSQL database, by libpq. A bounded pool of connections; whoever reads or
 * writes has one for itself meanwhile. Writers do not wait for each other but where they write the
 * same rows: PostgreSQL itself lets commits share a write to the disk.
 *
 * Transactions are READ COMMITTED: every statement sees what has been committed when it starts, and
 * what a change depends on is locked first (lock.h). */
#ifndef POSTGRESQL_STORE_H
#define POSTGRESQL_STORE_H

#include <libpq-fe.h>
#include <pthread.h>

#include "store/search/user_query.h"
#include "store/statement.h"
#include "store/store.h"
#include "store/store_postgresql.h"

#define TYPE_BIGINT 20 /* pg_type.oid, which never change */
#define TYPE_TEXT 25

#define STATEMENTS 256
#define PARAMETERS 16
#define POOL_DEFAULT 16 /* connections */
#define CONNECT_S "5"   /* seconds that a connection may take to open */
#define ANSWER_MS 15000 /* that the server may take to answer; then the connection is given up */
#define SILENT_MS 3000  /* the same, when it answers nobody else either */
#define TAKE_MS 5000    /* that a thread may wait for a connection */
/* What somebody holds locked for longer is refused rather than waited for. */
#define LOCK_TIMEOUT "SET lock_timeout = '5s'"
#define LOCK_TIMEOUT_LOCAL "SET LOCAL lock_timeout = '5s'" /* where a pooler stands between */
#define MIGRATION_MS 3600000 /* for it, and for another node that is at it */

typedef struct pg_statement {
    statement base;
    struct pg_connection *connection;
    const char *sql; /* as it was asked for: a literal, known by identity */
    char *text;      /* as PostgreSQL has it */
    char name[16];
    bool prepared;
    int parameters;
    struct {
        Oid type;          /* of the first time; 0: never bound */
        const char *value; /* NULL: NULL */
        int length;
        char number[8]; /* where the value is an integer: network byte order */
        char *escaped;  /* where it is a text that had to be escaped */
    } bound[PARAMETERS];
    PGresult *result; /* NULL: it has not been run */
    int row;          /* the one that next_row came to */
    char *unescaped;  /* the text that was read last, if it had to be */
} pg_statement;

/* Used by one thread at a time. */
typedef struct pg_connection {
    database base;
    struct pg_store *store;
    PGconn *link; /* NULL: closed */
    bool pooled;  /* a pooler stands between: what is prepared may be gone with the next transaction
                   */
    bool fresh;   /* opened just now */
    bool in_transaction;
    bool begins;         /* a transaction, with the next statement */
    int later;           /* statements that were sent, and that nobody has waited for */
    pg_statement *first; /* goes with what begins the transaction, and has to change a row */
    int first_at;        /* which message of those that are answered it is; 0: none */
    bool missed;         /* it has changed none: the transaction comes to nothing */
    bool failed;         /* nothing of the transaction can be kept any more */
    bool migrates;       /* an answer may take longer */
    bool listens;        /* for a word of others: whether the store works does not depend on it */
    int64_t opened_at, asked_at; /* monotonic ms */
    char state[6];               /* SQLSTATE of what failed last */
    char message[200];           /* its words */
    pg_statement *statements[STATEMENTS];
} pg_connection;

typedef struct pg_store {
    store base;
    char **keywords, **values; /* for PQconnectdbParams, NULL at the end; one is the password */
    pthread_mutex_t lock;
    pthread_cond_t free;
    pg_connection *connections[STORE_POOL_MAX];
    unsigned idle[STORE_POOL_MAX]; /* indexes of those nobody uses, the last one used on top */
    unsigned limit, count, idle_count;
    struct listener *listener; /* NULL: nobody listens */
    atomic_bool pooled;        /* a pooler stands between that is not known by its numbers */
    /* Of the server: see silence.c. Monotonic ms. */
    atomic_uint waiting;       /* connections that wait for an answer */
    atomic_llong answered_at;  /* the last time, on any connection */
    atomic_llong silent_since; /* the last time that it was found silent */
    atomic_llong ask_at;       /* not before it is asked again; 0: it speaks */
} pg_store;

extern const store_driver postgresql_driver;

/* ---- connections ---- */

/* Opens the link, if it is closed. OST_E_STORE: the message says why. */
OST_MUST_CHECK ost_result pg_connection_open(pg_connection *c);
void pg_connection_close(pg_connection *c);
void pg_connection_free(pg_connection *c);

/* Sends what `send` was given and waits for the answer; NULL when the connection was lost. The
 * caller clears it. */
PGresult *pg_connection_answer(pg_connection *c);

/* The same for a pipeline, up to its end; and how many of its messages went well. Looks whether the
 * first statement of a transaction has changed a row. */
PGresult *pg_connection_answers(pg_connection *c, int *ret_good);

/* One result, which may be NULL; or what COPY sends, and what comes of it by PQgetCopyData. False:
 * the connection was lost, or the server does not answer, and it is closed. */
bool pg_connection_result(pg_connection *c, PGresult **ret_result);
bool pg_connection_send(pg_connection *c);
bool pg_connection_receive(pg_connection *c);

/* Runs text without parameters, several statements too. */
OST_MUST_CHECK ost_result pg_connection_run(pg_connection *c, const char *sql);

/* Ends the transaction, if it has begun, and what waits in it. */
OST_MUST_CHECK ost_result pg_connection_commit(pg_connection *c);
void pg_connection_rollback(pg_connection *c);

/* Keeps SQLSTATE and words of a failure; what it means, told to the store's health. */
ost_result pg_connection_note(pg_connection *c, const PGresult *result);
ost_result pg_connection_explain(const pg_connection *c, ost_result result, ost_error *error);
bool pg_connection_is_lost(const pg_connection *c);
bool pg_connection_may_retry(const pg_connection *c);

/* Was it refused because what this connection has prepared is gone, or is there already from
 * another one? Then a pooler stands between, and connections that are opened from now on prepare
 * nothing. */
bool pg_connection_notes_pooler(pg_connection *c, const PGresult *result);

/* ---- a server that does not answer ---- */

/* Around the wait for an answer; and when one has come. */
void silence_waits(pg_connection *c);
void silence_waits_no_more(pg_connection *c);
void silence_broken(pg_store *s);
/* While one waits: others do, too, and nobody has been answered since. */
bool silence_is_likely(const pg_connection *c, int64_t now);
/* The connection has given up an answer, or the hope to be opened. */
void silence_noticed(pg_connection *c);
/* Whether the server may be asked now: when it was silent, by one at a time. */
bool silence_lets_ask(pg_connection *c);
/* The link was opened after the server was silent; an older one may never be answered. */
bool silence_ends(const pg_connection *c);

/* ---- the pool ---- */

database *pg_read_begin(store *store);
void pg_read_end(store *store, database *database);
ost_result pg_write_begin(store *store, database **ret_database);
ost_result pg_write_end(store *store, database *database, ost_result result, ost_error *error,
                        bool *ret_again);
/* NULL: no memory, or none was free within TAKE_MS. */
pg_connection *pool_take(pg_store *store);
void pool_give(pg_store *store, pg_connection *c);

/* ---- its part of the driver ---- */

/* See store_listen.h. */
ost_result pg_listen(store *store, void (*changed)(void *user), void *user);
void pg_listen_end(store *store);

statement *pg_prepare(database *database, const char *sql);
void pg_reset(statement *statement);
void pg_bind_text(statement *statement, int at, ost_text text);
void pg_bind_integer(statement *statement, int at, int64_t integer);
ost_result pg_bind_words(statement *statement, int at, const store_user_query *query,
                         ost_arena *arena);
ost_result pg_stored(ost_text text, ost_arena *arena, ost_text *ret_stored);
void pg_statement_forget(pg_statement *statement); /* what it has answered */
ost_result pg_run(statement *statement, int *ret_changes);
ost_result pg_run_later(statement *statement);
ost_result pg_run_change_first(statement *statement);
ost_result pg_next(statement *statement);
int64_t pg_integer(statement *statement, int at);
ost_text pg_text(statement *statement, int at);
void pg_connection_forget(pg_connection *c);
void pg_connection_forget_all(pg_connection *c);

/* ---- texts ---- */

/* The statement with PostgreSQL's parameters, and its reserved word in quotes. NULL: no memory. */
char *translate(const char *sql, int *ret_parameters);

/* PostgreSQL's texts are UTF-8 without NUL; SQLite's are any bytes. What cannot be kept as it is,
 * is escaped by a control character that no document has: both stores hold the same. */
bool text_needs_escape(ost_text text);
size_t text_escape(ost_text text, char *ret);   /* at most three times as many; returns how many */
size_t text_unescape(ost_text text, char *ret); /* at most text.len bytes */
bool text_is_escaped(ost_text text);

#endif
