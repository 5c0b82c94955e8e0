/* One trusted issuer: its configuration, its keys as last published, and the machinery that keeps
 * them fresh. Issuers share nothing with each other. */
#ifndef ISSUER_H
#define ISSUER_H

#include <pthread.h>

#include <ostiary/guard.h>

#include "net.h"
#include "published.h"

#define ISSUER_LISTS 32    /* audiences, clients: at most so many each */
#define ISSUER_UNKNOWN 256 /* remembered unknown kids */
#define ISSUER_WAITERS 1000

/* Immutable once published. */
typedef struct key_snapshot {
    ost_keyset *keys;
    uint64_t generation; /* unique in the guard; names remembered signatures */
    int64_t obtained;    /* monotonic milliseconds; of the newest fetch that brought these keys */
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
    const char *audiences[ISSUER_LISTS];
    const char *clients[ISSUER_LISTS];
    size_t audience_count, client_count;
    bool insecure_any_audience, insecure_http, symmetric;
    ost_algs algorithms;
    unsigned leeway, lifetime, stale_limit, fetch_timeout; /* seconds */

    /* what readers see */
    published keys; /* key_snapshot */

    /* fetching: under the lock */
    pthread_mutex_t lock;
    net_client *net;
    char *jwks_url;     /* from discovery */
    int64_t discovered; /* monotonic ms of the last good discovery */
    bool in_flight;
    bool ended;          /* the guard is going away */
    unsigned failures;   /* in a row */
    int64_t attempts[2]; /* monotonic ms of the last two fetches for unknown kids */
    int64_t due;         /* monotonic ms of the next refresh */
    issuer_waiter *waiters;
    size_t waiter_count;
    struct {
        uint64_t hash;
        int64_t until; /* monotonic ms */
    } unknown[ISSUER_UNKNOWN];
    size_t next_unknown;
    char last_error[256];

    /* counters */
    atomic_ullong fetches_good, fetches_bad;
} issuer;

/* Copies and checks the configuration; keys come later. OST_E_CONFIG with a sentence. */
OST_MUST_CHECK ost_result issuer_new(const ost_issuer *config, net_client *net, issuer **ret_issuer,
                                     ost_error *ret_error);
/* Frees it; the net client has been freed before, so that nothing of it runs. */
void issuer_free(issuer *issuer);

/* The keys may be used: there are some, and they are not staler than allowed. Between
 * published_enter and published_leave of issuer->keys. */
bool issuer_keys_usable(const issuer *issuer, const key_snapshot *snapshot, int64_t now_ms);
bool issuer_is_ready(issuer *issuer);

/* ---- key_fetch.c ---- */

/* Begins the first fetch. */
void key_fetch_start(issuer *issuer);

/* An unknown kid, or no keys at all: true when a fetch is in flight or was begun now whose end
 * could change the verdict. False: the budget is spent, or the kid is known to be unknown. */
bool key_fetch_may_help(issuer *issuer, ost_text kid, bool have_keys);

/* A fetch has not brought this kid: it is refused without another one for a while. */
void key_fetch_remember(issuer *issuer, ost_text kid);

/* Calls `ready` when the fetch in flight has ended. OST_E_BUSY: none is, or too many wait. */
OST_MUST_CHECK ost_result key_fetch_wait(issuer *issuer, void (*ready)(void *user), void *user);

/* Tells everyone who waits, for the end of the guard. */
void key_fetch_end(issuer *issuer);

/* ---- key_document.c ---- */

/* Publishes a key set that was read. Keeps the old keys when it cannot. */
OST_MUST_CHECK ost_result issuer_publish(issuer *issuer, ost_text jwks, ost_error *ret_error);

/* Reads a discovery document (OpenID Connect Discovery §3): its issuer must be ours, its jwks_uri
 * safe. The URL is owned by the caller. */
OST_MUST_CHECK ost_result discovery_read(const issuer *issuer, ost_text document,
                                         char **ret_jwks_url, ost_error *ret_error);

/* The key set on disk to start with, and keeping it up to date. */
void seed_load(issuer *issuer);
void seed_store(const issuer *issuer, ost_text jwks);

#endif
