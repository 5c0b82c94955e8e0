/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: prepared when they are run first, so that the types of what is bound are known. The
 * rows of a result are read whole. */
#include <endian.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/context.h"
#include "base/text.h"
#include "store/postgresql/postgresql_store.h"

#define TYPE_BIGINT 20 /* pg_type.oid, which never change */
#define TYPE_TEXT 25

static pg_statement *inner(statement *st)
{
    return (pg_statement *)st;
}

static void forget(pg_statement *st)
{
    PQclear(st->result);
    st->result = NULL;
    st->row = -1;
    memory_free(st->unescaped);
    st->unescaped = NULL;
}

static void unbind(pg_statement *st)
{
    for (int i = 0; i < st->parameters; i++) {
        st->bound[i].value = NULL;
        st->bound[i].length = 0;
        memory_free(st->bound[i].escaped);
        st->bound[i].escaped = NULL;
    }
}

static pg_statement *make(pg_connection *c, const char *sql, size_t number)
{
    pg_statement *st = memory_alloc(sizeof *st);
    if (st == NULL)
        return NULL;
    st->base.driver = c->base.driver;
    st->connection = c;
    st->sql = sql;
    st->row = -1;
    snprintf(st->name, sizeof st->name, "s%zu", number);
    st->text = translate(sql, &st->parameters);
    if (st->text == NULL) {
        memory_free(st);
        return NULL;
    }
    return st;
}

statement *pg_prepare(database *base, const char *sql)
{
    pg_connection *c = (pg_connection *)base;
    size_t i = 0;
    while (i < STATEMENTS && c->statements[i] != NULL && c->statements[i]->sql != sql)
        i++;
    if (i == STATEMENTS)
        return NULL;
    if (c->statements[i] == NULL)
        c->statements[i] = make(c, sql, i);
    if (c->statements[i] == NULL)
        return NULL;
    forget(c->statements[i]);
    unbind(c->statements[i]);
    return &c->statements[i]->base;
}

void pg_reset(statement *st)
{
    forget(inner(st));
}

void pg_connection_forget(pg_connection *c)
{
    for (size_t i = 0; i < STATEMENTS && c->statements[i] != NULL; i++) {
        forget(c->statements[i]);
        unbind(c->statements[i]);
    }
}

void pg_connection_forget_all(pg_connection *c)
{
    pg_connection_forget(c);
    for (size_t i = 0; i < STATEMENTS && c->statements[i] != NULL; i++) {
        memory_free(c->statements[i]->text);
        memory_free(c->statements[i]);
        c->statements[i] = NULL;
    }
}

/* ---- binding ---- */

ost_result pg_stored(ost_text text, ost_arena *arena, ost_text *ret_stored)
{
    if (!text_needs_escape(text)) {
        *ret_stored = text;
        return OST_OK;
    }
    char *escaped = ost_arena_alloc(arena, 3 * text.len);
    if (escaped == NULL)
        return OST_E_MEMORY;
    *ret_stored = (ost_text){escaped, text_escape(text, escaped)};
    return OST_OK;
}

void pg_bind_text(statement *base, int at, ost_text text)
{
    pg_statement *st = inner(base);
    int i = at - 1;
    if (i < 0 || i >= st->parameters)
        return;
    if (text_needs_escape(text)) {
        memory_free(st->bound[i].escaped);
        st->bound[i].escaped = memory_alloc(3 * text.len);
        if (st->bound[i].escaped == NULL) {
            st->bound[i].type = 0; /* running it fails */
            return;
        }
        text = (ost_text){st->bound[i].escaped, text_escape(text, st->bound[i].escaped)};
    }
    st->bound[i].type = TYPE_TEXT;
    st->bound[i].value = text.data != NULL ? text.data : "";
    st->bound[i].length = (int)text.len;
}

void pg_bind_integer(statement *base, int at, int64_t integer)
{
    pg_statement *st = inner(base);
    int i = at - 1;
    uint64_t bytes = htobe64((uint64_t)integer);
    if (i < 0 || i >= st->parameters)
        return;
    memcpy(st->bound[i].number, &bytes, sizeof bytes);
    st->bound[i].type = TYPE_BIGINT;
    st->bound[i].value = st->bound[i].number;
    st->bound[i].length = sizeof bytes;
}

