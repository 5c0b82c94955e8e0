/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of an introspector, for its own files. */
#ifndef INTROSPECTOR_STATE_H
#define INTROSPECTOR_STATE_H

#include <pthread.h>

#include "guard/cache/denied_tokens.h"
#include "guard/cache/questions.h"
#include "guard/cache/token_cache.h"
#include "guard/introspection/ask_budget.h"
#include "guard/introspection/introspection_request.h"
#include "guard/keys/key_source.h"

#define INTROSPECTOR_QUESTIONS 512 /* questions under way, most of them waiting for their turn */

typedef struct introspector introspector;
struct introspector {
    /* configuration, copied */
    key_source *source;
    char *client_id, *client_secret, *prefix;
    ost_key *key;
    introspection_asker asker;
    bool every_token, fixed_endpoint;
    unsigned lifetime, inactive_lifetime; /* seconds */

    token_cache *answers; /* by digest; `generation` is the second when it came */
    net_timer *timer;     /* fires when questions wait for their turn */

    /* under the lock */
    pthread_mutex_t lock;
    char *endpoint; /* NULL: not known yet */
    bool ended;
    questions questions;
    denied_tokens denied;
    ask_budget budget;
    char last_error[256]; /* empty after an answer */
    int64_t failing;      /* monotonic ms since when there was none; 0: there was */

    /* counters */
    atomic_ullong active, inactive, failed, hits, misses, held_back;
};

/* Notes why there was no answer, and since when. Under the lock. */
void introspector_note_failure(introspector *in, const char *why);

/* Sends what waits for its turn. On the net client's thread. */
void introspector_on_time(void *introspector);

/* Ends every question that waits for its turn; they fail as the one before them did. On the net
 * client's thread. */
void introspector_give_up(introspector *in);

#endif
