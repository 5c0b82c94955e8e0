/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations, told; see store_upgrade.h. */
#include "store/upgrade/store_upgrade.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "store/schema.h"
#include "store/sqlite/migration.h"

#define SERVER_FIRST 15 /* makes all that the ones before it have made of a file */

static const char *const titles[] = {
    [1] = "realms, users, keys, sessions, codes",
    [2] = "chains of refresh tokens, one for each tab",
    [3] = "a number that grows with what programs keep in memory; shared addresses",
    [4] = "the APIs that a code's tokens are for",
    [5] = "names and addresses folded beyond ASCII",
    [6] = "sessions of a client, listed and counted",
    [7] = "keys as components",
    [8] = "events",
    [9] = "consents in a table of their own",
    [10] = "initial access tokens",
    [11] = "pushed authorization requests",
    [12] = "the key that a code's tokens are for",
    [13] = "users found by names, roles, groups and attributes",
    [14] = "clients that are told of logouts",
    [15] = "requests of devices",
    [16] = "master keys",
    [17] = "backchannel authentication (CIBA)",
    [18] = "backchannel authentication: clients that are told",
    [19] = "what may be used once, for several nodes",
    [20] = "failed logins, for several nodes",
    [21] = "users found by their accounts elsewhere",
    [22] = "what a code grants in detail",
    [23] = "what devices and backchannel authentication grant in detail",
    [24] = "users in the order in which they came",
    [25] = "users counted, and found by how their names begin",
    [26] = "users found by texts within their names",
    [27] = "users with secrets are sealed too",
    [28] = "sessions found by what they are at an identity provider",
    [29] = "tokens of identity providers that are kept",
    [30] = "shares of networks in what waits",
};
_Static_assert(ARRAY_LEN(titles) == SCHEMA + 1, "a migration has a title");

const char *store_upgrade_title(int number)
{
    return number >= 1 && number <= SCHEMA ? titles[number] : NULL;
}

int store_upgrade_first(const store_upgrade *upgrade, bool server)
{
    return server && upgrade->from < SERVER_FIRST ? SERVER_FIRST : upgrade->from + 1;
}

static ost_result read_file(sqlite_database *d, int *ret_version, ost_error *error)
{
    int64_t version = 0;
    ost_result result = migration_check(d, error);
    if (result != OST_OK)
        return result;
    if (next_number(prepare(&d->base, "PRAGMA user_version"), &version) != OST_OK)
        return sqlite_error(d, OST_E_STORE, error);
    *ret_version = (int)version;
    return OST_OK;
}

ost_result store_upgrade_of_file(const char *path, store_upgrade *ret_upgrade, ost_error *error)
{
    struct stat status;
    ost_error inner = {0};
    sqlite_database d;
    int version = 0;
    if (stat(path, &status) != 0)
        return ost_error_set(error, OST_E_NOT_FOUND, "%s: %s", path, strerror(errno));
    ost_result result = database_open(path, false, &d, error);
    if (result != OST_OK)
        return result;
    result = read_file(&d, &version, &inner);
    database_close(&d);
    if (result != OST_OK)
        return ost_error_set(error, result, "%s: %s", path, inner.detail);
    *ret_upgrade = (store_upgrade){.from = version, .to = SCHEMA};
    return OST_OK;
}

ost_result store_upgrade_of_server(const store_server *server, store_upgrade *ret_upgrade,
                                   ost_error *error)
{
    int version = 0;
    ost_result result = store_server_schema(server, &version, error);
    if (result == OST_OK)
        *ret_upgrade = (store_upgrade){.from = version, .to = SCHEMA};
    return result;
}
