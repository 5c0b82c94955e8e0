/* Remembered signatures: only the cryptographic verdict, and the bytes that were signed. Claims,
 * times and policy are looked at on every request. Bounded in entries and bytes. */
#ifndef TOKEN_CACHE_H
#define TOKEN_CACHE_H

#include <ostiary/jose.h>

typedef struct token_cache token_cache;

OST_MUST_CHECK ost_result token_cache_new(size_t entries, size_t bytes, token_cache **ret_cache);
void token_cache_free(token_cache *cache); /* NULL is fine */

typedef struct remembered {
    size_t issuer;       /* its index in the guard */
    uint64_t generation; /* of the keys that verified it */
    ost_alg alg;
    ost_text payload; /* decoded; from get: a copy in the arena */
} remembered;

/* True when this very token has been verified. Any thread. */
bool token_cache_get(token_cache *cache, ost_text token, ost_arena *arena, remembered *ret);

/* Remembers until `expiry` (seconds since the epoch); what was in its place is forgotten. */
void token_cache_put(token_cache *cache, ost_text token, const remembered *what, int64_t expiry,
                     int64_t now);

#endif
