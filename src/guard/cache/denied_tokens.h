/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that the issuer said no to, remembered for some seconds by their digests, so that each is
 * not asked about again and again. A fixed number: the oldest of a place makes way. Not
 * thread-safe. */
#ifndef DENIED_TOKENS_H
#define DENIED_TOKENS_H

#include <sodium.h>

#include <ostiary/types.h>

#define DENIED_SETS 1024
#define DENIED_WAYS 4

typedef struct denied_token {
    unsigned char digest[32];
    int64_t since, until; /* seconds since the epoch; 0 and 0: empty */
    ost_result reason;
} denied_token;

typedef struct denied_tokens {
    unsigned char key[crypto_shorthash_KEYBYTES]; /* so that nobody can aim at a place */
    denied_token sets[DENIED_SETS][DENIED_WAYS];
} denied_tokens;

/* `context` is for the key. */
OST_MUST_CHECK ost_result denied_tokens_init(denied_tokens *all, const ost_context *context);

void denied_tokens_put(denied_tokens *all, const unsigned char digest[32], ost_result reason,
                       int64_t now, int64_t until);
/* OST_OK: nothing is known against it, at `now`: what was put at a later time does not count, or
 * a clock that was set back would prolong it. */
ost_result denied_tokens_get(const denied_tokens *all, const unsigned char digest[32], int64_t now);

#endif
