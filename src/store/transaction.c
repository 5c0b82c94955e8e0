/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions; see transaction.h. */
#include "store/transaction.h"

database *read_begin(store *s)
{
    database *d = s->driver->read_begin(s);
    if (d != NULL)
        d->sealing = s->sealing;
    return d;
}

void read_end(store *s, database *d)
{
    if (d != NULL)
        s->driver->read_end(s, d);
}

void store_hold(store *s)
{
    if (s->driver->read_hold != NULL)
        s->driver->read_hold(s);
}

void store_release(store *s)
{
    if (s->driver->read_release != NULL)
        s->driver->read_release(s);
}

ost_result write_begin(store *s, database **ret_database)
{
    ost_result result = s->driver->write_begin(s, ret_database);
    if (result == OST_OK)
        (*ret_database)->sealing = s->sealing;
    return result;
}

ost_result write_end(store *s, database *d, ost_result result, ost_error *error, bool *ret_again)
{
    return s->driver->write_end(s, d, result, error, ret_again);
}

ost_result explain_failure(const database *d, ost_result result, ost_error *error)
{
    return d->driver->explain(d, result, error);
}
