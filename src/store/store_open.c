/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing the store; see store.h. */
#include "store/store.h"

#include "store/sealing/sealing.h"
#include "store/sqlite/sqlite_store.h"
#include "store/transaction.h"

ost_result store_open(const char *path, store **ret_store, ost_error *error)
{
    store *s;
    ost_result result = sqlite_store_open(path, &s, error);
    if (result != OST_OK)
        return result;
    s->sealing = sealing_new();
    if (s->sealing == NULL) {
        store_close(s);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    *ret_store = s;
    return OST_OK;
}

void store_close(store *s)
{
    if (s == NULL)
        return;
    sealing_free(s->sealing);
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
