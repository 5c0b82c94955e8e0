/* SPDX-License-Identifier: Apache-2.0 */
/* Shares in transfers; see upstream_shares.h. */
#include "provider/upstream/upstream_shares.h"

#include <string.h>

#include <ostiary/jwt.h>

typedef struct share {
    size_t all, kind, own; /* that are under way */
    size_t free;           /* a place; UPSTREAM_TRANSFERS: none */
} share;

static share count(const upstream_shares *shares, upstream_kind kind, const unsigned char *owner)
{
    share s = {.free = UPSTREAM_TRANSFERS};
    for (size_t i = 0; i < UPSTREAM_TRANSFERS; i++) {
        const struct upstream_place *place = &shares->places[i];
        bool same = place->taken && place->kind == kind;
        if (!place->taken)
            s.free = i;
        s.all += place->taken;
        s.kind += same;
        s.own += same && memcmp(place->owner, owner, sizeof place->owner) == 0;
    }
    return s;
}

ost_result upstream_shares_take(upstream_shares *shares, upstream_kind kind, ost_text owner,
                                size_t *ret_place)
{
    unsigned char hash[32];
    ost_result result = ost_sha256(owner, hash);
    if (result != OST_OK)
        return result;
    share s = count(shares, kind, hash);
    size_t left = UPSTREAM_TRANSFERS - s.all;
    if (kind == UPSTREAM_OF_INTENT && UPSTREAM_INTENTS - s.kind < left)
        left = UPSTREAM_INTENTS - s.kind;
    if (left == 0 || s.own >= UPSTREAM_SHARE * left)
        return OST_E_BUSY;
    struct upstream_place *place = &shares->places[s.free];
    *place = (struct upstream_place){.taken = true, .kind = kind};
    memcpy(place->owner, hash, sizeof hash);
    *ret_place = s.free;
    return OST_OK;
}

void upstream_shares_give(upstream_shares *shares, size_t place)
{
    shares->places[place].taken = false;
}
