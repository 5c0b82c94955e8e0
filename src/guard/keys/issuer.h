/* One trusted issuer: its configuration, its keys as last published, and the machinery that keeps
 * them fresh. Issuers share nothing with each other. */
#ifndef ISSUER_H
#define ISSUER_H

#include <pthread.h>

#include <ostiary/guard.h>

#include "base/published.h"
#include "guard/introspection/introspector.h"
#include "guard/keys/fetch_budget.h"
#include "guard/keys/kid_list.h"
#include "guard/status/revocations.h"
#include "guard/status/status_lists.h"
#include "net/net.h"

#define ISSUER_LISTS 32 /* audiences, clients: at most so many each */
#define ISSUER_WAITERS 1000

/* Immutable once published. */
typedef struct key_snapshot {
    ost_keyset *keys;
    uint64_t generation;      /* unique in the issuer: another one, other keys */
    int64_t obtained;         /* monotonic milliseconds; of the newest fetch that brought them */
    unsigned char digest[32]; /* SHA-256 of the document they came in */
} key_snapshot;

typedef struct issuer_waiter {
    struct issuer_waiter *next;
    void (*ready)(void *user);
    void *user;
} issuer_waiter;

typedef struct issuer {
    /* configuration, copied */
    char *name;
    char *discovery_url; /* NULL: keys come from jwks_url or a secret */
    char *fixed_jwks_url;
    char *ca_file;
    char *seed_file;
    char *audiences[ISSUER_LISTS];
    char *clients[ISSUER_LISTS];
    size_t audience_count, client_count;
    bool insecure_any_audience, access_token_profile, insecure_http, symmetric;
    bool no_keys; /* it publishes none: every token is asked about */
    ost_algs algorithms;
    unsigned leeway, lifetime, stale_limit, fetch_timeout; /* seconds */
    const ost_context *context;

    /* what readers see */
    published keys; /* key_snapshot */

    introspector *introspector; /* NULL: off */
    status_lists *status_lists; /* NULL: off */

    /* fetching: the client's thread's own */
    net_client *net;
    net_timer *timer;    /* rings when a fetch is to begin */
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
    issuer_waiter *waiters;
    size_t waiter_count;
    char last_error[256]; /* empty after a good fetch */

    revocations *revocations; /* the guard's to make; NULL until then */

    /* counters */
    atomic_ullong fetches_good, fetches_bad;
} issuer;

/* Copies and checks the configuration; keys come later. OST_E_CONFIG with a sentence. */
OST_MUST_CHECK ost_result issuer_new(const ost_issuer *config, const ost_context *context,
                                     net_client *net, issuer **ret_issuer, ost_error *ret_error);
/* Frees it; the net client has been freed before, so that nothing of it runs. NULL is fine. */
void issuer_free(issuer *issuer);

/* The keys may be used: there are some, and they are not staler than allowed. Between
 * published_enter and published_leave of issuer->keys. */
bool issuer_keys_usable(const issuer *issuer, const key_snapshot *snapshot, int64_t now_ms);
bool issuer_is_ready(issuer *issuer);

/* Why there are no keys to judge by: OST_E_KEY_UNKNOWN, with what is known of the cause. `some`:
 * there are some, which are too old. */
void issuer_explain_no_keys(issuer *issuer, bool some, ost_error *ret_error);

/* ---- key_fetch.c ---- */

/* Begins the first fetch. OST_E_MEMORY. */
OST_MUST_CHECK ost_result key_fetch_start(issuer *issuer);

/* A token came with an unknown kid, or there are no keys at all. True when a fetch is under way or
 * was begun now whose end could change the verdict. False: the budget is spent, or the kid is known
 * to be unknown. A fetch that does not bring a kid for which it was asked while it was under way is
 * followed by another one at once, if the budget allows it, and has ended when that has. */
bool key_fetch_may_help(issuer *issuer, ost_text kid, bool have_keys);

bool key_fetch_is_under_way(issuer *issuer);

/* Calls `ready` when the fetch under way has ended. OST_E_BUSY: none is, or too many wait. */
OST_MUST_CHECK ost_result key_fetch_wait(issuer *issuer, void (*ready)(void *user), void *user);

/* Tells everyone who waits, for the end of the guard. */
void key_fetch_end(issuer *issuer);

/* Seconds that keys count as new, by the answer's `max_age` (seconds, negative: none): never longer
 * than they serve. */
unsigned key_fetch_lifetime(const issuer *issuer, long max_age);

/* Milliseconds until the next refresh after a good fetch, or after `failures` bad ones in a row.
 * `random` spreads many nodes. */
unsigned key_fetch_delay(unsigned lifetime, unsigned failures, unsigned char random);

/* ---- key_document.c ---- */

/* Publishes a key set that was read, or keeps the old one when it cannot. *ret_changed: other keys
 * than before. */
OST_MUST_CHECK ost_result key_document_publish(issuer *issuer, ost_text jwks, bool *ret_changed,
                                               ost_error *ret_error);

/* What is taken from a discovery document. */
typedef struct discovery {
    char *jwks_url;
    char *introspection_url; /* NULL: there is none that may be asked (RFC 8414 §2) */
} discovery;

/* Reads a discovery document (OpenID Connect Discovery §3): its issuer must be ours, its jwks_uri
 * safe. The URLs are owned by the caller. */
OST_MUST_CHECK ost_result discovery_read(const issuer *issuer, ost_text document,
                                         discovery *ret_discovery, ost_error *ret_error);

/* ---- key_seed.c ---- */

/* Publishes the key set on disk to start with. A seed that cannot be used is no error of the
 * guard's: keys will be fetched. */
OST_MUST_CHECK ost_result key_seed_load(issuer *issuer, ost_error *ret_error);

/* Puts the newest key set in its place. */
OST_MUST_CHECK ost_result key_seed_store(const issuer *issuer, ost_text jwks, ost_error *ret_error);

#endif
