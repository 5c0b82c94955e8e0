/* SPDX-License-Identifier: Apache-2.0 */
/* The database's side of a move; see target.h. */
#include "store/transfer/target.h"

#include <stdlib.h>

#include "store/schema.h"

/* Without the words of a failure there are those of the connection. */
static ost_result fail(target *t, const PGresult *answer, ost_error *error)
{
    ost_result result = pg_connection_note(t->c, answer);
    return pg_connection_explain(t->c, result, error);
}

static ost_result check_schema(const store_server *server, ost_error *error)
{
    int version = 0;
    ost_result result = store_server_schema(server, &version, error);
    if (result != OST_OK || version == 0 || version == SCHEMA)
        return result;
    return ost_error_set(error, OST_E_SCHEMA,
                         "the database has tables of schema %d, and %d is wanted: it is another "
                         "store's",
                         version, SCHEMA);
}

ost_result target_open(const store_server *server, target *ret_target, ost_error *error)
{
    target t = {0};
    ost_result result = check_schema(server, error);
    if (result == OST_OK)
        result = store_open_server(server, &t.store, error);
    if (result != OST_OK)
        return result;
    t.c = pool_take((pg_store *)t.store);
    if (t.c == NULL) {
        store_close(t.store);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    t.c->in_transaction = t.c->migrates = true;
    result = pg_connection_open(t.c);
    if (result != OST_OK)
        pg_connection_explain(t.c, result, error);
    else
        result = target_run(&t, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", error);
    if (result == OST_OK)
        *ret_target = t;
    else
        target_close(&t);
    return result;
}

void target_close(target *t)
{
    pg_connection_close(t->c);
    t->c->in_transaction = t->c->migrates = false;
    pool_give((pg_store *)t->store, t->c);
    store_close(t->store);
}

ost_result target_run(target *t, const char *sql, ost_error *error)
{
    ost_result result = pg_connection_run(t->c, sql);
    return result == OST_OK ? OST_OK : pg_connection_explain(t->c, result, error);
}

ost_result target_ask(target *t, const char *sql, int64_t *ret_number, ost_error *error)
{
    if (t->c->link == NULL || PQsendQuery(t->c->link, sql) != 1)
        return fail(t, NULL, error);
    PGresult *answer = pg_connection_answer(t->c);
    ost_result result = OST_OK;
    if (answer != NULL && PQresultStatus(answer) == PGRES_TUPLES_OK && PQntuples(answer) == 1)
        *ret_number = strtoll(PQgetvalue(answer, 0, 0), NULL, 10);
    else
        result = fail(t, answer, error);
    PQclear(answer);
    return result;
}

/* ---- copying ---- */

ost_result target_copy(target *t, const char *sql, bool in, ost_error *error)
{
    PGresult *answer = NULL;
    if (t->c->link == NULL || PQsendQuery(t->c->link, sql) != 1 ||
        !pg_connection_result(t->c, &answer))
        return fail(t, NULL, error);
    bool good = answer != NULL && PQresultStatus(answer) == (in ? PGRES_COPY_IN : PGRES_COPY_OUT);
    ost_result result = good ? OST_OK : fail(t, answer, error);
    PQclear(answer);
    return result;
}

/* All of it is sent before the next comes, so that none of it waits in memory. */
ost_result target_put(target *t, ost_text lines, ost_error *error)
{
    bool sent =
        PQputCopyData(t->c->link, lines.data, (int)lines.len) == 1 && pg_connection_send(t->c);
    return sent ? OST_OK : fail(t, NULL, error);
}

static ost_result end(target *t, ost_error *error)
{
    PGresult *answer = pg_connection_answer(t->c);
    bool good = answer != NULL && PQresultStatus(answer) == PGRES_COMMAND_OK;
    ost_result result = good ? OST_OK : fail(t, answer, error);
    PQclear(answer);
    return result;
}

ost_result target_put_end(target *t, ost_error *error)
{
    return PQputCopyEnd(t->c->link, NULL) == 1 ? end(t, error) : fail(t, NULL, error);
}

ost_result target_get(target *t, char **ret_line, size_t *ret_len, ost_error *error)
{
    char *line = NULL;
    int len;
    while ((len = PQgetCopyData(t->c->link, &line, 1)) == 0) {
        if (!pg_connection_receive(t->c))
            return fail(t, NULL, error);
    }
    if (len < -1)
        return fail(t, NULL, error);
    *ret_line = len > 0 ? line : NULL;
    *ret_len = len > 0 ? (size_t)len : 0;
    return len > 0 ? OST_OK : end(t, error);
}
