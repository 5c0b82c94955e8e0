/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing the store; see store.h. */
#include "store/store.h"

#include "store/sqlite/sqlite_store.h"
#include "store/transaction.h"

ost_result store_open(const char *path, store **ret_store, ost_error *error)
{
    return sqlite_store_open(path, ret_store, error);
}

void store_close(store *s)
{
    if (s != NULL)
        s->driver->close(s);
}

int64_t store_generation(store *s)
{
    int64_t generation = -1;
    database *d = read_begin(s);
    statement *st = prepare(d, "SELECT value FROM generation");
    if (next_row(st) == OST_OK)
        generation = column_integer(st, 0);
    read_end(s, d);
    return generation;
}
