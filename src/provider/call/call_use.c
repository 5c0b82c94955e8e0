/* SPDX-License-Identifier: Apache-2.0 */
/* What may be used once; see call_use.h. */
#include "provider/call/call_use.h"

#include "store/memory/store_memory.h"

static bool judge(call *c, ost_result result, const call_use *use)
{
    if (result == OST_OK)
        return true;
    if (result == OST_E_CONFLICT)
        return call_refuse(c, use->refusal.status, use->refusal.error, use->refusal.description);
    if (result == OST_E_CEILING) {
        provider_count(c->provider, COUNT_USES_OVER_SHARE);
        return call_refuse(c, 503, "temporarily_unavailable",
                           "Too many of this key or client have been shown lately");
    }
    return call_is_busy(result) ? call_refuse_busy(c) : call_refuse(c, 500, "server_error", NULL);
}

bool call_use_once(call *c, proof_cache *here, call_use use)
{
    if (!judge(c, proof_cache_add(here, use.owner, use.id, use.until, c->now), &use))
        return false;
    if (!store_is_shared(c->provider->store))
        return true;
    if (c->use_count == CALL_USES)
        return call_refuse(c, 500, "server_error", NULL);
    c->uses[c->use_count++] = use;
    return true;
}

bool call_confirm_uses(call *c)
{
    for (; c->uses_confirmed < c->use_count; c->uses_confirmed++) {
        const call_use *use = &c->uses[c->uses_confirmed];
        if (!judge(c, store_use_once(c->provider->store, use->owner, use->id, use->until), use))
            return false;
    }
    return true;
}

bool call_has_unconfirmed_uses(const call *c)
{
    return c->uses_confirmed < c->use_count;
}
