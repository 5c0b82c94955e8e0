/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to PostgreSQL: opening it, waiting for answers no longer than is allowed, and what
 * went wrong. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "store/postgresql/postgresql_store.h"

#define SHORT_MS 1500 /* for being refused: what takes longer was not answered */
/* SQLSTATE */
#define IN_FAILED_TRANSACTION "25P02"
#define NOT_PREPARED "26000"        /* invalid_sql_statement_name */
#define PREPARED_BY_ANOTHER "42P05" /* duplicate_prepared_statement */

static void keep_message(pg_connection *c, const char *message)
{
    size_t len = message != NULL ? strcspn(message, "\n") : 0;
    snprintf(c->message, sizeof c->message, "%.*s", (int)(len < 190 ? len : 190),
             message != NULL ? message : "");
}

void pg_connection_close(pg_connection *c)
{
    for (size_t i = 0; i < STATEMENTS && c->statements[i] != NULL; i++)
        c->statements[i]->prepared = false;
    PQfinish(c->link);
    c->link = NULL;
    c->later = 0;
}

void pg_connection_free(pg_connection *c)
{
    pg_connection_close(c);
    pg_connection_forget_all(c);
    memory_free(c);
}

/* ---- what went wrong ---- */

static const struct {
    const char *state; /* SQLSTATE, or what it begins with; the first that fits */
    ost_result result;
    store_fault fault;
} meanings[] = {
    {"23503", OST_E_NOT_FOUND, STORE_WORKS}, /* what the row belongs to */
    {"23", OST_E_CONFLICT, STORE_WORKS},
    {"40001", OST_E_BUSY, STORE_WORKS}, /* serialization_failure */
    {"40P01", OST_E_BUSY, STORE_WORKS}, /* deadlock_detected */
    {"55P03", OST_E_BUSY, STORE_WORKS}, /* lock_not_available: somebody's long work has the row */
    {"57014", OST_E_BUSY, STORE_WORKS}, /* query_canceled: by the server's own time-outs */
    {NOT_PREPARED, OST_E_BUSY, STORE_WORKS},
    {PREPARED_BY_ANOTHER, OST_E_BUSY, STORE_WORKS},
    {"53100", OST_E_STORE, STORE_FULL},
    {"53200", OST_E_MEMORY, STORE_WORKS},
    {"53", OST_E_STORE, STORE_CANNOT_OPEN}, /* too many connections */
    {"25006", OST_E_STORE, STORE_READ_ONLY},
    {"58", OST_E_STORE, STORE_IO_ERROR},
    {"XX001", OST_E_STORE, STORE_DAMAGED},
    {"XX002", OST_E_STORE, STORE_DAMAGED},
    {"57P", OST_E_STORE, STORE_UNREACHABLE}, /* it shuts down, or starts */
    {"08", OST_E_STORE, STORE_UNREACHABLE},
    {"", OST_E_STORE, STORE_WORKS},
};

/* Sessions of the server are changed under a connection, or emptied: by a pooler. */
static bool is_mixed_up(const char *state)
{
    return strcmp(state, NOT_PREPARED) == 0 || strcmp(state, PREPARED_BY_ANOTHER) == 0;
}

bool pg_connection_may_retry(const pg_connection *c)
{
    return strcmp(c->state, "40001") == 0 || strcmp(c->state, "40P01") == 0 ||
           is_mixed_up(c->state);
}

bool pg_connection_notes_pooler(pg_connection *c, const PGresult *result)
{
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (c->pooled || state == NULL || !is_mixed_up(state))
        return false;
    atomic_store(&c->store->pooled, true);
    return true;
}

bool pg_connection_is_lost(const pg_connection *c)
{
    return c->link == NULL || PQstatus(c->link) != CONNECTION_OK;
}

