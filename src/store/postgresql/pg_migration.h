/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of a PostgreSQL database, and how an older one becomes it. */
#ifndef PG_MIGRATION_H
#define PG_MIGRATION_H

#include "store/postgresql/postgresql_store.h"

/* Brings the schema up to date; other nodes may be doing the same. OST_E_SCHEMA: a newer program
 * wrote it, nothing was changed. OST_E_STORE: it cannot be. */
OST_MUST_CHECK ost_result pg_migrate(pg_connection *connection, ost_error *error);

#endif
