/* SPDX-License-Identifier: Apache-2.0 */
/* Statements; see statement.h. */
#include "store/statement.h"

statement *prepare(database *d, const char *sql)
{
    return d != NULL ? d->driver->prepare(d, sql) : NULL;
}

const char *text_for(const database *d, const char *sqlite, const char *postgresql)
{
    return d != NULL && d->driver->postgresql ? postgresql : sqlite;
}

bool writes_alone(const database *d)
{
    return !d->driver->postgresql;
}

void reset_statement(statement *st)
{
    if (st != NULL)
        st->driver->reset(st);
}

void bind_text(statement *st, int at, ost_text text)
{
    if (st != NULL)
        st->driver->bind_text(st, at, text);
}

void bind_integer(statement *st, int at, int64_t integer)
{
    if (st != NULL)
        st->driver->bind_integer(st, at, integer);
}

ost_result bind_words(statement *st, int at, const store_user_query *query, ost_arena *arena)
{
    return st != NULL ? st->driver->bind_words(st, at, query, arena) : OST_E_STORE;
}

ost_result stored_form(const database *d, ost_text text, ost_arena *arena, ost_text *ret_stored)
{
    return d != NULL ? d->driver->stored(text, arena, ret_stored) : OST_E_STORE;
}

statement *prepare_bound(database *d, const char *sql, const ost_text *texts, size_t count)
{
    statement *st = prepare(d, sql);
    for (size_t i = 0; i < count; i++)
        bind_text(st, (int)i + 1, texts[i]);
    return st;
}

ost_result run_statement(statement *st, int *ret_changes)
{
    return st != NULL ? st->driver->run(st, ret_changes) : OST_E_STORE;
}

ost_result run_later(statement *st)
{
    return st != NULL && st->driver->run_later != NULL ? st->driver->run_later(st)
                                                       : run_statement(st, NULL);
}

ost_result run_change(statement *st)
{
    int changes = 0;
    ost_result result = run_statement(st, &changes);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
}

ost_result run_change_first(statement *st)
{
    return st != NULL && st->driver->run_change_first != NULL ? st->driver->run_change_first(st)
                                                              : run_change(st);
}

ost_result next_row(statement *st)
{
    return st != NULL ? st->driver->next(st) : OST_E_STORE;
}

ost_result next_number(statement *st, int64_t *ret_number)
{
    ost_result result = next_row(st);
    if (result == OST_OK)
        *ret_number = column_integer(st, 0);
    return result;
}

int64_t column_integer(statement *st, int at)
{
    return st->driver->integer(st, at);
}

ost_text column_text(statement *st, int at, ost_arena *arena, bool *failed)
{
    ost_text text = st->driver->text(st, at);
    char *copy = text.data != NULL ? ost_arena_copy(arena, text) : NULL;
    *failed |= copy == NULL;
    return (ost_text){copy, copy != NULL ? text.len : 0};
}
