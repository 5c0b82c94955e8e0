/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of sessions as a flow has them; see flow_limit.h. */
#include "provider/flow/flow_limit.h"

#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/flow_read.h"

bool flow_step_has_limit(const ost_json *step)
{
    return flow_step_is(step, "user-session-limits");
}

/* As in Keycloak one that is empty, or no more than 0, is none. */
static bool read_number(const ost_json *config, const char *name, int64_t *ret_number)
{
    ost_text text = text_trim(json_text_of(config, name)), digits = text;
    uint64_t number = 0;
    bool below = text_starts(text, "-");
    if (below)
        digits = text_slice(text, 1, text.len - 1);
    if (text.len > 0 && !text_to_unsigned(digits, below ? INT32_MAX : FLOW_LIMIT_MAX, &number))
        return false;
    *ret_number = below ? 0 : (int64_t)number;
    return true;
}

bool flow_limit_read(const ost_json *realm, const ost_json *step, flow_limit *ret_limit,
                     flow_excess *ret_excess)
{
    const ost_json *config = flow_config_of(realm, step);
    ost_text behavior = json_text_of(config, "behavior");
    flow_limit limit;
    if (config == NULL || !read_number(config, "userRealmLimit", &limit.user) ||
        !read_number(config, "userClientLimit", &limit.client))
        return false;
    bool replaces = text_is(behavior, "Terminate oldest session");
    if (!replaces && !text_is(behavior, "Deny new session") && limit.user + limit.client > 0)
        return false;
    *ret_limit = limit;
    *ret_excess = replaces ? EXCESS_REPLACES : EXCESS_DENIED;
    return true;
}

bool flow_limit_is_known(const ost_json *realm, const ost_json *step)
{
    flow_limit limit;
    flow_excess excess;
    return flow_limit_read(realm, step, &limit, &excess);
}

/* Keycloak's key of the usual words is as good as none. */
ost_text flow_limit_words(const ost_json *realm, const ost_json *step)
{
    ost_text words = json_text_of(flow_config_of(realm, step), "errorMessage");
    return words.len == 0 || text_is(words, "sessionLimitExceeded")
               ? OST_TEXT(FLOW_TOO_MANY_SESSIONS)
               : words;
}

static int64_t lower(int64_t a, int64_t b)
{
    return a == 0 || (b > 0 && b < a) ? b : a;
}

flow_limit flow_limit_join(flow_limit a, flow_limit b)
{
    return (flow_limit){.user = lower(a.user, b.user), .client = lower(a.client, b.client)};
}

flow_room flow_room_join(flow_room a, flow_room b)
{
    return (flow_room){.denies = flow_limit_join(a.denies, b.denies),
                       .ends = flow_limit_join(a.ends, b.ends)};
}
