/* SPDX-License-Identifier: Apache-2.0 */
/* Hands out an issuer's current keys; see guard_keys.h. */
#include "guard/guard_keys.h"

#include "base/context.h"
#include "base/text.h"
#include "guard/guard_state.h"

static issuer *find(ost_guard *guard, ost_text name)
{
    for (size_t i = 0; i < guard->issuer_count; i++) {
        if (text_is(name, guard->issuers[i]->source.name))
            return guard->issuers[i];
    }
    return NULL;
}

ost_result guard_keys(ost_guard *guard, ost_text name, ost_keyset **ret_keys)
{
    issuer *trusted = find(guard, name);
    published_place place;
    if (trusted == NULL)
        return OST_E_ISSUER;
    const key_snapshot *snapshot = published_enter(&trusted->source.keys, &place);
    bool usable = key_source_usable(&trusted->source, snapshot, monotonic_ms());
    if (usable)
        *ret_keys = ost_keyset_ref(snapshot->keys);
    published_leave(&trusted->source.keys, place);
    return usable ? OST_OK : OST_E_STATE;
}

bool guard_keys_await(ost_guard *guard, ost_text name, ost_text kid, ost_alg alg,
                      void (*ready)(void *user), void *user)
{
    issuer *trusted = find(guard, name);
    const ost_key *key;
    ost_keyset *keys = NULL;
    if (trusted == NULL)
        return false;
    bool some = guard_keys(guard, name, &keys) == OST_OK;
    bool known = some && ost_keyset_find(keys, kid, alg, &key) != OST_E_KEY_UNKNOWN;
    ost_keyset_unref(keys);
    return !known && key_fetch_may_help(&trusted->source, kid, some) &&
           key_fetch_wait(&trusted->source, ready, user) == OST_OK;
}
