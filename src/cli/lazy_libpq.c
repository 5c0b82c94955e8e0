/* SPDX-License-Identifier: Apache-2.0 */
/* The command's own way to libpq, which is loaded when a database is named: it brings LDAP,
 * Kerberos and what they need. These functions stand before those of the same name, as in
 * lazy_curl.c. */

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#include <libpq-fe.h>

#define LIBRARY "libpq.so.5"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *library;

static void load(void)
{
    library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        fprintf(stderr, "ostiary: no database can be reached: %s\n", dlerror());
}

/* NULL without the library: then each of them fails as it does without memory. */
static void *find_function(const char *name)
{
    pthread_once(&once, load);
    return library != NULL ? dlsym(library, name) : NULL;
}

#define FORWARD(type, name, parameters, arguments, failed)                                         \
    type name parameters                                                                           \
    {                                                                                              \
        type(*function) parameters = find_function(#name);                                         \
        return function != NULL ? function arguments : (failed);                                   \
    }
#define FORWARD_VOID(name, parameters, arguments)                                                  \
    void name parameters                                                                           \
    {                                                                                              \
        void(*function) parameters = find_function(#name);                                         \
        if (function != NULL)                                                                      \
            function arguments;                                                                    \
    }

FORWARD(PQconninfoOption *, PQconninfoParse, (const char *text, char **ret_message),
        (text, ret_message), NULL)
FORWARD_VOID(PQconninfoFree, (PQconninfoOption * options), (options))

FORWARD(PGconn *, PQconnectdbParams,
        (const char *const *keywords, const char *const *values, int expand_dbname),
        (keywords, values, expand_dbname), NULL)
FORWARD_VOID(PQfinish, (PGconn * link), (link))
FORWARD(ConnStatusType, PQstatus, (const PGconn *link), (link), CONNECTION_BAD)
FORWARD(PGTransactionStatusType, PQtransactionStatus, (const PGconn *link), (link), PQTRANS_UNKNOWN)
FORWARD(const char *, PQparameterStatus, (const PGconn *link, const char *name), (link, name), NULL)
FORWARD(char *, PQerrorMessage, (const PGconn *link), (link), NULL)
FORWARD(int, PQsocket, (const PGconn *link), (link), -1)
FORWARD(int, PQbackendPID, (const PGconn *link), (link), 0)
FORWARD(int, PQsetnonblocking, (PGconn * link, int on), (link, on), -1)
FORWARD(PQnoticeReceiver, PQsetNoticeReceiver,
        (PGconn * link, PQnoticeReceiver receiver, void *argument), (link, receiver, argument),
        NULL)

FORWARD(int, PQsendQuery, (PGconn * link, const char *text), (link, text), 0)
FORWARD(int, PQsendPrepare,
        (PGconn * link, const char *name, const char *text, int count, const Oid *types),
        (link, name, text, count, types), 0)
FORWARD(int, PQsendQueryParams,
        (PGconn * link, const char *text, int count, const Oid *types, const char *const *values,
         const int *lengths, const int *formats, int format),
        (link, text, count, types, values, lengths, formats, format), 0)
FORWARD(int, PQsendQueryPrepared,
        (PGconn * link, const char *name, int count, const char *const *values, const int *lengths,
         const int *formats, int format),
        (link, name, count, values, lengths, formats, format), 0)
FORWARD(int, PQenterPipelineMode, (PGconn * link), (link), 0)
FORWARD(int, PQexitPipelineMode, (PGconn * link), (link), 0)
FORWARD(int, PQpipelineSync, (PGconn * link), (link), 0)
FORWARD(int, PQflush, (PGconn * link), (link), -1)
FORWARD(int, PQconsumeInput, (PGconn * link), (link), 0)
FORWARD(int, PQisBusy, (PGconn * link), (link), 0)

FORWARD(PGresult *, PQgetResult, (PGconn * link), (link), NULL)
FORWARD_VOID(PQclear, (PGresult * result), (result))
FORWARD(ExecStatusType, PQresultStatus, (const PGresult *result), (result), PGRES_FATAL_ERROR)
FORWARD(char *, PQresultErrorField, (const PGresult *result, int field), (result, field), NULL)
FORWARD(char *, PQcmdTuples, (PGresult * result), (result), NULL)
FORWARD(int, PQntuples, (const PGresult *result), (result), 0)
FORWARD(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column),
        NULL)
FORWARD(int, PQgetlength, (const PGresult *result, int row, int column), (result, row, column), 0)
