/* SPDX-License-Identifier: Apache-2.0 */
/* Shares in the transfers that may be under way at once: anybody can begin a login, and so have an
 * identity provider, or who keeps a client's intents, asked. Nobody who does not answer takes the
 * room of those who do. Guarded by its owner's lock. */
#ifndef UPSTREAM_SHARES_H
#define UPSTREAM_SHARES_H

#include <ostiary/types.h>

#define UPSTREAM_TRANSFERS 64 /* at a time, */
#define UPSTREAM_INTENTS 32   /* of which so many may be questions about intents */
/* Of what is free one owner may have so many times as much; see guard/sender/proof_shares.h. */
#define UPSTREAM_SHARE 4

typedef enum upstream_kind {
    UPSTREAM_OF_PROVIDER, /* owned by the host that is asked */
    UPSTREAM_OF_INTENT,   /* owned by the client that it is about */
    UPSTREAM_KINDS
} upstream_kind;

/* All zeroes: nothing is under way. */
typedef struct upstream_shares {
    struct upstream_place {
        bool taken;
        upstream_kind kind;
        unsigned char owner[32];
    } places[UPSTREAM_TRANSFERS];
} upstream_shares;

/* Takes a place for one more, to be given back when it has ended. OST_E_BUSY: the owner's share is
 * used up, or there is none. */
OST_MUST_CHECK ost_result upstream_shares_take(upstream_shares *shares, upstream_kind kind,
                                               ost_text owner, size_t *ret_place);
void upstream_shares_give(upstream_shares *shares, size_t place);

#endif
