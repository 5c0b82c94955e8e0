/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of what people failed at, which nodes add to together. As store_memory.h says, a server
 * that crashes may forget the last second of them. */
#ifndef STORE_FAILURE_H
#define STORE_FAILURE_H

#include "store/store.h"

/* Whose failures. Counts of nobody are kept for the time that they take alone. */
typedef enum store_failure_kind {
    FAILURES_OF_NETWORK, /* with all users */
    FAILURES_OF_PAIR,    /* of a user, as seen from one network */
    FAILURES_OF_USER,    /* from everywhere */
    FAILURES_OF_CODES,   /* of a network, with codes of devices */
    FAILURES_OF_NO_NETWORK,
    FAILURES_OF_NO_PAIR,
    FAILURES_OF_NO_USER,
    FAILURES_OF_REGISTRATIONS, /* of a network: no failures, but too many may not be */
    FAILURES_OF_MAILS,         /* likewise */
} store_failure_kind;

/* What counts failures: one for all that is the same here. Empty texts: none. */
typedef struct store_counter {
    ost_text realm, user_id, network;
    store_failure_kind kind;
} store_counter;

/* What a failure more leads to. */
typedef struct store_failure {
    store_counter counter;
    ost_text address;       /* where it came from; 63 bytes of it are kept */
    int64_t window;         /* milliseconds, as all here; failures older than this do not count */
    int64_t limit;          /* of failures, until there is a wait, */
    int64_t wait, max_wait; /* this long, and again for as many more; 0: none */
    int64_t quick, quick_wait; /* so soon after the one before they wait, too */
} store_failure;

#define STORE_COUNTERS_MAX 3

typedef struct store_failure_state {
    int64_t now;         /* milliseconds */
    bool blocked;        /* by another counter than the user's own, */
    bool user_blocked;   /* by that one */
    bool failed;         /* the pair, since it succeeded last */
    int64_t known_until; /* the pair has succeeded, and counts as known; 0: not */
} store_failure_state;

/* Reads at most STORE_COUNTERS_MAX together. `now`: milliseconds; 0: by the database's clock. */
OST_MUST_CHECK ost_result store_failure_look(store *store, const store_counter *counters,
                                             size_t count, int64_t now,
                                             store_failure_state *ret_state);

/* Counts one failure each, at the time that store_failure_look told; all of them or none, and none
 * is lost to who counts at the same time. Always in the same order of kinds. OST_E_NOT_FOUND: the
 * realm is gone. */
OST_MUST_CHECK ost_result store_failure_add(store *store, const store_failure *failures,
                                            size_t count, int64_t now);

/* Forgets the failures of a pair, and knows it until then. */
OST_MUST_CHECK ost_result store_failure_forget(store *store, const store_counter *pair, int64_t now,
                                               int64_t known_until);

/* What is remembered of a user, from all networks. Milliseconds; 0: none. */
typedef struct store_failure_sum {
    int64_t failures; /* since the last success, each network's added up */
    int64_t last;
    int64_t blocked_until; /* the longest of all networks' */
    ost_text address;      /* of the last one */
} store_failure_sum;
OST_MUST_CHECK ost_result store_failure_read(store *store, ost_text realm, ost_text user_id,
                                             ost_arena *arena, store_failure_sum *ret_sum);

/* Forgets the failures of a user, from all networks; or (empty) those of the whole realm, but for
 * codes of devices. Who is known stays so. */
OST_MUST_CHECK ost_result store_failure_lift(store *store, ost_text realm, ost_text user_id);

#endif
