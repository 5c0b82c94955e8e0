/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that delivers to clients; see logout_post.h. It borrows what is due from the store,
 * has the HTTP client send it, and tells the store what came of it. */
#include "provider/logout/logout_post.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "base/thread.h"
#include "provider/logout/delivery_carrier.h"
#include "provider/logout/logout_peer.h"
#include "store/session/store_logout.h"

#define BATCH 512          /* rows of one loan */
#define HELD_MAX 1024      /* rows in memory */
#define HELD_OF_CLIENT 128 /* of them, of one client */
#define LEASE 120          /* seconds: longer than what is held can take */
#define ARENA ((size_t)4 << 20)
#define LOOK_EVERY 1000 /* milliseconds: for what another process has ended */

struct logout_post {
    provider *provider;
    delivery_carrier carrier;
    pthread_t thread;
    bool runs;
    atomic_bool stopping;
    struct {
        atomic_uint_fast64_t sent, failed, given_up;
    } counts[DELIVERY_KINDS];
    atomic_llong waiting;

    /* the thread's own */
    logout_peers peers;
    size_t held, running;
    store_logout_outcome outcomes[BATCH];
    size_t outcome_count;

    pthread_mutex_t lock; /* for what follows */
    delivery *done;
};

/* ---- what came of it ---- */

static void write_outcomes(logout_post *post)
{
    /* What cannot be written is told again, when its loan is over. */
    if (post->outcome_count > 0)
        (void)!store_logout_settle(post->provider->store, post->outcomes, post->outcome_count);
    post->outcome_count = 0;
}

/* Done with it, one way or the other. `due` 0: for good. */
static void settle(logout_post *post, delivery *d, int64_t due, bool tried)
{
    if (post->outcome_count == ARRAY_LEN(post->outcomes))
        write_outcomes(post);
    post->outcomes[post->outcome_count++] = (store_logout_outcome){d->row.id, due, tried};
    post->held--;
    memory_free(d);
}

static int64_t ends(const delivery *d)
{
    return delivery_kind_of(d) == DELIVERY_NOTIFICATION ? d->row.ends
                                                        : d->row.ended + LOGOUT_GIVE_UP;
}

static void give_up(logout_post *post, delivery *d)
{
    atomic_fetch_add(&post->counts[delivery_kind_of(d)].given_up, 1);
    settle(post, d, 0, true);
}

static void say(logout_post *post, const delivery *d, const char *fault)
{
    logout_peer *peer = d->peer;
    char what[300];
    size_t length = strcspn(peer->name, "\n");
    snprintf(what, sizeof what, "%s of client %.120s of realm %.*s",
             delivery_kind_of(d) == DELIVERY_NOTIFICATION ? "notification" : "back-channel logout",
             peer->name + length + 1, length < 120 ? (int)length : 120, peer->name);
    outage_update(&peer->outage, post->provider->log, what, fault, monotonic_ms());
}

/* The client is there and does not want this token: that says nothing about others. */
static bool is_refusal(const delivery *d)
{
    /* Nobody follows it, whenever it comes (CIBA Core §10.2). In a logout token's way there may
     * stand a proxy that will be gone. */
    if (d->result == OST_E_REDIRECT)
        return delivery_kind_of(d) == DELIVERY_NOTIFICATION;
    return d->result == OST_OK && d->status >= 400 && d->status < 500 && d->status != 408 &&
           d->status != 429;
}

/* A logout token is signed anew each time; a notification stays what the client does not want (CIBA
 * Core §10.2). */
static bool is_enough(const delivery *d)
{
    return delivery_kind_of(d) == DELIVERY_NOTIFICATION || d->row.attempts + 1 >= LOGOUT_REFUSALS;
}

