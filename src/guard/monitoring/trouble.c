/* SPDX-License-Identifier: Apache-2.0 */
/* The state of what issuers depend on; see trouble.h. */
#include "guard/monitoring/trouble.h"

#include "base/text.h"
#include "guard/guard_state.h"
#include "guard/introspection/introspector.h"
#include "guard/status/status_lists.h"

size_t guard_issuer_count(const ost_guard *guard)
{
    return guard->issuer_count;
}

const char *guard_issuer_name(const ost_guard *guard, size_t index)
{
    return guard->issuers[index]->source.name;
}

static void tell(char ret_why[TROUBLE_WHY], const char *why)
{
    (void)text_to_string(text_of(why), ret_why, TROUBLE_WHY);
}

static bool keys_fail(key_source *source, char ret_why[TROUBLE_WHY])
{
    pthread_mutex_lock(&source->lock);
    bool fails = source->failures > 0;
    if (fails)
        tell(ret_why, source->last_error);
    pthread_mutex_unlock(&source->lock);
    return fails;
}

static bool introspection_fails(introspector *in, char ret_why[TROUBLE_WHY])
{
    introspector_state state;
    if (in == NULL)
        return false;
    introspector_read_state(in, &state);
    if (state.failing >= 0)
        tell(ret_why, state.last_error);
    return state.failing >= 0;
}

static bool status_lists_fail(status_lists *all, int64_t now, char ret_why[TROUBLE_WHY])
{
    status_lists_state state;
    if (all == NULL)
        return false;
    status_lists_read_state(all, now, &state);
    if (state.failing >= 0)
        tell(ret_why, state.last_error);
    return state.failing >= 0;
}

bool guard_part_fails(const ost_guard *guard, size_t index, guard_part part,
                      char ret_why[TROUBLE_WHY])
{
    struct issuer *i = guard->issuers[index];
    switch (part) {
    case GUARD_KEYS:
        return keys_fail(&i->source, ret_why);
    case GUARD_INTROSPECTION:
        return introspection_fails(i->introspector, ret_why);
    case GUARD_STATUS_LISTS:
        return status_lists_fail(i->status_lists, ost_now(guard->context), ret_why);
    case GUARD_PARTS:
        break;
    }
    return false;
}
