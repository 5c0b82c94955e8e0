/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on their way to the server. What begins a transaction goes with its first statement,
 * which may go with the second one, and what nobody has to wait for with the next one that somebody
 * waits for, or with the commit: each saves a way to the server and back. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "store/postgresql/postgresql_store.h"

#define LATER_MAX 64 /* their answers lie in the server's buffer until they are read */

static pg_statement *inner(statement *st)
{
    return (pg_statement *)st;
}

static bool is_good(const PGresult *answer)
{
    ExecStatusType status = answer != NULL ? PQresultStatus(answer) : PGRES_FATAL_ERROR;
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* ---- one message to the server, and its answer ---- */

static bool send_begin(const pg_connection *c)
{
    static const char begin[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    return !c->begins || (PQsendQueryParams(c->link, begin, 0, NULL, NULL, NULL, NULL, 0) == 1 &&
                          (!c->pooled || PQsendQueryParams(c->link, LOCK_TIMEOUT_LOCAL, 0, NULL,
                                                           NULL, NULL, NULL, 0) == 1));
}

/* Behind a pooler what was prepared may be somebody else's: nothing is. */
static bool send_statement(const pg_statement *st)
{
    PGconn *link = st->connection->link;
    Oid types[PARAMETERS];
    const char *values[PARAMETERS];
    int lengths[PARAMETERS], formats[PARAMETERS];
    for (int i = 0; i < st->parameters; i++) {
        types[i] = st->bound[i].type != 0 ? st->bound[i].type : TYPE_TEXT;
        values[i] = st->bound[i].value;
        lengths[i] = st->bound[i].length;
        formats[i] = 1;
    }
    if (st->connection->pooled)
        return PQsendQueryParams(link, st->text, st->parameters, types, values, lengths, formats,
                                 0) == 1;
    if (!st->prepared && PQsendPrepare(link, st->name, st->text, st->parameters, types) != 1)
        return false;
    return PQsendQueryPrepared(link, st->name, st->parameters, values, lengths, formats, 0) == 1;
}

static bool send_commit(const pg_connection *c)
{
    return PQsendQueryParams(c->link, "COMMIT", 0, NULL, NULL, NULL, NULL, 0) == 1;
}

/* Ends what was sent, and waits for the answers; see pg_connection_answers. */
static PGresult *settle(pg_connection *c, int *ret_good)
{
    *ret_good = 0;
    c->later = 0;
    if (PQpipelineSync(c->link) != 1) {
        pg_connection_close(c);
        return NULL;
    }
    PGresult *answer = pg_connection_answers(c, ret_good);
    if (c->link != NULL && PQexitPipelineMode(c->link) != 1)
        pg_connection_close(c);
    return answer;
}

/* A pipeline is open while anything in it waits. */
static bool enter_pipeline(const pg_connection *c)
{
    return c->later > 0 || PQenterPipelineMode(c->link) == 1;
}

/* How many messages prepare and run it. */
static int messages_of(const pg_statement *st)
{
    return st == NULL ? 0 : st->prepared || st->connection->pooled ? 1 : 2;
}

/* Also when running it failed then. */
static void note_prepared(pg_statement *st, bool good)
{
    if (st != NULL && good && !st->connection->pooled && st->connection->link != NULL)
        st->prepared = true;
}

/* All in one: what was left for later, what begins the transaction, what prepares the statement,
 * and what runs it. Without a statement: what ends the transaction. */
static PGresult *run_once(pg_connection *c, pg_statement *st)
{
    int good, begun = c->later + (c->begins ? 1 + (c->pooled ? 1 : 0) : 0);
    int before = begun + messages_of(c->first);
    c->first_at = c->first != NULL ? before : 0;
    if (c->first != NULL)
        c->missed = false;
    if (!enter_pipeline(c) || !send_begin(c) || (c->first != NULL && !send_statement(c->first)) ||
        !(st != NULL ? send_statement(st) : send_commit(c))) {
        pg_connection_close(c);
        return NULL;
    }
    PGresult *answer = settle(c, &good);
    c->first_at = 0;
    note_prepared(c->first, good > begun);
    note_prepared(st, good > before);
    return answer;
}

/* Whether the server may be asked, on a link that it may answer; else the work has failed. */
static bool is_open(pg_connection *c, bool within)
{
    if (within)
        return c->link != NULL;
    if (!silence_lets_ask(c)) {
        snprintf(c->state, sizeof c->state, "08006");
        snprintf(c->message, sizeof c->message, "the server does not answer");
        fault_note(&c->store->base, STORE_UNREACHABLE);
        return false;
    }
    if (c->link != NULL && !silence_ends(c))
        pg_connection_close(c);
    return pg_connection_open(c) == OST_OK;
}

/* What comes after it in the same transaction would stand alone. */
static ost_result transaction_fails(pg_connection *c, ost_result result)
{
    c->failed = c->in_transaction;
    c->begins = false;
    c->first = NULL;
    return result;
}

/* A connection that has waited may have been closed by the server meanwhile, or emptied by a
 * pooler: a second one is tried. But within a transaction nothing may run that the others do not
 * belong to. */
static ost_result execute(pg_connection *c, pg_statement *st, PGresult **ret_answer)
{
    for (;;) {
        bool within = c->in_transaction && !c->begins;
        if (c->failed || !is_open(c, within))
            return transaction_fails(c, OST_E_STORE);
        bool tried_fresh = c->fresh;
        PGresult *answer = run_once(c, st);
        if (is_good(answer) && !pg_connection_is_lost(c)) {
            c->fresh = c->begins = false;
            c->first = NULL;
            *ret_answer = answer;
            return OST_OK;
        }
        bool again =
            pg_connection_is_lost(c) ? !tried_fresh : pg_connection_notes_pooler(c, answer);
        if (!again || within) {
            ost_result result = pg_connection_note(c, answer);
            PQclear(answer);
            return transaction_fails(c, result);
        }
        PQclear(answer);
        pg_connection_close(c);
    }
}

static ost_result execute_statement(pg_statement *st)
{
    pg_statement_forget(st);
    ost_result result = execute(st->connection, st, &st->result);
    if (result == OST_OK && st->connection->missed) {
        pg_statement_forget(st);
        return OST_E_STATE;
    }
    return result;
}

ost_result pg_run(statement *base, int *ret_changes)
{
    pg_statement *st = inner(base);
    uint64_t rows;
    ost_result result = execute_statement(st);
    if (result != OST_OK)
        return result;
    if (PQresultStatus(st->result) == PGRES_TUPLES_OK)
        result = OST_E_STATE;
    else if (ret_changes != NULL) {
        if (text_to_unsigned(text_of(PQcmdTuples(st->result)), INT_MAX, &rows))
            *ret_changes = (int)rows;
        else
            result = OST_E_STORE; /* no answer to a change */
    }
    pg_statement_forget(st);
    return result;
}

/* A first statement finds out whether the connection still stands, and one that is not prepared yet
 * whether it can be. */
static bool may_wait(const pg_statement *st)
{
    const pg_connection *c = st->connection;
    return c->in_transaction && !c->begins && !c->failed && c->link != NULL &&
           c->later < LATER_MAX && (st->prepared || c->pooled);
}

ost_result pg_run_later(statement *base)
{
    pg_statement *st = inner(base);
    pg_connection *c = st->connection;
    if (!may_wait(st))
        return pg_run(base, NULL);
    pg_statement_forget(st);
    if (!enter_pipeline(c) || !send_statement(st)) {
        pg_connection_close(c);
        return transaction_fails(c, pg_connection_note(c, NULL));
    }
    c->later++;
    return OST_OK;
}

ost_result pg_run_change_first(statement *base)
{
    pg_statement *st = inner(base);
    pg_connection *c = st->connection;
    int changes = 0;
    if (c->begins && c->first == NULL) {
        c->first = st;
        return OST_OK;
    }
    ost_result result = pg_run(base, &changes);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
}

static ost_result commit_first(pg_connection *c)
{
    PGresult *answer = NULL;
    ost_result result = execute(c, NULL, &answer);
    if (result == OST_OK && strcmp(PQcmdStatus(answer), "COMMIT") != 0)
        result = OST_E_STORE;
    PQclear(answer);
    return result;
}

ost_result pg_connection_commit(pg_connection *c)
{
    int good;
    if (c->failed || (c->link == NULL && !c->begins))
        return OST_E_STORE;
    if (c->begins)
        return c->first != NULL ? commit_first(c) : OST_OK;
    if (c->later == 0)
        return PQtransactionStatus(c->link) == PQTRANS_INTRANS ? pg_connection_run(c, "COMMIT")
                                                               : OST_E_STORE;
    if (!send_commit(c)) {
        pg_connection_close(c);
        return pg_connection_note(c, NULL);
    }
    PGresult *answer = settle(c, &good);
    bool done =
        is_good(answer) && !pg_connection_is_lost(c) && strcmp(PQcmdStatus(answer), "COMMIT") == 0;
    ost_result result = done ? OST_OK : pg_connection_note(c, answer);
    PQclear(answer);
    return result;
}

void pg_connection_rollback(pg_connection *c)
{
    int good;
    if (c->link != NULL && c->later > 0)
        PQclear(settle(c, &good));
    if (c->link != NULL && PQtransactionStatus(c->link) != PQTRANS_IDLE)
        (void)!pg_connection_run(c, "ROLLBACK");
}

ost_result pg_next(statement *base)
{
    pg_statement *st = inner(base);
    if (st->result == NULL) {
        ost_result result = execute_statement(st);
        if (result != OST_OK)
            return result;
    }
    if (PQresultStatus(st->result) != PGRES_TUPLES_OK)
        return OST_E_STORE; /* no answer to a question: not one without rows */
    st->row++;
    return st->row < PQntuples(st->result) ? OST_OK : OST_E_NOT_FOUND;
}
