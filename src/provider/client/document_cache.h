/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that clients are known by, fetched from addresses that they name: their metadata
 * (draft-ietf-oauth-client-id-metadata-document), their keys (RFC 7591 §2, jwks_uri). An address is
 * a stranger's: only what the realm allows is connected to, no redirect is followed, size, time,
 * number and frequency are bounded. Any thread. */
#ifndef DOCUMENT_CACHE_H
#define DOCUMENT_CACHE_H

#include "provider/client/document_kind.h"

#define DOCUMENT_TIMEOUT 5000   /* milliseconds, for everything */
#define DOCUMENT_FETCHES_MAX 32 /* at a time */
#define DOCUMENT_AGE_MIN 60     /* seconds, whatever its server says, */
#define DOCUMENT_AGE_DEFAULT 300
#define DOCUMENT_AGE_MAX 86400
/* Seconds for which a document is used that cannot be had anew because its server fails. */
#define DOCUMENT_STALE_MAX 86400

typedef struct document_cache document_cache;

/* `kind` outlives the cache; `ca_file`: PEM of the authorities to trust; NULL: the system's. */
OST_MUST_CHECK ost_result document_cache_new(const document_kind *kind, const char *ca_file,
                                             document_cache **ret_cache);
/* Ends what is under way: those who wait are told OST_E_STATE. NULL is fine. */
void document_cache_stop(document_cache *cache);
void document_cache_free(document_cache *cache); /* NULL is fine */

/* The document as it was fetched for the realm, a copy in the arena. OST_E_NOT_FOUND: it is not
 * there; OST_E_EXPIRED: it is, and is filled in, but has to be fetched again. */
OST_MUST_CHECK ost_result document_cache_get(document_cache *cache, ost_text realm, ost_text url,
                                             int64_t now, ost_arena *arena, ost_text *ret_body);

/* The same of a kind that is read: its value, with a reference more in either case, and when it was
 * asked for last. */
OST_MUST_CHECK ost_result document_cache_value(document_cache *cache, ost_text realm, ost_text url,
                                               int64_t now, void **ret_value, int64_t *ret_asked);

/* Forgets one that turned out to be worth nothing. */
void document_cache_drop(document_cache *cache, ost_text realm, ost_text url);

/* Who waits for a fetch; the caller's memory until `told` is called. */
typedef struct document_waiter {
    void (*told)(struct document_waiter *waiter); /* on the client's thread, or the caller's */
    void *user;
    ost_result result; /* OST_OK: document_cache_get has it */
    char detail[200];  /* a sentence for the operator when it is not */
    struct document_waiter *next;
} document_waiter;

/* Fetches it, or waits with those who asked before. `blocks`: addresses that are not public and may
 * be connected to (address_scope.h). `told` is called once, in any case. */
void document_cache_fetch(document_cache *cache, ost_text realm, ost_text url, ost_text blocks,
                          document_waiter *waiter);

/* How many fetches have ended, and how many of these brought nothing. */
void document_cache_count(document_cache *cache, uint64_t *ret_fetches, uint64_t *ret_failures);

#endif
