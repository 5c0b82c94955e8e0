/* SPDX-License-Identifier: Apache-2.0 */
/* Which migrations lie between a store and this program, before they are run. */
#ifndef STORE_UPGRADE_H
#define STORE_UPGRADE_H

#include "store/store_postgresql.h"

typedef struct store_upgrade {
    int from, to; /* schemas; from 0: nothing is there yet */
} store_upgrade;

/* Of the store in a file, or in a database; changes nothing, also while programs work with it.
 * OST_E_NOT_FOUND: there is no such file; OST_E_SCHEMA: a newer program wrote it; OST_E_STORE and
 * others: the detail says why it cannot be read. */
OST_MUST_CHECK ost_result store_upgrade_of_file(const char *path, store_upgrade *ret_upgrade,
                                                ost_error *error);
OST_MUST_CHECK ost_result store_upgrade_of_server(const store_server *server,
                                                  store_upgrade *ret_upgrade, ost_error *error);

/* The first migration that would run; `upgrade->from` + 1, or what makes the tables at once. */
int store_upgrade_first(const store_upgrade *upgrade, bool server);

/* What a migration brings, for people; NULL: there is none of that number. */
const char *store_upgrade_title(int number);

#endif
