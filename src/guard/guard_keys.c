/* Hands out an issuer's current keys; see guard_keys.h. */
#include "guard_keys.h"

#include "context.h"
#include "guard_state.h"
#include "text.h"

ost_result guard_keys(ost_guard *guard, ost_text name, ost_keyset **ret_keys)
{
    for (size_t i = 0; i < guard->issuer_count; i++) {
        issuer *trusted = guard->issuers[i];
        if (!text_is(name, trusted->name))
            continue;
        published_place place;
        const key_snapshot *snapshot = published_enter(&trusted->keys, &place);
        bool usable = issuer_keys_usable(trusted, snapshot, monotonic_ms());
        if (usable)
            *ret_keys = ost_keyset_ref(snapshot->keys);
        published_leave(&trusted->keys, place);
        return usable ? OST_OK : OST_E_STATE;
    }
    return OST_E_ISSUER;
}
