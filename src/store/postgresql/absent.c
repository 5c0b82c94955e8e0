/* SPDX-License-Identifier: Apache-2.0 */
/* In place of the rest of this folder where there is no libpq. */
#include "store/store_postgresql.h"

bool store_url_has_password(const char *url)
{
    (void)url;
    return false;
}

ost_result store_open_server(const store_server *server, store **ret_store, ost_error *error)
{
    (void)server;
    (void)ret_store;
    return ost_error_set(error, OST_E_UNSUPPORTED, "this program was built without PostgreSQL");
}

ost_result store_server_schema(const store_server *server, int *ret_version, ost_error *error)
{
    (void)server;
    (void)ret_version;
    return ost_error_set(error, OST_E_UNSUPPORTED, "this program was built without PostgreSQL");
}