/* "*" is any text, as LIKE's "%"; all else stands for itself. */
static ost_result write_pattern(const store_user_word *word, ost_arena *arena, ost_text *ret_like)
{
    ost_text pattern;
    size_t len = 0;
    ost_result result = pg_stored(word->pattern, arena, &pattern);
    char *like = result == OST_OK ? ost_arena_alloc(arena, 2 * pattern.len + 1) : NULL;
    if (like == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < pattern.len; i++) {
        char byte = pattern.data[i];
        if (byte == '*' && !word->exact)
            byte = '%';
        else if (byte == '%' || byte == '_' || byte == '\\')
            like[len++] = '\\';
        like[len++] = byte;
    }
    *ret_like = (ost_text){like, len};
    return OST_OK;
}

ost_result pg_bind_words(statement *st, int at, const store_user_query *query, ost_arena *arena)
{
    ost_text pattern, text;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < query->word_count; i++) {
        ost_result result = write_pattern(&query->words[i], arena, &pattern);
        if (result != OST_OK)
            return result;
        ost_json_open_array(w);
        ost_json_put_integer(w, query->words[i].field);
        ost_json_put_text(w, pattern);
        ost_json_close_array(w);
    }
    ost_json_close_array(w);
    ost_result result = ost_json_writer_finish(w, &text);
    if (result == OST_OK)
        pg_bind_text(st, at, text);
    return result;
}

/* ---- running ---- */

static bool is_good(const PGresult *answer)
{
    ExecStatusType status = answer != NULL ? PQresultStatus(answer) : PGRES_FATAL_ERROR;
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* ---- one message to the server, and its answer ---- */

static bool send_begin(pg_connection *c)
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

/* All in one: what begins the transaction, what prepares the statement, and what runs it. */
static PGresult *run_once(pg_statement *st)
{
    pg_connection *c = st->connection;
    if (PQenterPipelineMode(c->link) != 1 || !send_begin(c) || !send_statement(st) ||
        PQpipelineSync(c->link) != 1) {
        pg_connection_close(c);
        return NULL;
    }
    int good, before = c->begins ? 1 : 0;
    PGresult *answer = pg_connection_answers(c, &good);
    if (good > before && !c->pooled && c->link != NULL)
        st->prepared = true; /* also when running it failed then */
    if (c->link != NULL && PQexitPipelineMode(c->link) != 1)
        pg_connection_close(c);
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

/* A connection that has waited may have been closed by the server meanwhile: a second one is tried.
 * But within a transaction nothing may run that the others do not belong to. */
static ost_result execute(pg_statement *st)
{
    pg_connection *c = st->connection;
    forget(st);
    for (;;) {
        bool within = c->in_transaction && !c->begins;
        if (!is_open(c, within))
            return OST_E_STORE;
        bool tried_fresh = c->fresh;
        PGresult *answer = run_once(st);
        if (is_good(answer) && !pg_connection_is_lost(c)) {
            c->fresh = c->begins = false;
            st->result = answer;
            return OST_OK;
        }
        if (!pg_connection_is_lost(c) || tried_fresh || within) {
            c->begins = false;
            ost_result result = pg_connection_note(c, answer);
            PQclear(answer);
            return result;
        }
        PQclear(answer);
        pg_connection_close(c);
    }
}

ost_result pg_run(statement *base, int *ret_changes)
{
    pg_statement *st = inner(base);
    uint64_t rows;
    ost_result result = execute(st);
    if (result != OST_OK)
        return result;
    if (PQresultStatus(st->result) == PGRES_TUPLES_OK)
        result = OST_E_STATE;
    else if (ret_changes != NULL &&
             text_to_unsigned(text_of(PQcmdTuples(st->result)), INT_MAX, &rows))
        *ret_changes = (int)rows;
    forget(st);
    return result;
}

ost_result pg_next(statement *base)
{
    pg_statement *st = inner(base);
    if (st->result == NULL) {
        ost_result result = execute(st);
        if (result != OST_OK)
            return result;
    }
    st->row++;
    return st->row < PQntuples(st->result) ? OST_OK : OST_E_NOT_FOUND;
}

/* ---- reading ---- */

int64_t pg_integer(statement *base, int at)
{
    const pg_statement *st = inner(base);
    const char *text = PQgetvalue(st->result, st->row, at);
    return *text == 't' ? 1 : strtoll(text, NULL, 10); /* NULL is empty here, and "f" no number */
}

ost_text pg_text(statement *base, int at)
{
    pg_statement *st = inner(base);
    ost_text text = {PQgetvalue(st->result, st->row, at),
                     (size_t)PQgetlength(st->result, st->row, at)};
    if (!text_is_escaped(text))
        return text;
    memory_free(st->unescaped);
    st->unescaped = memory_alloc(text.len);
    if (st->unescaped == NULL)
        return (ost_text){0};
    return (ost_text){st->unescaped, text_unescape(text, st->unescaped)};
}
