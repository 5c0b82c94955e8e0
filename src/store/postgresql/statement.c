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
#include "store/search/user_query.h"

static pg_statement *inner(statement *st)
{
    return (pg_statement *)st;
}

void pg_statement_forget(pg_statement *st)
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
    pg_statement_forget(c->statements[i]);
    unbind(c->statements[i]);
    return &c->statements[i]->base;
}

void pg_reset(statement *st)
{
    pg_statement_forget(inner(st));
}

void pg_connection_forget(pg_connection *c)
{
    for (size_t i = 0; i < STATEMENTS && c->statements[i] != NULL; i++) {
        pg_statement_forget(c->statements[i]);
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
