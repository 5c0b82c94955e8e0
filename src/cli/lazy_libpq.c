/* SPDX-License-Identifier: Apache-2.0 */
/* The command's own way to libpq, which is loaded when a database is named: it brings LDAP,
 * Kerberos and what they need. */
#include "cli/lazy_library.h"

#include <libpq-fe.h>

static lazy_library libpq = {.name = "libpq.so.5",
                             .without = "no database can be reached",
                             .lock = PTHREAD_MUTEX_INITIALIZER};

#define FORWARD(...) LAZY_FORWARD(&libpq, __VA_ARGS__)
#define FORWARD_VOID(...) LAZY_FORWARD_VOID(&libpq, __VA_ARGS__)

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
FORWARD(char *, PQcmdStatus, (PGresult * result), (result), NULL)
FORWARD(char *, PQcmdTuples, (PGresult * result), (result), NULL)
FORWARD(int, PQntuples, (const PGresult *result), (result), 0)
FORWARD(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column),
        NULL)
FORWARD(int, PQgetlength, (const PGresult *result, int row, int column), (result, row, column), 0)

FORWARD(PGnotify *, PQnotifies, (PGconn * link), (link), NULL)
FORWARD_VOID(PQfreemem, (void *data), (data))

FORWARD(int, PQputCopyData, (PGconn * link, const char *data, int len), (link, data, len), -1)
FORWARD(int, PQputCopyEnd, (PGconn * link, const char *message), (link, message), -1)
FORWARD(int, PQgetCopyData, (PGconn * link, char **ret_line, int async), (link, ret_line, async),
        -2)
