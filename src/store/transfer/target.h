/* SPDX-License-Identifier: Apache-2.0 */
/* A database that a store is moved into, in one transaction. What fails leaves the error filled;
 * nothing is committed then. */
#ifndef TRANSFER_TARGET_H
#define TRANSFER_TARGET_H

#include "store/postgresql/postgresql_store.h"
#include "store/store.h"
#include "store/transfer/copy_row.h"

typedef struct target {
    store *store;
    pg_connection *c;
} target;

/* Opens the database, makes the tables of this program's schema where there are none, and begins.
 * OST_E_SCHEMA: they are of another one, which stays as it is. */
OST_MUST_CHECK ost_result target_open(const store_server *server, target *ret_target,
                                      ost_error *error);
/* Takes back what is not committed. */
void target_close(target *t);

OST_MUST_CHECK ost_result target_run(target *t, const char *sql, ost_error *error);
OST_MUST_CHECK ost_result target_ask(target *t, const char *sql, int64_t *ret_number,
                                     ost_error *error);

/* COPY … FROM STDIN and TO STDOUT: begun, moved, ended. The line is freed by PQfreemem; NULL at the
 * end. */
OST_MUST_CHECK ost_result target_copy(target *t, const char *sql, bool in, ost_error *error);
OST_MUST_CHECK ost_result target_put(target *t, ost_text lines, ost_error *error);
OST_MUST_CHECK ost_result target_put_end(target *t, ost_error *error);
OST_MUST_CHECK ost_result target_get(target *t, char **ret_line, size_t *ret_len, ost_error *error);

#endif