ost_result pg_connection_note(pg_connection *c, const PGresult *result)
{
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    bool lost = pg_connection_is_lost(c);
    if (state != NULL && strcmp(state, IN_FAILED_TRANSACTION) == 0)
        return OST_E_STORE; /* what failed before tells more */
    snprintf(c->state, sizeof c->state, "%s", state != NULL ? state : lost ? "08006" : "");
    if (result != NULL)
        keep_message(c, PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    size_t i = 0;
    while (strncmp(c->state, meanings[i].state, strlen(meanings[i].state)) != 0)
        i++;
    if (meanings[i].fault != STORE_WORKS && !c->listens)
        fault_note(&c->store->base, meanings[i].fault);
    if (lost || meanings[i].fault == STORE_UNREACHABLE || meanings[i].fault == STORE_READ_ONLY ||
        pg_connection_notes_pooler(c, result))
        pg_connection_close(c); /* a standby is left too: the next one may lead to the primary */
    return meanings[i].result;
}

ost_result pg_connection_explain(const pg_connection *c, ost_result result, ost_error *error)
{
    return ost_error_set(error, result, "%s%s%s%s", c->message, c->state[0] != '\0' ? " (" : "",
                         c->state, c->state[0] != '\0' ? ")" : "");
}

/* ---- waiting ---- */

#define LOOK_MS 500 /* meanwhile others may have noticed something */

static bool wait_for(const pg_connection *c, short events, int64_t until)
{
    struct pollfd poller = {.fd = PQsocket(c->link), .events = events};
    for (;;) {
        int64_t now = monotonic_ms(), left = until - now;
        if (left <= 0 || silence_is_likely(c, now))
            return false;
        int ready = poll(&poller, 1, (int)(left < LOOK_MS ? left : LOOK_MS));
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return ready > 0;
    }
}

/* Whether all was sent. */
static bool flush(const pg_connection *c, int64_t until)
{
    int left;
    while ((left = PQflush(c->link)) > 0) {
        if (!wait_for(c, POLLIN | POLLOUT, until) || PQconsumeInput(c->link) == 0)
            return false;
    }
    return left == 0;
}

/* The same, and the whole of a result has come. */
static bool await(pg_connection *c, int64_t until)
{
    if (!flush(c, until))
        return false;
    while (PQisBusy(c->link) != 0) {
        if (!wait_for(c, POLLIN, until) || PQconsumeInput(c->link) == 0)
            return false;
    }
    return true;
}

static int64_t deadline(const pg_connection *c)
{
    return monotonic_ms() + (c->migrates ? MIGRATION_MS : ANSWER_MS);
}

/* Whether no answer has come, and nothing else has gone wrong. */
static bool gives_up(const pg_connection *c, int64_t until)
{
    int64_t now = monotonic_ms();
    return now >= until || silence_is_likely(c, now);
}

/* The next result; NULL is one too, see PQgetResult. False: the connection was lost, and is closed.
 */
static bool next_result(pg_connection *c, int64_t until, PGresult **ret_next)
{
    if (await(c, until)) {
        silence_broken(c->store);
        *ret_next = PQgetResult(c->link);
        return true;
    }
    bool given_up = gives_up(c, until);
    keep_message(c, given_up ? "the server does not answer" : PQerrorMessage(c->link));
    if (given_up)
        silence_noticed(c);
    pg_connection_close(c);
    return false;
}

bool pg_connection_result(pg_connection *c, PGresult **ret_result)
{
    return next_result(c, deadline(c), ret_result);
}

static bool or_lost(pg_connection *c, bool good)
{
    if (!good) {
        keep_message(c, PQerrorMessage(c->link));
        pg_connection_close(c);
    }
    return good;
}

bool pg_connection_send(pg_connection *c)
{
    return or_lost(c, flush(c, deadline(c)));
}

bool pg_connection_receive(pg_connection *c)
{
    return or_lost(c, wait_for(c, POLLIN, deadline(c)) && PQconsumeInput(c->link) == 1);
}

static bool has_failed(const PGresult *result)
{
    return result != NULL && PQresultStatus(result) == PGRES_FATAL_ERROR;
}

/* Of two results the later one, unless the one before failed; the other is cleared. */
static PGresult *choose(PGresult *kept, PGresult *next)
{
    bool failed = has_failed(kept);
    PQclear(failed ? next : kept);
    return failed ? kept : next;
}

/* NULL stands between the results, and a mark at their end. */
static PGresult *await_pipeline(pg_connection *c, int *ret_good)
{
    int64_t until = deadline(c);
    PGresult *kept = NULL, *next;
    *ret_good = 0;
    while (next_result(c, until, &next)) {
        if (next == NULL && PQstatus(c->link) != CONNECTION_OK)
            return kept;
        if (next == NULL)
            continue;
        if (PQresultStatus(next) == PGRES_PIPELINE_SYNC) {
            PQclear(next);
            return kept;
        }
        bool good = !has_failed(kept) && !has_failed(next);
        *ret_good += good;
        if (good && *ret_good == c->first_at)
            c->missed = strcmp(PQcmdTuples(next), "0") == 0;
        kept = choose(kept, next);
    }
    return kept;
}

PGresult *pg_connection_answers(pg_connection *c, int *ret_good)
{
    silence_waits(c);
    PGresult *answer = await_pipeline(c, ret_good);
    silence_waits_no_more(c);
    return answer;
}

static PGresult *await_one(pg_connection *c)
{
    int64_t until = deadline(c);
    PGresult *kept = NULL, *next;
    while (next_result(c, until, &next)) {
        if (next == NULL)
            return kept;
        kept = choose(kept, next);
    }
    PQclear(kept);
    return NULL;
}

PGresult *pg_connection_answer(pg_connection *c)
{
    silence_waits(c);
    PGresult *answer = await_one(c);
    silence_waits_no_more(c);
    return answer;
}

ost_result pg_connection_run(pg_connection *c, const char *sql)
{
    if (c->link == NULL || PQsendQuery(c->link, sql) != 1)
        return pg_connection_note(c, NULL);
    PGresult *answer = pg_connection_answer(c);
    bool good = answer != NULL && (PQresultStatus(answer) == PGRES_COMMAND_OK ||
                                   PQresultStatus(answer) == PGRES_TUPLES_OK);
    ost_result result = good ? OST_OK : pg_connection_note(c, answer);
    PQclear(answer);
    return result;
}

/* ---- opening ---- */

static void ignore_notice(void *argument, const PGresult *notice)
{
    (void)argument;
    (void)notice;
}

/* What a pooler hands on is another server's number than the one that it tells by itself. */
static ost_result look_for_pooler(pg_connection *c)
{
    if (PQsendQuery(c->link, "SELECT pg_backend_pid()") != 1)
        return pg_connection_note(c, NULL);
    PGresult *answer = pg_connection_answer(c);
    ost_result result = OST_OK;
    uint64_t number = 0;
    if (answer == NULL || PQresultStatus(answer) != PGRES_TUPLES_OK)
        result = pg_connection_note(c, answer);
    else
        c->pooled = atomic_load(&c->store->pooled) ||
                    !text_to_unsigned(text_of(PQgetvalue(answer, 0, 0)), INT_MAX, &number) ||
                    (int)number != PQbackendPID(c->link);
    PQclear(answer);
    return result;
}

static ost_result check_encoding(pg_connection *c)
{
    const char *encoding = PQparameterStatus(c->link, "server_encoding");
    if (encoding == NULL || strcmp(encoding, "UTF8") == 0)
        return OST_OK;
    snprintf(c->message, sizeof c->message,
             "the database has the encoding %.40s; it has to be UTF8", encoding);
    pg_connection_close(c);
    return OST_E_STORE;
}

/* Refused, or not answered? */
static void note_no_link(pg_connection *c)
{
    keep_message(c, c->link != NULL ? PQerrorMessage(c->link) : "out of memory");
    PQfinish(c->link);
    c->link = NULL;
    snprintf(c->state, sizeof c->state, "08001");
    if (!c->listens)
        fault_note(&c->store->base, STORE_UNREACHABLE);
    if (monotonic_ms() - c->asked_at >= SHORT_MS)
        silence_noticed(c);
}

ost_result pg_connection_open(pg_connection *c)
{
    if (c->link != NULL)
        return OST_OK;
    silence_waits(c);
    c->link = PQconnectdbParams((const char *const *)c->store->keywords,
                                (const char *const *)c->store->values, 0);
    silence_waits_no_more(c);
    if (c->link == NULL || PQstatus(c->link) != CONNECTION_OK) {
        note_no_link(c);
        return OST_E_STORE;
    }
    c->opened_at = monotonic_ms();
    PQsetNoticeReceiver(c->link, ignore_notice, NULL);
    PQsetnonblocking(c->link, 1);
    c->fresh = true;
    ost_result result = check_encoding(c);
    if (result == OST_OK)
        result = look_for_pooler(c);
    return result == OST_OK && !c->pooled ? pg_connection_run(c, LOCK_TIMEOUT) : result;
}
