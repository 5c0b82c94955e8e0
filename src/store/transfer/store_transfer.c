/* SPDX-License-Identifier: Apache-2.0 */
/* Moving a store, table by table; see store_transfer.h. */
#include "store/transfer/store_transfer.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "store/schema.h"
#include "store/transfer/source.h"
#include "store/transfer/target.h"

/* Those that others refer to come first. */
static const char *const tables[] = {
    "realm",          "user",
    "user_link",      "key",
    "session",        "client_session",
    "code",           "refresh_token",
    "event",          "consent",
    "initial_access", "pushed",
    "logout",         "logout_listener",
    "device",         "master_key",
    "used",           "failure",
    "kept_token",
};
#define TABLES ARRAY_LEN(tables)
_Static_assert(SCHEMA == 30, "a table that is new belongs to these; a column comes by itself");
#define OTHER_TABLES 5 /* the generation, what counts users, what finds them: triggers do it */

#define TEXT_MAX ((size_t)8 << 10) /* of a statement */
#define ROW_MAX ((size_t)1 << 30)  /* what PostgreSQL takes */
#define PORTION ((size_t)64 << 10) /* bytes of rows that are sent at once */
#define TELL_EVERY 1000            /* rows */

typedef struct moving {
    sqlite_database source;
    target to;
    const store_transfer_progress *progress;
    int64_t done, count;
    row_digest digests[TABLES];
    buffer text, lines;
    ost_error *error;
} moving;

static ost_result told(const moving *m, const buffer *b)
{
    return b->failed == OST_OK ? OST_OK
                               : ost_error_set(m->error, b->failed, "a row is too large to move");
}

static void tell(moving *m, bool checking)
{
    m->done++;
    if (m->progress != NULL && m->done % TELL_EVERY == 0)
        m->progress->tell(m->progress->user, checking, m->done, m->count);
}

/* ---- before ---- */

static ost_result count_rows(moving *m)
{
    int64_t count = 0;
    ost_result result = source_count(&m->source, SOURCE_TABLES, &count, m->error);
    if (result == OST_OK && count != (int64_t)(TABLES + OTHER_TABLES))
        return ost_error_set(m->error, OST_E_STORE, "the file has tables that are not known");
    for (size_t i = 0; i < TABLES && result == OST_OK; i++) {
        result = source_count(&m->source, tables[i], &count, m->error);
        m->count += count;
    }
    return result;
}

/* Locks them, so that nobody begins to fill them meanwhile. */
static ost_result check_empty(moving *m)
{
    int64_t any = 0;
    buffer_append_string(&m->text, "LOCK TABLE ");
    for (size_t i = 0; i < TABLES; i++)
        buffer_append_format(&m->text, "%s\"%s\"", i > 0 ? ", " : "", tables[i]);
    buffer_append_string(&m->text, " IN SHARE ROW EXCLUSIVE MODE");
    ost_result result = target_run(&m->to, buffer_text(&m->text).data, m->error);
    buffer_clear(&m->text);
    for (size_t i = 0; i < TABLES && result == OST_OK && any == 0; i++) {
        buffer_append_format(&m->text, "SELECT count(*) FROM (SELECT 1 FROM \"%s\" LIMIT 1) AS one",
                             tables[i]);
        result = target_ask(&m->to, buffer_text(&m->text).data, &any, m->error);
        buffer_clear(&m->text);
    }
    return result == OST_OK && any != 0
               ? ost_error_set(m->error, OST_E_CONFLICT,
                               "the database is not empty: a store is moved into a new one")
               : result;
}

/* ---- copying ---- */

static ost_result send_lines(moving *m, size_t least)
{
    if (m->lines.failed != OST_OK || m->lines.len == 0 || m->lines.len < least)
        return told(m, &m->lines);
    ost_result result = target_put(&m->to, buffer_text(&m->lines), m->error);
    buffer_clear(&m->lines);
    return result;
}

static ost_result copy_rows(moving *m, source_table *rows, row_digest *digest)
{
    ost_text values[COPY_COLUMNS];
    ost_result result;
    while ((result = source_next(&m->source, rows, values, m->error)) == OST_OK) {
        row_digest_add(digest, values, rows->columns);
        for (size_t i = 0; i < rows->columns; i++)
            copy_row_put(&m->lines, values[i], i + 1 == rows->columns);
        tell(m, false);
        result = send_lines(m, PORTION);
        if (result != OST_OK)
            return result;
    }
    return result == OST_E_NOT_FOUND ? send_lines(m, 0) : result;
}

