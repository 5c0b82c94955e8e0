/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a store in a file, for who moves it. */
#ifndef TRANSFER_SOURCE_H
#define TRANSFER_SOURCE_H

#include "store/sqlite/sqlite_store.h"
#include "store/transfer/copy_row.h"

/* One table, while it is read. */
typedef struct source_table {
    sqlite3_stmt *rows;
    size_t columns;
} source_table;

/* Opens it for this process alone, until source_close. */
OST_MUST_CHECK ost_result source_open(const char *path, sqlite_database *ret_source,
                                      ost_error *error);

/* How many tables there are, and rows in one. */
OST_MUST_CHECK ost_result source_count(sqlite_database *source, const char *table,
                                       int64_t *ret_count, ost_error *error);
#define SOURCE_TABLES                                                                              \
    "(SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%')"

/* Appends the names of the table's columns, in quotes, with commas between them. */
OST_MUST_CHECK ost_result source_columns(sqlite_database *source, const char *table, buffer *names,
                                         ost_error *error);

OST_MUST_CHECK ost_result source_begin(sqlite_database *source, const char *table,
                                       source_table *ret_table, ost_error *error);
/* The next row: values live until the next call. OST_E_NOT_FOUND at the end. */
OST_MUST_CHECK ost_result source_next(sqlite_database *source, source_table *table,
                                      ost_text ret_values[COPY_COLUMNS], ost_error *error);
void source_end(source_table *table);

#endif
