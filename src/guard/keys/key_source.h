/* SPDX-License-Identifier: Apache-2.0 */
/* Where the keys of one issuer come from: its keys as last published, and the machinery that keeps
 * them fresh. A caller that asks that issuer for something else (about tokens, for status lists) is
 * given this, and nothing else of it. */
#ifndef KEY_SOURCE_H
#define KEY_SOURCE_H

#include <pthread.h>

#include <ostiary/guard.h>

#include "base/published.h"
#include "guard/keys/fetch_budget.h"
#include "guard/keys/kid_list.h"
#include "jose/key/keyset_read.h"
#include "net/net.h"

#define KEY_WAITERS 1000

/* Immutable once published. */
typedef struct key_snapshot {
    ost_keyset *keys;
    uint64_t generation;      /* unique in the issuer: another one, other keys */
    int64_t obtained;         /* monotonic milliseconds; of the newest fetch that brought them */
    unsigned char digest[32]; /* SHA-256 of the document they came in */
    keyset_left_out left_out; /* what of that document is not a key here */
} key_snapshot;

typedef struct key_waiter {
    struct key_waiter *next;
    void (*ready)(void *user);
    void *user;
} key_waiter;

/* Who is told of what is fetched along with the keys, on the client's thread. */
typedef struct key_listener {
    /* The discovery document was read, or could not be; `introspection_url` is NULL or the
     * listener's from here on, to be freed by memory_free. */
    void (*discovered)(void *user, char *introspection_url);
    /* A fetch has ended, well or not. */
    void (*ended)(void *user);
    void *user;
} key_listener;

typedef struct key_source {
    /* configuration, copied; immutable */
    char *name;          /* the issuer's */
    char *discovery_url; /* NULL: keys come from jwks_url or a secret */
    char *fixed_jwks_url;
    char *ca_file, *proxy, *no_proxy;
    char *seed_file;
    bool insecure_http, symmetric;
    bool no_keys; /* it publishes none: every token is asked about */
    ost_algs algorithms;
    unsigned leeway, lifetime, stale_limit, fetch_timeout; /* seconds */
    const ost_context *context;
    net_client *net;
    key_listener listener; /* its functions may be NULL; set before the first fetch */

    /* what readers see */
    published keys; /* key_snapshot */

    /* fetching: the client's thread's own */
    net_timer *timer;    /* fires when a fetch is to begin */
    char *jwks_url;      /* from discovery */
    int64_t discovered;  /* monotonic ms of the last good discovery; 0: none */
    uint64_t generation; /* the last one given */

    /* fetching: under the lock */
    pthread_mutex_t lock;
    bool wanted;       /* a fetch has been asked for, or is on its way: its end will be told */
    bool running;      /* it is on its way */
    bool ended;        /* the guard is going away */
    kid_list asked;    /* for these, before it began */
    kid_list late;     /* for these, since: it may have been answered before they were known */
    unsigned failures; /* in a row */
    int64_t failing;   /* monotonic ms of the first of them; of no meaning without any */
    fetch_budget budget;
    key_waiter *waiters;
    size_t waiter_count;
    char last_error[256]; /* empty after a good fetch */

    /* counters */
    atomic_ullong fetches_good, fetches_bad;
    atomic_ullong held_back; /* tokens with unknown kids for which none might begin */
} key_source;

/* Its lock alone; the configuration is filled in by its owner. */
void key_source_init(key_source *source, const ost_context *context, net_client *net);

/* Frees what it holds; the net client has been freed before, so that nothing of it runs. */
void key_source_clear(key_source *source);

/* The keys may be used: there are some, and they are not staler than allowed. Between
 * published_enter and published_leave of source->keys. */
bool key_source_usable(const key_source *source, const key_snapshot *snapshot, int64_t now_ms);

/* There are keys that may be used now. Any thread. */
bool key_source_is_ready(key_source *source);

/* Why there are no keys to judge by: OST_E_KEY_UNKNOWN, with what is known of the cause. `some`:
 * there are some, which are too old. */
void key_source_explain(key_source *source, bool some, ost_error *error);

/* ---- key_fetch.c ---- */

/* Begins the first fetch. OST_E_MEMORY. */
OST_MUST_CHECK ost_result key_fetch_start(key_source *source);

/* A token came with an unknown kid, or there are no keys at all. True when a fetch is under way or
 * was begun now whose end could change the verdict. False: the budget is spent, or the kid is known
 * to be unknown; *ret_retry_after (which may be NULL) is then the seconds after which one may begin
 * for a kid that comes again and again, and 0 where nothing speaks for it. A fetch that does not
 * bring a kid for which it was asked while it was under way is followed by another one at once, if
 * the budget allows it, and has ended when that has. */
bool key_fetch_may_help(key_source *source, ost_text kid, bool have_keys,
                        unsigned *ret_retry_after);

bool key_fetch_is_under_way(key_source *source);

/* Calls `ready` when the fetch under way has ended. OST_E_BUSY: none is, or too many wait. */
OST_MUST_CHECK ost_result key_fetch_wait(key_source *source, void (*ready)(void *user), void *user);

/* Tells everyone who waits, for the end of the guard. */
void key_fetch_end(key_source *source);

/* Seconds that keys count as new, by the answer's `max_age` (seconds, negative: none): never longer
 * than they serve. */
unsigned key_fetch_lifetime(const key_source *source, long max_age);

/* Milliseconds until the next refresh after a good fetch, or after `failures` bad ones in a row.
 * `random` spreads many nodes. */
unsigned key_fetch_delay(unsigned lifetime, unsigned failures, unsigned char random);

/* The same by what the issuer answered, if it did (`response` may be NULL): how long its keys are
 * new, or for how long it asks to be left alone, a minute at most. */
unsigned key_fetch_due(const key_source *source, unsigned failures, const net_response *response,
                       unsigned char random);

/* ---- key_document.c ---- */

/* Publishes a key set that was read, or keeps the old one when it cannot. *ret_changed: other keys
 * than before. */
OST_MUST_CHECK ost_result key_document_publish(key_source *source, ost_text jwks, bool *ret_changed,
                                               ost_error *error);

/* What is taken from a discovery document. */
typedef struct discovery {
    char *jwks_url;
    char *introspection_url; /* NULL: there is none that may be asked (RFC 8414 §2) */
} discovery;

/* Reads a discovery document (OpenID Connect Discovery §3): its issuer must be ours, its jwks_uri
 * safe. The URLs are owned by the caller. */
OST_MUST_CHECK ost_result discovery_read(const key_source *source, ost_text document,
                                         discovery *ret_discovery, ost_error *error);

/* ---- key_seed.c ---- */

/* Publishes the key set on disk to start with. A seed that cannot be used is no error of the
 * guard's: keys will be fetched. */
OST_MUST_CHECK ost_result key_seed_load(key_source *source, ost_error *error);

/* Puts the newest key set in its place. */
OST_MUST_CHECK ost_result key_seed_store(const key_source *source, ost_text jwks, ost_error *error);

#endif
