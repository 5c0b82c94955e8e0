/* SPDX-License-Identifier: Apache-2.0 */
/* Prepared statements, for the files of this folder. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "store/driver.h"
#include "store/search/user_query.h"

/* A statement for the literal `sql`, ready to be bound; NULL when it cannot be prepared, or without
 * database. Statements are remembered by identity: the same literal gives the same one again. */
statement *prepare(database *database, const char *sql);

/* Texts are written so that both engines understand them, with parameters as SQLite has them; where
 * that cannot be, one of two is chosen by these. NULL for the database is fine: the first. */
const char *text_for(const database *database, const char *sqlite, const char *postgresql);
bool writes_alone(const database *database); /* SQLite: nobody else writes meanwhile */

/* The greater and the lesser of two expressions. */
#define GREATER_OF(a, b) "CASE WHEN " a " >= " b " THEN " a " ELSE " b " END"
#define LESSER_OF(a, b) "CASE WHEN " a " <= " b " THEN " a " ELSE " b " END"

/* NULL for the statement is fine in all that follows. */

/* Ends reading before the last row. */
void reset_statement(statement *statement);

/* What is bound has to live until the statement has been run. NULL data is stored as empty text. */
void bind_text(statement *statement, int at, ost_text text);
void bind_integer(statement *statement, int at, int64_t integer);

/* What the words of a query ask for, which has to live as long. */
OST_MUST_CHECK ost_result bind_words(statement *statement, int at, const store_user_query *query,
                                     ost_arena *arena);

/* A text as the engine keeps it, for comparisons that bind_text takes no part in. In the arena, or
 * the text itself. */
OST_MUST_CHECK ost_result stored_form(const database *database, ost_text text, ost_arena *arena,
                                      ost_text *ret_stored);

/* The statement with texts bound to its parameters, in their order. */
statement *prepare_bound(database *database, const char *sql, const ost_text *texts, size_t count);
#define PREPARED(database, sql, ...)                                                               \
    prepare_bound((database), (sql), (const ost_text[]){__VA_ARGS__},                              \
                  sizeof((const ost_text[]){__VA_ARGS__}) / sizeof(ost_text))

/* Runs a statement that returns no rows. OST_E_CONFLICT for a violated constraint; OST_E_NOT_FOUND
 * when what the row belongs to is gone. *ret_changes (may be NULL): how many rows it changed. */
OST_MUST_CHECK ost_result run_statement(statement *statement, int *ret_changes);

/* The same where nobody looks at what it changed. A failure may show at the next statement, or when
 * the transaction ends: what depends on its result has to use run_statement. */
OST_MUST_CHECK ost_result run_later(statement *statement);

/* The same for a statement that has to change a row: OST_E_NOT_FOUND when it changed none. */
OST_MUST_CHECK ost_result run_change(statement *statement);

/* The same at the beginning of a transaction, for a statement that may be run twice: it goes with
 * the one that comes next, or with the commit. When it has changed no row, all that comes next in
 * the transaction fails with OST_E_NOT_FOUND or OST_E_STATE, and the transaction with
 * OST_E_NOT_FOUND. What is bound has to live until then. */
OST_MUST_CHECK ost_result run_change_first(statement *statement);

/* The next row: OST_OK, OST_E_NOT_FOUND at the end. */
OST_MUST_CHECK ost_result next_row(statement *statement);

/* The number in the first column of the next row. */
OST_MUST_CHECK ost_result next_number(statement *statement, int64_t *ret_number);

/* Of the row that next_row came to: a number or a truth value (1 or 0); a copy in the arena, which
 * sets *failed when memory runs out. */
int64_t column_integer(statement *statement, int at);
ost_text column_text(statement *statement, int at, ost_arena *arena, bool *failed);

#endif
