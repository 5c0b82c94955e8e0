/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a PostgreSQL database, which several nodes share. */
#ifndef STORE_POSTGRESQL_H
#define STORE_POSTGRESQL_H

#include "store/store.h"

#define STORE_POOL_MAX 100

/* Where the database is. NULL or 0: what the URL, or libpq's environment, says. */
typedef struct store_server {
    const char *url;             /* "postgresql://host/database?…", as libpq has it */
    const char *user, *password; /* in place of the URL's */
    unsigned connections;        /* at most, of this process; 0: 16 */
} store_server;

/* Whether it is the URL of such a database ("postgresql:" or "postgres:", also behind "jdbc:"). */
bool store_is_url(const char *path);

/* Whether the URL has a password in it. */
bool store_url_has_password(const char *url);

/* As store_open. OST_E_CONFIG: the URL cannot be understood. OST_E_UNSUPPORTED: this program was
 * built without PostgreSQL. No error tells the password. */
OST_MUST_CHECK ost_result store_open_server(const store_server *server, store **ret_store,
                                            ost_error *error);

/* Which schema the database has, 0 when there is no store in it; changes nothing. Results as those
 * of store_open. */
OST_MUST_CHECK ost_result store_server_schema(const store_server *server, int *ret_version,
                                              ost_error *error);

/* Whether anything has been made in it: a database is new when its tables are empty. */
bool store_has_realms(store *store);

#endif
