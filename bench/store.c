/* SPDX-License-Identifier: Apache-2.0 */
/* What a store does in a second, by threads that log in, refresh and read at once:
 *   bench-store ADDRESS [SECONDS]       ADDRESS: a new file, or the URL of an empty database
 * Prints "NAME OPERATIONS_PER_SECOND" for each. bench/store.py compares two of them. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/context.h"
#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/realm/store_realm.h"
#include "store/session/store_refresh.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/user/store_user.h"

#define THREADS 8
#define ID 40

typedef struct worker {
    pthread_t thread;
    int number;
    int64_t done;
    const struct workload *workload;
} worker;

typedef struct workload {
    const char *name;
    ost_result (*once)(worker *w, int64_t round, ost_arena *arena);
} workload;

static store *db;
static atomic_bool ended;

static ost_text numbered(char ret[ID], char kind, int thread, int64_t round)
{
    int len = snprintf(ret, ID, "%c%08d-%020lld", kind, thread, (long long)round);
    return (ost_text){ret, (size_t)len};
}

static ost_result log_in(worker *w, int64_t round, ost_arena *arena)
{
    char id[ID], code_id[ID];
    const store_session session = {.id = numbered(id, 's', w->number, round),
                                   .realm = OST_TEXT("r"),
                                   .user_id = OST_TEXT("u"),
                                   .ends = 1LL << 40,
                                   .idle_ends = 1LL << 40,
                                   .notes = OST_TEXT("{}")};
    const store_client_session part = {
        .session_id = session.id, .client_id = OST_TEXT("c"), .notes = OST_TEXT("{}")};
    const store_code code = {.id = numbered(code_id, 'c', w->number, round),
                             .realm = session.realm,
                             .session_id = session.id,
                             .client_id = part.client_id,
                             .expires = 1LL << 40};
    store_code taken;
    ost_result result = store_login(db, &session, &part, &code);
    return result == OST_OK ? store_code_take(db, session.realm, code.id, arena, &taken) : result;
}

/* Each thread has a session of its own, and a chain of tokens in it. */
static ost_result refresh(worker *w, int64_t round, ost_arena *arena)
{
    char session[ID], before[ID], next[ID];
    (void)arena;
    const store_refresh r = {.realm = OST_TEXT("r"),
                             .session_id = numbered(session, 's', w->number, 0),
                             .client_id = OST_TEXT("c"),
                             .presented = numbered(before, 't', w->number, round),
                             .next = numbered(next, 't', w->number, round + 1),
                             .now = round,
                             .idle_ends = 1LL << 40};
    return store_refresh_use(db, &r);
}

static ost_result read_session(worker *w, int64_t round, ost_arena *arena)
{
    char id[ID];
    store_session session;
    store_user user;
    (void)round;
    ost_result result =
        store_session_get(db, OST_TEXT("r"), numbered(id, 's', w->number, 0), arena, &session);
    return result == OST_OK ? store_user_get(db, OST_TEXT("r"), session.user_id, arena, &user)
                            : result;
}

static void *work(void *argument)
{
    worker *w = argument;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    while (arena != NULL && !atomic_load(&ended)) {
        ost_result result = w->workload->once(w, w->done, arena);
        if (result != OST_OK) {
            fprintf(stderr, "%s: %s\n", w->workload->name, ost_result_name(result));
            exit(1);
        }
        w->done++;
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
    return NULL;
}

static void measure(const workload *of, long milliseconds)
{
    worker workers[THREADS] = {0};
    const struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    int64_t done = 0, start = monotonic_ms();
    atomic_store(&ended, false);
    for (int i = 0; i < THREADS; i++) {
        workers[i].number = i;
        workers[i].workload = of;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            exit(1);
    }
    nanosleep(&pause, NULL);
    atomic_store(&ended, true);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        done += workers[i].done;
    }
    printf("%s %.0f\n", of->name, (double)done * 1000 / (double)(monotonic_ms() - start));
}

int main(int argc, char **argv)
{
    static const workload all[] = {
        {"store-login", log_in}, {"store-refresh", refresh}, {"store-read", read_session}};
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    const store_user user = {.id = OST_TEXT("u"),
                             .realm = realm.name,
                             .username = OST_TEXT("u"),
                             .document = OST_TEXT("{}"),
                             .enabled = true};
    ost_error error = {0};
    if (argc < 2 || store_open(argv[1], &db, &error) != OST_OK ||
        store_realm_create(db, &realm, &user, 1, NULL, 0, &error) != OST_OK) {
        fprintf(stderr, "bench-store: %s\n", argc < 2 ? "an address is needed" : error.detail);
        return 1;
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        measure(&all[i], argc > 2 ? strtol(argv[2], NULL, 10) * 1000 : 3000);
    store_close(db);
    return 0;
}
