/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the provider: what its endpoints and its housekeeping share. */
#ifndef PROVIDER_STATE_H
#define PROVIDER_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/published.h"
#include "guard/sender/sender_check.h"
#include "http/http.h"
#include "http/log/outage.h"
#include "provider/call/event_queue.h"
#include "provider/call/logout_bell.h"
#include "provider/call/public_url.h"
#include "provider/call/realm_offer.h"
#include "provider/call/realm_table.h"
#include "store/store.h"

/* What /metrics tells beside the engine's own figures. */
typedef enum provider_counter {
    COUNT_LOGINS,
    COUNT_LOGINS_FAILED,
    COUNT_LOGINS_BLOCKED,
    COUNT_LOGINS_BUSY,
    COUNT_TOKENS,
    COUNT_CODES_REPLAYED,
    COUNT_REFRESHES_REPLAYED,
    COUNT_USES_OVER_SHARE,
    COUNT_KEYS_MADE,
    COUNT_KEYS_PROMOTED,
    COUNT_KEYS_FAILED,
    COUNTERS,
} provider_counter;

/* Keycloak's types of events; each succeeds or fails. */
typedef enum event_type {
    EVENT_LOGIN,
    EVENT_LOGOUT,
    EVENT_DEVICE_AUTH,
    EVENT_DEVICE_VERIFY_USER_CODE,
    EVENT_DEVICE_CODE_TO_TOKEN,
    EVENT_AUTHREQID_TO_TOKEN,
    EVENT_CODE_TO_TOKEN,
    EVENT_REFRESH_TOKEN,
    EVENT_CLIENT_LOGIN,
    EVENT_INTROSPECT_TOKEN,
    EVENT_PUSHED_AUTHORIZATION_REQUEST,
    EVENT_REVOKE_GRANT,
    EVENT_TOKEN_EXCHANGE,
    EVENT_USER_INFO_REQUEST,
    EVENT_UPDATE_PROFILE,
    EVENT_UPDATE_PASSWORD,
    EVENT_UPDATE_TOTP,
    EVENT_REMOVE_TOTP,
    EVENT_UPDATE_CREDENTIAL,
    EVENT_REMOVE_CREDENTIAL,
    EVENT_VERIFY_PROFILE,
    EVENT_CUSTOM_REQUIRED_ACTION,
    EVENT_GRANT_CONSENT,
    EVENT_UPDATE_CONSENT,
    EVENT_IMPERSONATE,
    EVENT_REGISTER,
    EVENT_EXECUTE_ACTION_TOKEN,
    EVENT_EXECUTE_ACTIONS,
    EVENT_SEND_VERIFY_EMAIL,
    EVENT_VERIFY_EMAIL,
    EVENT_SEND_RESET_PASSWORD,
    EVENT_RESET_PASSWORD,
    EVENT_CLIENT_REGISTER,
    EVENT_CLIENT_INFO,
    EVENT_CLIENT_UPDATE,
    EVENT_CLIENT_DELETE,
    EVENT_IDENTITY_PROVIDER_LOGIN,
    EVENT_IDENTITY_PROVIDER_FIRST_LOGIN,
    EVENT_IDENTITY_PROVIDER_LINK_ACCOUNT,
    EVENT_IDENTITY_PROVIDER_RETRIEVE_TOKEN,
    EVENT_CLIENT_INITIATED_ACCOUNT_LINKING,
    EVENTS,
} event_type;

struct call;
typedef struct provider provider; /* provider.h has what the outside may do with it */

struct provider {
    store *store;
    log_sink *log;         /* for what the provider says of itself; NULL: nothing */
    struct tracer *tracer; /* NULL: nothing is traced */
    outage store_outage, clock_outage, load_outage;
    const ost_context *context;
    ost_context shared; /* the clock of all nodes */
    public_url address;
    bool development;
    bool sees_certificates, trusts_authorities; /* of TLS clients, and who vouch for them */
    http_server *server;
    unsigned port;
    http_pool *hashing;      /* password checks alone: they must not hold up anything else */
    proof_cache *assertions; /* of clients, that have been used */
    int64_t started;         /* since when they are remembered */
    sender_rules senders;    /* how proofs of possession are judged */
    struct document_cache *documents;       /* of clients that describe themselves, */
    struct document_cache *client_keys;     /* and keys that clients publish, */
    struct document_cache *sectors;         /* and lists of redirect URIs (client_sector.h) */
    struct document_cache *request_objects; /* that clients publish (request_reference.h) */
    struct ciba_channel *channel;           /* where users are authenticated; NULL: nowhere */
    struct upstream_client *upstreams;      /* asks identity providers */
    struct mailer *mails;                   /* brings mails to their servers */
    struct logout_post *logouts;            /* tells clients of logouts, */
    logout_bell logouts_bell;               /* when this is rung */
    atomic_uint_fast64_t counters[COUNTERS];
    atomic_uint_fast64_t events[EVENTS][2]; /* that went well, that failed */
    signing_process *signing;               /* holds the private keys; NULL: they are here */
    pkcs11_module *device;                  /* has private keys of its own; NULL: no such device */
    published realms;                       /* a realm_table; NULL before the first is loaded */
    realm_offers offers;                    /* that need not be read again */
    event_queue waiting_events;
    int64_t key_interval;    /* seconds that keys sign where a realm does not say; 0: for good */
    int64_t keys_wait_until; /* monotonic ms: after a rotation that failed */
    /* Answers with a page for people. Calls stand below the pages, so it is set where both are
     * known. */
    void (*send_error_page)(struct call *call, int status, const char *message);
    void (*send_not_found)(http_exchange *exchange);
    void (*send_no_administrator)(http_exchange *exchange);
    pthread_mutex_t change_lock; /* held while a realm's document is changed */
    pthread_t keeper;            /* rotates, sweeps, notices changes */
    bool keeper_runs;
    pthread_mutex_t keeper_lock;
    pthread_cond_t keeper_wake;
    bool keys_are_lost; /* to the signing process, which is another one now */
    bool freed;         /* realms, since memory was given back */
    int64_t given_back; /* monotonic ms: when that was */
    bool stopping;
    bool woken;              /* somebody waits for a change to be seen */
    atomic_llong generation; /* of the store, when the realms were read */
};

/* A realm that is served now, for as long as the arena is not reset; NULL: there is none of that
 * name, or no memory. */
const realm_entry *provider_realm(provider *provider, ost_text name, ost_arena *arena);
/* How many there are. */
size_t provider_realm_count(provider *provider);

/* Waits until requests see what the store holds now; a second at most, after which the housekeeping
 * thread goes on trying. On the pool. */
void provider_publish(provider *provider);

static inline void provider_count(provider *p, provider_counter counter)
{
    atomic_fetch_add_explicit(&p->counters[counter], 1, memory_order_relaxed);
}

#endif
