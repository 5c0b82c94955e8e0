/* SPDX-License-Identifier: Apache-2.0 */
/* Hears of changes that other nodes make (LISTEN), on a connection of its own beside the pool's.
 * While that is lost it is sought again, ever less often. */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/context.h"
#include "base/thread.h"
#include "store/postgresql/postgresql_store.h"

#define FIRST_PAUSE_MS 250
#define LONGEST_PAUSE_MS 15000
#define POOLED_PAUSE_MS 60000 /* behind a pooler, which may have gone since */
#define ASK_EVERY_MS 10000    /* whether the server is still there */
#define GATHER_MS 50          /* of many changes in a row the first is told, and then the last */

typedef struct listener {
    pg_connection connection;
    pthread_t thread;
    int end; /* an event: it is time to end */
    void (*changed)(void *user);
    void *user;
} listener;

/* Whether it is to end, at once or within the time; `link`: or something came from there, which
 * *ret_came tells. */
static bool wait_or_end(const listener *l, PGconn *link, int milliseconds, bool *ret_came)
{
    struct pollfd pollers[] = {{.fd = l->end, .events = POLLIN},
                               {.fd = link != NULL ? PQsocket(link) : -1, .events = POLLIN}};
    int ready = poll(pollers, 2, milliseconds);
    if (ret_came != NULL)
        *ret_came = ready > 0 && pollers[1].revents != 0;
    return ready > 0 && pollers[0].revents != 0;
}

static bool any_word(PGconn *link)
{
    PGnotify *word;
    bool any = false;
    while ((word = PQnotifies(link)) != NULL) {
        PQfreemem(word);
        any = true;
    }
    return any;
}

static bool begin(listener *l)
{
    pg_connection *c = &l->connection;
    return pg_connection_open(c) == OST_OK && !c->pooled &&
           pg_connection_run(c, "LISTEN ostiary") == OST_OK;
}

static bool is_there(pg_connection *c)
{
    return pg_connection_run(c, "SELECT 1") == OST_OK;
}

/* Until the connection is lost; true: it is to end. */
static bool listen_on(listener *l)
{
    pg_connection *c = &l->connection;
    bool came, ends = false;
    l->changed(l->user); /* what was missed */
    while (!ends && !pg_connection_is_lost(c)) {
        ends = wait_or_end(l, c->link, ASK_EVERY_MS, &came);
        if (ends || (came ? PQconsumeInput(c->link) == 0 : !is_there(c)))
            break;
        if (any_word(c->link)) {
            l->changed(l->user);
            ends = wait_or_end(l, NULL, GATHER_MS, NULL);
        }
    }
    return ends;
}

static void *run(void *argument)
{
    listener *l = argument;
    int pause = FIRST_PAUSE_MS;
    bool ends = false;
    while (!ends) {
        if (begin(l)) {
            pause = FIRST_PAUSE_MS;
            ends = listen_on(l);
        }
        pg_connection_close(&l->connection);
        if (!ends)
            ends = wait_or_end(l, NULL, l->connection.pooled ? POOLED_PAUSE_MS : pause, NULL);
        pause = pause < LONGEST_PAUSE_MS / 2 ? pause * 2 : LONGEST_PAUSE_MS;
    }
    return NULL;
}

static void forget(listener *l)
{
    if (l->end >= 0)
        close(l->end);
    memory_free(l);
}

ost_result pg_listen(store *base, void (*changed)(void *user), void *user)
{
    pg_store *s = (pg_store *)base;
    listener *l = memory_alloc(sizeof *l);
    if (l == NULL)
        return OST_E_MEMORY;
    l->connection.base.driver = base->driver;
    l->connection.store = s;
    l->connection.listens = true;
    l->changed = changed;
    l->user = user;
    l->end = eventfd(0, EFD_CLOEXEC);
    if (l->end < 0 || !thread_start(&l->thread, "ostiary-listen", run, l)) {
        forget(l);
        return OST_E_SYSTEM;
    }
    s->listener = l;
    return OST_OK;
}

void pg_listen_end(store *base)
{
    pg_store *s = (pg_store *)base;
    listener *l = s->listener;
    if (l == NULL)
        return;
    while (eventfd_write(l->end, 1) != 0 && errno == EINTR) {}
    pthread_join(l->thread, NULL);
    s->listener = NULL;
    forget(l);
}
