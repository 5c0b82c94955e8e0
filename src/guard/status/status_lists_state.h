/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of an issuer's status lists, for their own files. */
#ifndef STATUS_LISTS_STATE_H
#define STATUS_LISTS_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/published.h"
#include "guard/cache/denied_tokens.h"
#include "guard/cache/questions.h"
#include "guard/keys/key_source.h"
#include "guard/status/status_list.h"

#define STATUS_LISTS_MAX 64 /* held at a time; the one that was used longest ago makes way */
#define STATUS_GONE_MAX 256 /* of those that made way, when they were issued */
#define STATUS_ORIGINS_MAX 8
#define STATUS_TICK 1       /* second; a check may have begun before the list came that it finds */
#define STATUS_PAUSE 5      /* seconds before a list that could not be had is tried again */
#define STATUS_PAUSE_MAX 60 /* the same, where the issuer asks for longer */

/* One list; immutable but for when it was used. */
typedef struct held_list {
    char *uri;
    unsigned bits;
    int64_t obtained, issued, fresh_until, expires; /* seconds since the epoch */
    atomic_llong used;
    size_t len;
    char bytes[];
} held_list;

typedef struct list_set {
    size_t count;
    held_list *lists[STATUS_LISTS_MAX];
} list_set;

/* A list that made way: an older one must not come in its place. */
typedef struct gone_list {
    unsigned char digest[32]; /* of its URI */
    int64_t issued;
} gone_list;

typedef struct status_lists status_lists;
struct status_lists {
    key_source *source;
    char *origins[STATUS_ORIGINS_MAX];
    size_t origin_count;
    bool ignore;
    unsigned stale_limit, lifetime; /* seconds */
    size_t max_list;

    published held;                  /* list_set; replaced by the net client's thread alone */
    gone_list gone[STATUS_GONE_MAX]; /* that thread's, a ring */
    size_t gone_count;
    net_timer *timer;

    /* under the lock */
    pthread_mutex_t lock;
    bool ended;
    questions questions;
    denied_tokens failed; /* lists that could not be had a moment ago, by the digest of the URI */
    char last_error[256]; /* empty after a list came */
    int64_t failing;      /* monotonic ms since when none did; 0: one did */

    /* counters */
    atomic_ullong good, bad;
};

/* Fetches what waits for its turn. On the net client's thread. */
void status_lists_on_time(void *lists);

void held_list_free(held_list *list); /* NULL is fine */

#endif
