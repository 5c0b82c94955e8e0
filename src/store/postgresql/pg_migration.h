/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of a PostgreSQL database, and how an older one becomes it. */
#ifndef PG_MIGRATION_H
#define PG_MIGRATION_H

#include "store/postgresql/postgresql_store.h"

/* 0: there is no store here. Results as below. */
OST_MUST_CHECK ost_result pg_read_version(pg_connection *connection, int *ret_version,
                                          ost_error *error);

/* Brings the schema up to date; other nodes may be doing the same. OST_E_SCHEMA: a newer program
 * wrote it, nothing was changed. OST_E_STORE: it cannot be. */
OST_MUST_CHECK ost_result pg_migrate(pg_connection *connection, ost_error *error);

#endif
