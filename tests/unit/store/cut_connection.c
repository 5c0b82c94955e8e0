/* SPDX-License-Identifier: Apache-2.0 */
/* The wrapped functions; see cut_connection.h. */
#include "cut_connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/driver.h"
#include "temporary.h"

static struct {
    cut_kind kind;
    unsigned at, count;
    bool on;
    bool done;
} cut;

const char *cut_name(cut_kind kind)
{
    static const char *const names[CUT_KINDS] = {
        [CUT_STEP] = "at step",           [CUT_STEPS] = "from step",
        [CUT_BEFORE] = "before message",  [CUT_ANSWER] = "after message",
        [CUT_AWAY] = "away from message", [CUT_GONE] = "gone after message",
    };
    return names[kind];
}

void cut_begin(cut_kind kind, unsigned at)
{
    cut.kind = kind;
    cut.at = at;
    cut.count = 0;
    cut.done = false;
    cut.on = true;
}

bool cut_end(void)
{
    cut.on = false;
    return cut.done;
}

bool cut_is_of(const store *s, cut_kind kind)
{
    return s->driver->postgresql == (kind >= CUT_BEFORE);
}

/* ---- SQLite ---- */

int __real_sqlite3_step(sqlite3_stmt *st);
int __wrap_sqlite3_step(sqlite3_stmt *st);

int __wrap_sqlite3_step(sqlite3_stmt *st)
{
    if (cut.on && cut.kind <= CUT_STEPS) {
        cut.count++;
        if (cut.count == cut.at || (cut.count > cut.at && cut.kind == CUT_STEPS)) {
            cut.done = true;
            return SQLITE_IOERR_WRITE;
        }
    }
    return __real_sqlite3_step(st);
}

/* ---- PostgreSQL ---- */

#ifdef WITH_POSTGRESQL
#include <libpq-fe.h>

static PGconn *unanswered; /* whose answers are to be lost */

/* The server ends when it has done all that it was sent. */
static void lose_answers(PGconn *link)
{
    char lost[4096];
    int file = PQsocket(link);
    shutdown(file, SHUT_WR);
    for (ssize_t got = 1; got > 0;)
        got = recv(file, lost, sizeof lost, 0);
}

static void count_message(PGconn *link)
{
    if (!cut.on || cut.kind < CUT_BEFORE || ++cut.count != cut.at)
        return;
    cut.done = true;
    if (cut.kind == CUT_BEFORE || cut.kind == CUT_AWAY)
        shutdown(PQsocket(link), SHUT_RDWR);
    else
        unanswered = link;
}

int __real_PQconsumeInput(PGconn *link);
int __wrap_PQconsumeInput(PGconn *link);
int __wrap_PQconsumeInput(PGconn *link)
{
    if (unanswered == link) {
        unanswered = NULL;
        lose_answers(link);
    }
    return __real_PQconsumeInput(link);
}

void __real_PQfinish(PGconn *link);
void __wrap_PQfinish(PGconn *link);
void __wrap_PQfinish(PGconn *link)
{
    if (unanswered == link)
        unanswered = NULL;
    __real_PQfinish(link);
}

PGconn *__real_PQconnectdbParams(const char *const *keywords, const char *const *values,
                                 int expand);
PGconn *__wrap_PQconnectdbParams(const char *const *keywords, const char *const *values,
                                 int expand);
PGconn *__wrap_PQconnectdbParams(const char *const *keywords, const char *const *values, int expand)
{
    bool away = cut.on && cut.done && (cut.kind == CUT_AWAY || cut.kind == CUT_GONE);
    return away ? PQconnectdb("host=/nonexistent")
                : __real_PQconnectdbParams(keywords, values, expand);
}

int __real_PQsendQuery(PGconn *link, const char *query);
int __wrap_PQsendQuery(PGconn *link, const char *query);
int __wrap_PQsendQuery(PGconn *link, const char *query)
{
    count_message(link);
    return __real_PQsendQuery(link, query);
}

int __real_PQsendQueryParams(PGconn *link, const char *command, int count, const Oid *types,
                             const char *const *values, const int *lengths, const int *formats,
                             int format);
int __wrap_PQsendQueryParams(PGconn *link, const char *command, int count, const Oid *types,
                             const char *const *values, const int *lengths, const int *formats,
                             int format);
int __wrap_PQsendQueryParams(PGconn *link, const char *command, int count, const Oid *types,
                             const char *const *values, const int *lengths, const int *formats,
                             int format)
{
    count_message(link);
    return __real_PQsendQueryParams(link, command, count, types, values, lengths, formats, format);
}

int __real_PQsendPrepare(PGconn *link, const char *name, const char *query, int count,
                         const Oid *types);
int __wrap_PQsendPrepare(PGconn *link, const char *name, const char *query, int count,
                         const Oid *types);
int __wrap_PQsendPrepare(PGconn *link, const char *name, const char *query, int count,
                         const Oid *types)
{
    count_message(link);
    return __real_PQsendPrepare(link, name, query, count, types);
}

int __real_PQsendQueryPrepared(PGconn *link, const char *name, int count, const char *const *values,
                               const int *lengths, const int *formats, int format);
int __wrap_PQsendQueryPrepared(PGconn *link, const char *name, int count, const char *const *values,
                               const int *lengths, const int *formats, int format);
int __wrap_PQsendQueryPrepared(PGconn *link, const char *name, int count, const char *const *values,
                               const int *lengths, const int *formats, int format)
{
    count_message(link);
    return __real_PQsendQueryPrepared(link, name, count, values, lengths, formats, format);
}
#endif
