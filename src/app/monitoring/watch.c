/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that tells outages; see watch.h. */
#include "app/monitoring/watch.h"

#include <stdio.h>
#include <time.h>

#include "base/context.h"
#include "base/thread.h"
#include "guard/monitoring/trouble.h"
#include "http/log/outage.h"

#define NAME_SIZE 512
/* Endpoints are found by the issuer's discovery, as its keys are: when both fail, the keys are
 * told, and the endpoints have so long to be found afterwards. */
#define LOGIN_GRACE_MS 65000

struct watch {
    const app_server *server;
    outage parts[SETTINGS_ISSUERS][GUARD_PARTS];
    outage login;
    int64_t keys_failed_at; /* the first issuer's, the last time, or the start; monotonic */
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t end;
    bool ended;
};

static void look_at_issuer(watch *w, size_t issuer, int64_t now)
{
    static const char *const names[GUARD_PARTS] = {
        [GUARD_KEYS] = "issuer",
        [GUARD_INTROSPECTION] = "introspection at issuer",
        [GUARD_STATUS_LISTS] = "a status list of issuer",
    };
    const ost_guard *guard = w->server->guard;
    for (unsigned part = 0; part < GUARD_PARTS; part++) {
        char why[TROUBLE_WHY] = "", what[NAME_SIZE];
        bool fails = guard_part_fails(guard, issuer, (guard_part)part, why);
        snprintf(what, sizeof what, "%s %s", names[part], guard_issuer_name(guard, issuer));
        outage_update(&w->parts[issuer][part], w->server->log, what, fails ? why : NULL, now);
        if (fails && part == GUARD_KEYS && issuer == 0)
            w->keys_failed_at = now;
    }
}

static void look_at_login(watch *w, int64_t now)
{
    char why[256], what[NAME_SIZE];
    ost_login_trouble(w->server->login, why);
    bool fails = why[0] != '\0' && now - w->keys_failed_at > LOGIN_GRACE_MS;
    snprintf(what, sizeof what, "login at issuer %s", w->server->settings->issuers[0]);
    outage_update(&w->login, w->server->log, what, fails ? why : NULL, now);
}

static void look(watch *w)
{
    int64_t now = monotonic_ms();
    size_t issuers = w->server->guard != NULL ? guard_issuer_count(w->server->guard) : 0;
    for (size_t i = 0; i < issuers && i < SETTINGS_ISSUERS; i++)
        look_at_issuer(w, i, now);
    if (w->server->logs_in)
        look_at_login(w, now);
}

static void *run(void *user)
{
    watch *w = user;
    pthread_mutex_lock(&w->lock);
    while (!w->ended) {
        struct timespec until;
        pthread_mutex_unlock(&w->lock);
        look(w);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += 1;
        pthread_mutex_lock(&w->lock);
        if (!w->ended)
            pthread_cond_timedwait(&w->end, &w->lock, &until);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

ost_result watch_new(const app_server *server, watch **ret_watch)
{
    pthread_condattr_t monotonic;
    watch *w = memory_alloc(sizeof *w);
    if (w == NULL)
        return OST_E_MEMORY;
    w->server = server;
    w->keys_failed_at = monotonic_ms();
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->end, &monotonic);
    pthread_condattr_destroy(&monotonic);
    w->running = thread_start(&w->thread, "ostiary-watch", run, w);
    if (!w->running) {
        watch_free(w);
        return OST_E_SYSTEM;
    }
    *ret_watch = w;
    return OST_OK;
}

void watch_free(watch *w)
{
    if (w == NULL)
        return;
    if (w->running) {
        pthread_mutex_lock(&w->lock);
        w->ended = true;
        pthread_cond_signal(&w->end);
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
    }
    pthread_cond_destroy(&w->end);
    pthread_mutex_destroy(&w->lock);
    memory_free(w);
}
