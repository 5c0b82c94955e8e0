/* SPDX-License-Identifier: Apache-2.0 */
/* A server that has stopped answering: noticed once for all connections, and asked again by one at
 * a time. All others are refused at once, so that no thread waits behind it. */
#include "base/context.h"
#include "store/postgresql/postgresql_store.h"

#define ASK_AGAIN_MS 1000

void silence_waits(pg_connection *c)
{
    c->asked_at = monotonic_ms();
    atomic_fetch_add(&c->store->waiting, 1);
}

void silence_waits_no_more(pg_connection *c)
{
    atomic_fetch_sub(&c->store->waiting, 1);
}

void silence_broken(pg_store *s)
{
    atomic_store(&s->answered_at, monotonic_ms());
    atomic_store(&s->ask_at, 0);
}

/* One alone may have asked for something that takes long. Where there are two, one of them is the
 * housekeeping, which asks for a number. */
bool silence_is_likely(const pg_connection *c, int64_t now)
{
    pg_store *s = c->store;
    return !c->migrates && now - c->asked_at >= SILENT_MS &&
           atomic_load(&s->answered_at) < c->asked_at &&
           (atomic_load(&s->waiting) > 1 || atomic_load(&s->silent_since) >= c->asked_at);
}

/* Whose question alone was not answered has asked too much. */
void silence_noticed(pg_connection *c)
{
    pg_store *s = c->store;
    int64_t now = monotonic_ms();
    if (atomic_load(&s->answered_at) >= c->asked_at)
        return;
    atomic_store(&s->silent_since, now);
    atomic_store(&s->ask_at, now + ASK_AGAIN_MS);
}

bool silence_lets_ask(pg_connection *c)
{
    pg_store *s = c->store;
    long long ask_at = atomic_load(&s->ask_at);
    int64_t now = monotonic_ms();
    if (ask_at == 0)
        return true;
    return now >= ask_at && atomic_compare_exchange_strong(&s->ask_at, &ask_at, now + SILENT_MS);
}

bool silence_ends(const pg_connection *c)
{
    return c->opened_at > atomic_load(&c->store->silent_since);
}