/* "COPY "t" (…) FROM STDIN", or the same the other way. */
static ost_result begin_copy(moving *m, size_t table, bool in)
{
    buffer_clear(&m->text);
    buffer_append_format(&m->text, "COPY \"%s\" (", tables[table]);
    ost_result result = source_columns(&m->source, tables[table], &m->text, m->error);
    buffer_append_format(&m->text, ") %s", in ? "FROM STDIN" : "TO STDOUT");
    if (result == OST_OK)
        result = told(m, &m->text);
    return result == OST_OK ? target_copy(&m->to, buffer_text(&m->text).data, in, m->error)
                            : result;
}

static ost_result copy_table(moving *m, size_t table)
{
    source_table rows;
    ost_result result = begin_copy(m, table, true);
    if (result == OST_OK)
        result = source_begin(&m->source, tables[table], &rows, m->error);
    if (result != OST_OK)
        return result;
    result = copy_rows(m, &rows, &m->digests[table]);
    source_end(&rows);
    return result == OST_OK ? target_put_end(&m->to, m->error) : result;
}

/* Rows that come later go behind those that have come. */
static ost_result move_sequences(moving *m)
{
    return target_run(&m->to,
                      "SELECT setval(pg_get_serial_sequence('event', 'id'), "
                      "coalesce((SELECT max(id) FROM event), 0) + 1, false);"
                      "SELECT setval(pg_get_serial_sequence('logout', 'id'), "
                      "coalesce((SELECT max(id) FROM logout), 0) + 1, false)",
                      m->error);
}

/* ---- after ---- */

static ost_result read_back(moving *m, size_t columns, row_digest *ret_digest)
{
    ost_text values[COPY_COLUMNS];
    char *line = NULL;
    size_t len = 0;
    ost_result result;
    while ((result = target_get(&m->to, &line, &len, m->error)) == OST_OK && line != NULL) {
        result = copy_row_read(line, len, columns, values);
        if (result == OST_OK)
            row_digest_add(ret_digest, values, columns);
        PQfreemem(line);
        if (result != OST_OK)
            return ost_error_set(m->error, OST_E_STORE, "what was written cannot be read back");
        tell(m, true);
    }
    return result;
}

static ost_result check_table(moving *m, size_t table)
{
    row_digest found = {0};
    source_table rows;
    ost_result result = source_begin(&m->source, tables[table], &rows, m->error);
    if (result != OST_OK)
        return result;
    source_end(&rows);
    result = begin_copy(m, table, false);
    if (result == OST_OK)
        result = read_back(m, rows.columns, &found);
    return result == OST_OK && !row_digest_equal(&found, &m->digests[table])
               ? ost_error_set(m->error, OST_E_STORE, "%s: what was written is not what was read",
                               tables[table])
               : result;
}

/* ---- all of it ---- */

static ost_result for_each(moving *m, ost_result (*step)(moving *m, size_t table))
{
    ost_result result = OST_OK;
    m->done = 0;
    for (size_t i = 0; i < TABLES && result == OST_OK; i++)
        result = step(m, i);
    return result;
}

/* New tables are planned for as if they were empty, until they are looked at. */
static ost_result commit(moving *m)
{
    ost_error ignored = {0};
    ost_result result = target_run(&m->to, "COMMIT", m->error);
    if (result == OST_OK)
        (void)!target_run(&m->to, "ANALYZE", &ignored);
    return result;
}

static int64_t rows_of(const moving *m, const char *table)
{
    size_t i = 0;
    while (strcmp(tables[i], table) != 0)
        i++;
    return m->digests[i].count;
}

static ost_result move(moving *m, store_contents *ret_contents)
{
    ost_result result = count_rows(m);
    if (result == OST_OK)
        result = check_empty(m);
    if (result == OST_OK)
        result = for_each(m, copy_table);
    if (result == OST_OK)
        result = move_sequences(m);
    if (result == OST_OK)
        result = for_each(m, check_table);
    if (result == OST_OK)
        result = commit(m);
    if (result == OST_OK)
        *ret_contents = (store_contents){.realms = rows_of(m, "realm"),
                                         .users = rows_of(m, "user"),
                                         .sessions = rows_of(m, "session")};
    return result;
}

ost_result store_transfer(const char *path, const store_server *to,
                          const store_transfer_progress *progress, store_contents *ret_contents,
                          ost_error *error)
{
    moving m = {.progress = progress, .error = error};
    ost_result result = source_open(path, &m.source, error);
    if (result != OST_OK)
        return result;
    result = target_open(to, &m.to, error);
    if (result == OST_OK) {
        buffer_init(&m.text, TEXT_MAX);
        buffer_init(&m.lines, ROW_MAX);
        result = move(&m, ret_contents);
        buffer_free(&m.text);
        buffer_free(&m.lines);
        target_close(&m.to);
    }
    database_close(&m.source);
    return result;
}
