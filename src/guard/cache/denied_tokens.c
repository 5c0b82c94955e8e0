/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that were refused; see denied_tokens.h. */
#include "guard/cache/denied_tokens.h"

#include <string.h>

#include "base/context.h"

ost_result denied_tokens_init(denied_tokens *all, const ost_context *context)
{
    *all = (denied_tokens){0};
    return context_random(context, all->key, sizeof all->key);
}

static size_t set_of(const denied_tokens *all, const unsigned char digest[32])
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, digest, 32, all->key);
    return hash % DENIED_SETS;
}

static bool counts(const denied_token *token, int64_t now)
{
    return token->since <= now && now < token->until;
}

/* Its own place, else one that does not count, else the one that ends first. */
void denied_tokens_put(denied_tokens *all, const unsigned char digest[32], ost_result reason,
                       int64_t now, int64_t until)
{
    denied_token *set = all->sets[set_of(all, digest)], *place = &set[0];
    if (until <= now)
        return;
    for (size_t way = 0; way < DENIED_WAYS; way++) {
        if (memcmp(set[way].digest, digest, sizeof set[way].digest) == 0) {
            place = &set[way];
            break;
        }
        bool counts_now = counts(&set[way], now), best_counts = counts(place, now);
        if (best_counts && (!counts_now || set[way].until < place->until))
            place = &set[way];
    }
    memcpy(place->digest, digest, sizeof place->digest);
    place->since = now;
    place->until = until;
    place->reason = reason;
}

ost_result denied_tokens_get(const denied_tokens *all, const unsigned char digest[32], int64_t now)
{
    const denied_token *set = all->sets[set_of(all, digest)];
    for (size_t way = 0; way < DENIED_WAYS; way++) {
        if (counts(&set[way], now) && memcmp(set[way].digest, digest, sizeof set[way].digest) == 0)
            return set[way].reason;
    }
    return OST_OK;
}
