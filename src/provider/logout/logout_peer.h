/* SPDX-License-Identifier: Apache-2.0 */
/* The clients that are being told of logouts: what waits for each, how much is under way, and since
 * when one fails. For one thread. */
#ifndef LOGOUT_PEER_H
#define LOGOUT_PEER_H

#include "http/log/outage.h"
#include "store/session/store_logout.h"

struct logout_post;
typedef struct logout_peer logout_peer;

typedef enum delivery_kind { DELIVERY_LOGOUT, DELIVERY_NOTIFICATION, DELIVERY_KINDS } delivery_kind;

/* One logout token, or one notification, on its way to one client. */
typedef struct delivery {
    struct delivery *next;
    struct logout_post *post;
    logout_peer *peer;
    store_logout row; /* its texts are this allocation's */
    /* How it ended. */
    ost_result result;
    long status;
    char detail[160];
    char text[];
} delivery;

/* A copy of the row. NULL: no memory. */
delivery *delivery_new(struct logout_post *post, const store_logout *row);

delivery_kind delivery_kind_of(const delivery *d);

struct logout_peer {
    logout_peer *next;
    char *name; /* realm, line feed, client_id */
    delivery *first, *last;
    unsigned waiting, running;
    unsigned failures; /* in a row */
    int64_t rests;     /* monotonic milliseconds: until then it is left alone */
    outage outage;
};

typedef struct logout_peers {
    logout_peer *first;
} logout_peers;

/* The one that the delivery is for, made when it is new, which then waits there. False: no memory,
 * or more than `max` wait already. */
bool logout_peers_add(logout_peers *peers, delivery *d, unsigned max);
/* The next that waits, taken out; NULL: none. */
delivery *logout_peer_next(logout_peer *peer);
/* It took one, or failed as a whole: seconds to leave it alone. */
void logout_peer_works(logout_peer *peer);
unsigned logout_peer_fails(logout_peer *peer, int64_t now_ms, unsigned longest);
/* Forgets those that have nothing to do and have not failed lately. */
void logout_peers_prune(logout_peers *peers, int64_t now_ms);
/* Frees all, with what waits. */
void logout_peers_clear(logout_peers *peers);

#endif
