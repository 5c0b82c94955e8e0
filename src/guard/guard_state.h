/* The inside of a guard, for the files of this folder alone. */
#ifndef GUARD_STATE_H
#define GUARD_STATE_H

#include "issuer.h"
#include "refusal.h"
#include "token_cache.h"

#define GUARD_ISSUERS 32
#define GUARD_REASONS 48 /* at least as many as there are results */

struct ost_guard {
    net_client *net;
    const ost_context *context;
    issuer *issuers[GUARD_ISSUERS];
    size_t issuer_count;
    token_cache *cache; /* NULL: off */
    size_t max_token;
    ost_algs algorithms; /* of any issuer */
    char *realm, *resource_metadata;
    refusal_style style;
    struct {
        atomic_ullong allowed, waited, no_token, cache_hits, cache_misses;
        atomic_ullong refused[GUARD_REASONS]; /* by the order of OST_RESULTS */
    } counters;
};

/* The place of a result in OST_RESULTS. */
size_t guard_reason_index(ost_result reason);

struct ost_identity {
    const ost_claims *claims;
};

#endif
