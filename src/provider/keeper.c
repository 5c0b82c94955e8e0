/* The provider's housekeeping thread: once a second it moves keys through their rotation and looks
 * whether another process has changed the store; once a minute it deletes what has expired. */
#include <time.h>

#include "context.h"
#include "provider_state.h"
#include "text.h"

#define SWEEP_EVERY (60 * 1000) /* milliseconds */
#define RETIREMENT (300 * 1000) /* far longer than any request */

/* A table that was replaced is kept until no request can be using it any more. */
static void free_retired(provider *p, int64_t now, bool all)
{
    realm_table **at = &p->retired;
    while (*at != NULL) {
        realm_table *table = *at;
        if (all || now - table->retired_at > RETIREMENT) {
            *at = table->retired;
            realm_table_free(table);
        } else {
            at = &table->retired;
        }
    }
}

ost_result keeper_reload(provider *p, ost_error *ret_error)
{
    realm_table *table;
    ost_result result = realm_table_load(p, &table, ret_error);
    if (result != OST_OK)
        return result;
    realm_table *before = atomic_exchange(&p->realms, table);
    if (before != NULL) {
        before->retired_at = monotonic_ms();
        before->retired = p->retired;
        p->retired = before;
    }
    return OST_OK;
}

static bool advance_keys(provider *p)
{
    const realm_table *table = atomic_load(&p->realms);
    bool any = false;
    for (size_t i = 0; i < table->count; i++) {
        const realm_entry *entry = table->entries[i];
        bool changed = false;
        if (key_ring_advance(p->store, text_of(entry->realm->name), ost_now(p->context),
                             entry->longest_token, &changed) == OST_OK)
            any |= changed;
    }
    return any;
}

static void work(provider *p, int64_t *last_sweep)
{
    int64_t now = monotonic_ms();
    int64_t changes = store_changes_elsewhere(p->store);
    size_t rows = 0;
    bool reload = advance_keys(p) || changes != p->seen_changes;
    p->seen_changes = changes;
    if (now - *last_sweep > SWEEP_EVERY) {
        *last_sweep = now;
        reload |= store_sweep(p->store, ost_now(p->context), &rows) == OST_OK && rows > 0;
    }
    /* What cannot be loaded leaves the realms as they are; the next change tries again. */
    if (reload)
        (void)!keeper_reload(p, NULL);
    free_retired(p, now, false);
}

static void *run(void *argument)
{
    provider *p = argument;
    int64_t last_sweep = monotonic_ms();
    pthread_mutex_lock(&p->keeper_lock);
    while (!p->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        pthread_cond_timedwait(&p->keeper_wake, &p->keeper_lock, &until);
        if (p->stopping)
            break;
        pthread_mutex_unlock(&p->keeper_lock);
        work(p, &last_sweep);
        pthread_mutex_lock(&p->keeper_lock);
    }
    pthread_mutex_unlock(&p->keeper_lock);
    return NULL;
}

ost_result keeper_start(provider *p)
{
    p->seen_changes = store_changes_elsewhere(p->store);
    p->keeper_runs = pthread_create(&p->keeper, NULL, run, p) == 0;
    return p->keeper_runs ? OST_OK : OST_E_SYSTEM;
}

void keeper_stop(provider *p)
{
    if (p->keeper_runs) {
        pthread_mutex_lock(&p->keeper_lock);
        p->stopping = true;
        pthread_cond_signal(&p->keeper_wake);
        pthread_mutex_unlock(&p->keeper_lock);
        pthread_join(p->keeper, NULL);
        p->keeper_runs = false;
    }
    free_retired(p, 0, true);
}