static void take_failure(logout_post *post, delivery *d, int64_t now)
{
    logout_peer *peer = d->peer;
    bool refused = is_refusal(d);
    char fault[200];
    atomic_fetch_add(&post->counts[delivery_kind_of(d)].failed, 1);
    if (d->result == OST_OK)
        snprintf(fault, sizeof fault, "it answered %ld", d->status);
    else
        snprintf(fault, sizeof fault, "%s", d->detail);
    say(post, d, fault);
    unsigned later = refused ? 1U << d->row.attempts
                             : logout_peer_fails(peer, monotonic_ms(), LOGOUT_BACK_OFF_MAX);
    if ((refused && is_enough(d)) || ends(d) <= now + later)
        give_up(post, d);
    else
        settle(post, d, now + later, true);
    /* What else waits for it had better wait in the store. */
    for (delivery *other; !refused && (other = logout_peer_next(peer)) != NULL;)
        settle(post, other, now + later, false);
}

static void take_ended(logout_post *post)
{
    int64_t now = ost_now(post->provider->context);
    pthread_mutex_lock(&post->lock);
    delivery *list = post->done;
    post->done = NULL;
    pthread_mutex_unlock(&post->lock);
    for (delivery *next; list != NULL; list = next) {
        next = list->next;
        logout_peer *peer = list->peer;
        peer->running--;
        post->running--;
        if (list->result == OST_OK && list->status >= 200 && list->status < 300) {
            atomic_fetch_add(&post->counts[delivery_kind_of(list)].sent, 1);
            logout_peer_works(peer);
            say(post, list, NULL);
            settle(post, list, 0, true);
        } else {
            take_failure(post, list, now);
        }
    }
}

/* ---- sending ---- */

/* On the HTTP client's thread. */
static void ended(const net_response *response, void *user)
{
    delivery *d = user;
    d->result = response->result;
    d->status = response->status;
    snprintf(d->detail, sizeof d->detail, "%s",
             response->detail != NULL ? response->detail : ost_result_sentence(response->result));
    pthread_mutex_lock(&d->post->lock);
    d->next = d->post->done;
    d->post->done = d;
    pthread_mutex_unlock(&d->post->lock);
    logout_bell_ring(&d->post->provider->logouts_bell);
}

/* False: it could not be sent. */
static bool send_one(logout_post *post, delivery *d)
{
    ost_result result = delivery_send(&post->carrier, d, ended);
    if (result == OST_OK) {
        d->peer->running++;
        post->running++;
    } else if (result == OST_E_NOT_FOUND) {
        settle(post, d, 0, false);
    } else {
        d->result = result;
        snprintf(d->detail, sizeof d->detail, "%s", ost_result_sentence(result));
        take_failure(post, d, ost_now(post->provider->context));
    }
    return result == OST_OK || result == OST_E_NOT_FOUND;
}

static void send_waiting(logout_post *post)
{
    int64_t now_ms = monotonic_ms();
    bool more = true;
    /* In turns, so that none waits behind another's queue. */
    while (more && post->running < LOGOUT_TRANSFERS) {
        more = false;
        for (logout_peer *peer = post->peers.first; peer != NULL; peer = peer->next) {
            unsigned allowed = peer->failures > 0 ? 1 : LOGOUT_OF_CLIENT;
            if (peer->rests > now_ms || peer->running >= allowed ||
                post->running >= LOGOUT_TRANSFERS)
                continue;
            delivery *d = logout_peer_next(peer);
            if (d != NULL)
                more |= send_one(post, d);
        }
    }
}

/* ---- borrowing ---- */

static bool hold(logout_post *post, const store_logout *row)
{
    delivery *d = delivery_new(post, row);
    if (d != NULL && logout_peers_add(&post->peers, d, HELD_OF_CLIENT)) {
        post->held++;
        return true;
    }
    memory_free(d);
    return false;
}

