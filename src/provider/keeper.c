/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's housekeeping thread: once a second it looks whether the store works, moves keys
 * through their rotation and looks whether anybody has changed what the realms are made of, and at
 * once where the store tells of it; once a minute it deletes what has expired. */
#include <time.h>

#include "base/context.h"
#include "base/text.h"
#include "base/thread.h"
#include "provider/call/provider_state.h"
#include "provider/keeper.h"
#include "provider/realm/realm_load.h"
#include "provider/rotation/key_schedule.h"
#include "store/store.h"
#include "store/store_health.h"
#include "store/store_listen.h"

#define SWEEP_EVERY (60 * 1000) /* milliseconds */
#define GIVE_BACK_EVERY 500     /* milliseconds: it takes some itself */

/* `keys_are_lost`: those that were brought to the signing process have gone with it. */
static ost_result reload(provider *p, bool keys_are_lost, ost_error *error)
{
    realm_table *table;
    int64_t generation = store_generation(p->store); /* before: what changes meanwhile is seen */
    uint64_t offers = realm_offers_number(&p->offers);
    const realm_table *current = keys_are_lost ? NULL : atomic_load(&p->realms.current);
    const key_holders holders = {.process = p->signing, .device = p->device};
    ost_result result = realm_table_load(p->store, current, &p->offers, &holders, &table, error);
    if (result != OST_OK)
        return result;
    realm_table *before = published_replace(&p->realms, table);
    p->generation = generation; /* whoever waits for it sees the table */
    realm_offers_end(&p->offers, offers);
    if (before != NULL) {
        realm_table_free(before);
        p->freed = true;
    }
    return OST_OK;
}

/* Tells it once when the store begins to fail, and once when it works again. */
static bool store_works(provider *p)
{
    store_health health;
    store_probe(p->store);
    store_health_read(p->store, &health);
    bool works = health.fault == STORE_WORKS;
    outage_update(&p->store_outage, p->log, "the store",
                  works ? NULL : store_fault_sentence(health.fault), monotonic_ms());
    return works;
}

#define APART_MS 2000

/* What the node does goes by the database's clock; who sets neither right should know. */
static void compare_clocks(provider *p)
{
    int64_t ahead = store_clock_ahead(p->store);
    bool apart = ahead > APART_MS || ahead < -APART_MS;
    outage_update(&p->clock_outage, p->log, "this machine's clock",
                  apart ? "it is seconds away from the database's, which counts" : NULL,
                  monotonic_ms());
}

ost_result keeper_load(provider *p, ost_error *error)
{
    ost_result result = reload(p, false, error);
    if (result != OST_OK)
        return result;
    if (store_works(p))
        key_schedule_run(p);
    return store_generation(p->store) != p->generation ? reload(p, false, error) : OST_OK;
}

/* A realm that has been changed by its clients holds more than the same after a start. */
static bool holds_unsettled(const provider *p)
{
    const realm_table *table = atomic_load(&p->realms.current);
    size_t i = 0;
    while (table != NULL && i < table->count && !realm_is_unsettled(table->entries[i]->realm))
        i++;
    return table != NULL && i < table->count;
}

static void work(provider *p, int64_t *last_sweep)
{
    int64_t now = monotonic_ms();
    size_t rows = 0;
    bool works = store_works(p);
    compare_clocks(p);
    if (works)
        key_schedule_run(p);
    event_queue_flush(&p->waiting_events, p->store);
    if (works && now - *last_sweep > SWEEP_EVERY) {
        *last_sweep = now;
        (void)!store_sweep(p->store, ost_now(p->context), &rows);
    }
    /* What cannot be loaded leaves the realms as they are, and is tried again. */
    const char *fault = NULL;
    ost_error error = {0};
    p->keys_are_lost |= signing_process_mend(p->signing);
    if (p->keys_are_lost || store_generation(p->store) != p->generation ||
        (works && holds_unsettled(p))) {
        bool failed = reload(p, p->keys_are_lost, &error) != OST_OK;
        if (failed && p->keys_are_lost)
            log_sink_say(p->log, "the signing process has no keys: %s", error.detail);
        else if (failed && works)
            fault = error.detail;
        p->keys_are_lost &= failed;
    }
    outage_update(&p->load_outage, p->log, "loading realms", fault, now);
    if (p->freed && now - p->given_back > GIVE_BACK_EVERY) {
        p->freed = false;
        p->given_back = now;
        memory_give_back();
    }
}

static void *keeper_run(void *argument)
{
    provider *p = argument;
    int64_t last_sweep = monotonic_ms();
    pthread_mutex_lock(&p->keeper_lock);
    while (!p->stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += 1;
        if (!p->woken)
            pthread_cond_timedwait(&p->keeper_wake, &p->keeper_lock, &until);
        p->woken = false;
        if (p->stopping)
            break;
        pthread_mutex_unlock(&p->keeper_lock);
        work(p, &last_sweep);
        pthread_mutex_lock(&p->keeper_lock);
    }
    pthread_mutex_unlock(&p->keeper_lock);
    return NULL;
}

/* The clock of days may be set back by hours, and nothing may wait for it. */
void keeper_init(provider *p)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->keeper_wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&p->keeper_lock, NULL);
    event_queue_init(&p->waiting_events);
    realm_offers_init(&p->offers);
}

void keeper_wake(void *user)
{
    provider *p = user;
    pthread_mutex_lock(&p->keeper_lock);
    p->woken = true;
    pthread_cond_signal(&p->keeper_wake);
    pthread_mutex_unlock(&p->keeper_lock);
}

ost_result keeper_start(provider *p)
{
    p->keeper_runs = thread_start(&p->keeper, "ostiary-keeper", keeper_run, p);
    return p->keeper_runs ? store_listen(p->store, keeper_wake, p) : OST_E_SYSTEM;
}

void keeper_stop(provider *p)
{
    store_listen_end(p->store);
    if (p->keeper_runs) {
        pthread_mutex_lock(&p->keeper_lock);
        p->stopping = true;
        pthread_cond_signal(&p->keeper_wake);
        pthread_mutex_unlock(&p->keeper_lock);
        pthread_join(p->keeper, NULL);
        p->keeper_runs = false;
    }
    event_queue_flush(&p->waiting_events, p->store);
    event_queue_free(&p->waiting_events);
    realm_offers_free(&p->offers);
}
