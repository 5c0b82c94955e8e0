/* SPDX-License-Identifier: Apache-2.0 */
/* Statements; see statement.h. */
#include "store/statement.h"

statement *prepare(database *d, const char *sql)
{
    return d != NULL ? d->driver->prepare(d, sql) : NULL;
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

ost_result run_change(statement *st)
{
    int changes = 0;
    ost_result result = run_statement(st, &changes);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
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

ost_result check_limit(database *d, const char *sql, ost_text realm, ost_text client_id,
                       int64_t now, size_t limit)
{
    int64_t count;
    statement *st = prepare(d, sql);
    bind_text(st, 1, realm);
    bind_text(st, 2, client_id);
    bind_integer(st, 3, now);
    ost_result result = next_number(st, &count);
    return result == OST_OK && (size_t)count >= limit ? OST_E_BUSY : result;
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