/* True: there may be more. */
static bool borrow(logout_post *post)
{
    store_logout *rows;
    store_logout_outcome back[BATCH];
    size_t count = 0, returned = 0;
    int64_t now = ost_now(post->provider->context);
    ost_arena *arena = post->held < HELD_MAX - BATCH ? ost_arena_new(ARENA) : NULL;
    if (arena == NULL)
        return false;
    if (store_logout_take(post->provider->store, now, now + LEASE, BATCH, arena, &rows, &count) !=
        OST_OK)
        count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!hold(post, &rows[i]))
            back[returned++] = (store_logout_outcome){.id = rows[i].id, .due = now + 1};
    }
    if (returned > 0)
        (void)!store_logout_settle(post->provider->store, back, returned);
    ost_arena_free(arena);
    return count == BATCH;
}

static void look(logout_post *post, bool *more)
{
    int64_t waiting = 0;
    bool due = false;
    if (store_logout_count(post->provider->store, ost_now(post->provider->context), &waiting,
                           &due) != OST_OK)
        return;
    atomic_store(&post->waiting, waiting);
    *more |= due;
}

static void *post_run(void *user)
{
    logout_post *post = user;
    int64_t looked = 0;
    bool more = true;
    while (!atomic_load(&post->stopping)) {
        bool rung = logout_bell_wait(&post->provider->logouts_bell, LOOK_EVERY);
        int64_t now_ms = monotonic_ms();
        take_ended(post);
        if (now_ms - looked >= LOOK_EVERY || (rung && post->held == 0)) {
            looked = now_ms;
            look(post, &more);
        }
        if (more)
            more = borrow(post);
        send_waiting(post);
        if (post->running == 0 || post->outcome_count > BATCH / 2)
            write_outcomes(post);
        logout_peers_prune(&post->peers, now_ms);
    }
    return NULL;
}

/* ---- its life ---- */

ost_result logout_post_new(provider *of, const char *ca_file, logout_post **ret_post)
{
    logout_post *post = memory_alloc(sizeof *post);
    if (post == NULL)
        return OST_E_MEMORY;
    post->provider = of;
    pthread_mutex_init(&post->lock, NULL);
    ost_result result = delivery_carrier_init(&post->carrier, of, ca_file);
    if (result != OST_OK) {
        logout_post_free(post);
        return result;
    }
    *ret_post = post;
    return OST_OK;
}

ost_result logout_post_start(logout_post *post)
{
    post->runs = thread_start(&post->thread, "ostiary-logout", post_run, post);
    return post->runs ? OST_OK : OST_E_SYSTEM;
}

void logout_post_stop(logout_post *post)
{
    if (!post->runs)
        return;
    atomic_store(&post->stopping, true);
    logout_bell_ring(&post->provider->logouts_bell);
    pthread_join(post->thread, NULL);
    post->runs = false;
    delivery_carrier_stop(&post->carrier); /* what is under way ends by `ended` */
    int64_t now = ost_now(post->provider->context);
    /* Due again at once, for whoever comes after us. */
    for (delivery *d = post->done, *next; d != NULL; d = next) {
        bool sent = d->result == OST_OK && d->status >= 200 && d->status < 300;
        next = d->next;
        settle(post, d, sent ? 0 : now, false);
    }
    post->done = NULL;
    for (logout_peer *peer = post->peers.first; peer != NULL; peer = peer->next) {
        for (delivery *d; (d = logout_peer_next(peer)) != NULL;)
            settle(post, d, now, false);
    }
    write_outcomes(post);
}

void logout_post_free(logout_post *post)
{
    if (post == NULL)
        return;
    logout_post_stop(post);
    delivery_carrier_end(&post->carrier);
    logout_peers_clear(&post->peers);
    pthread_mutex_destroy(&post->lock);
    memory_free(post);
}

void logout_post_read_state(logout_post *post, logout_post_state *ret_state)
{
    ret_state->waiting = atomic_load(&post->waiting);
    for (int i = 0; i < DELIVERY_KINDS; i++) {
        ret_state->of[i] = (delivery_count){
            .sent = atomic_load(&post->counts[i].sent),
            .failed = atomic_load(&post->counts[i].failed),
            .given_up = atomic_load(&post->counts[i].given_up),
        };
    }
}
