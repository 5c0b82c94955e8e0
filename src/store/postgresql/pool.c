/* SPDX-License-Identifier: Apache-2.0 */
/* The connections of one store, and the transactions on them. */
#include <time.h>

#include "base/context.h"
#include "store/postgresql/postgresql_store.h"

/* With the lock held: one more connection, if one more is allowed. */
static bool add_connection(pg_store *s)
{
    pg_connection *c = s->count < s->limit ? memory_alloc(sizeof *c) : NULL;
    if (c == NULL)
        return false;
    c->base.driver = s->base.driver;
    c->store = s;
    s->connections[s->count] = c;
    s->idle[s->idle_count++] = s->count++;
    return true;
}

pg_connection *pool_take(pg_store *s)
{
    pg_connection *c = NULL;
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += TAKE_MS / 1000;
    pthread_mutex_lock(&s->lock);
    while (s->idle_count == 0 && !add_connection(s) && s->count > 0 && late == 0)
        late = pthread_cond_timedwait(&s->free, &s->lock, &until);
    if (s->idle_count > 0)
        c = s->connections[s->idle[--s->idle_count]];
    pthread_mutex_unlock(&s->lock);
    return c;
}

/* Nothing of it is left for whoever has the connection next: a statement that has not been sent
 * would go with theirs, and what it missed would be told of their work. */
static void forget_transaction(pg_connection *c)
{
    c->in_transaction = c->begins = c->missed = c->failed = false;
    c->first = NULL;
    c->first_at = 0;
}

void pool_give(pg_store *s, pg_connection *c)
{
    unsigned index = 0;
    forget_transaction(c);
    pg_connection_forget(c);
    pthread_mutex_lock(&s->lock);
    while (s->connections[index] != c)
        index++;
    s->idle[s->idle_count++] = index;
    pthread_cond_signal(&s->free);
    pthread_mutex_unlock(&s->lock);
}

database *pg_read_begin(store *base)
{
    pg_connection *c = pool_take((pg_store *)base);
    return c != NULL ? &c->base : NULL;
}

void pg_read_end(store *base, database *d)
{
    pool_give((pg_store *)base, (pg_connection *)d);
}

/* The transaction begins with its first statement: that saves a way to the server and back. */
ost_result pg_write_begin(store *base, database **ret_database)
{
    pg_connection *c = pool_take((pg_store *)base);
    if (c == NULL)
        return OST_E_STORE;
    c->state[0] = '\0';
    c->in_transaction = c->begins = true;
    *ret_database = &c->base;
    return OST_OK;
}

static ost_result commit(pg_connection *c, ost_error *error)
{
    bool any = !c->begins || c->first != NULL;
    ost_result result = pg_connection_commit(c);
    if (result == OST_OK && any)
        atomic_store(&c->store->base.written_at, monotonic_ms());
    else if (result != OST_OK)
        pg_connection_explain(c, result, error);
    return result;
}

ost_result pg_write_end(store *base, database *d, ost_result result, ost_error *error,
                        bool *ret_again)
{
    pg_connection *c = (pg_connection *)d;
    if (result == OST_OK)
        result = commit(c, error);
    if (c->missed && (result == OST_OK || result == OST_E_STATE))
        result = OST_E_NOT_FOUND;
    *ret_again = result != OST_OK && pg_connection_may_retry(c);
    pg_connection_rollback(c);
    pool_give((pg_store *)base, c);
    return result;
}
