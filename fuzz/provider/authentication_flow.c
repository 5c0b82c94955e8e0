/* SPDX-License-Identifier: Apache-2.0 */
/* The flows of a realm's document, the first of which is walked, as a browser's and as a direct
 * grant's: nobody comes in without a first proof or a session, nobody is asked for a factor that
 * they lack, nobody reaches a level that no condition names, and a walk is one of its facts
 * alone. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/flow/flow_condition.h"
#include "provider/flow/flow_walk.h"
#include "provider/realm/realm_flow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OWNED ((unsigned)FACTOR_CODE | (unsigned)FACTOR_RECOVERY)

static void require(bool held)
{
    if (!held)
        abort();
}

static flow_hold role_of(void *user, ost_text name)
{
    return name.len % 3 == 0 ? HOLD_YES : name.len % 3 == 1 ? HOLD_NO : HOLD_ABSENT;
}

static flow_hold scope_of(void *user, ost_text name)
{
    return name.len % 4 == 0 ? HOLD_UNKNOWN : role_of(user, name);
}

static flow_hold attribute_of(void *user, const flow_attribute *attribute)
{
    require(attribute->name.len > 0 && attribute->value.len > 0);
    return scope_of(user, attribute->value);
}

static flow_hold room_of(void *user, const flow_limit *limit)
{
    require(limit->user >= 0 && limit->client >= 0 && limit->user + limit->client > 0);
    return limit->user % 3 == 0 ? HOLD_YES : limit->user % 3 == 1 ? HOLD_NO : HOLD_UNKNOWN;
}

/* Whether some condition of the realm has that level. */
static bool has_level(const ost_json *realm, int64_t level)
{
    int64_t its, age;
    bool found = level == FLOW_LEVEL_NONE;
    for (const ost_json *flow = ost_json_first(ost_json_get(realm, "authenticationFlows"));
         flow != NULL; flow = ost_json_next(flow)) {
        for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
             at != NULL && !found; at = ost_json_next(at))
            found = flow_condition_level(realm, at, &its, &age) && its == level;
    }
    return found;
}

static flow_verdict walk(const ost_json *realm, const unsigned *proofs, size_t count, bool session)
{
    flow_facts facts = {.realm = realm,
                        .owned = OWNED,
                        .proof_count = count,
                        .session = session,
                        .levels = {{1, 950}, {2, 990}},
                        .level_count = session ? 2 : 0,
                        .wanted = 2,
                        .now = 1000,
                        .role = role_of,
                        .scope = scope_of,
                        .attribute = attribute_of,
                        .room = room_of};
    memcpy(facts.proofs, proofs, count * sizeof *proofs);
    const ost_json *flow = ost_json_first(ost_json_get(realm, "authenticationFlows"));
    flow_verdict found = flow_walk(flow, &facts), again = flow_walk(flow, &facts);
    require(found.outcome == again.outcome && found.asks == again.asks &&
            found.level == again.level);
    require(found.outcome != FLOW_ASKS || found.asks != 0);
    require(!found.too_many_sessions || (found.outcome == FLOW_DENIES && found.message.len > 0));
    require((found.asks & PROOF_FACTORS & ~OWNED) == 0);
    facts.direct = true;
    facts.session = false;
    facts.wanted = FLOW_LEVEL_NONE;
    facts.level_count = 0;
    flow_verdict direct = flow_walk(flow, &facts);
    require(direct.outcome != FLOW_ENTERS || (count > 0 && proofs[0] == PROOF_PASSWORD));
    require(direct.setup == 0 && has_level(realm, direct.level));
    require(session || has_level(realm, found.level));
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned factors[] = {FACTOR_CODE, FACTOR_RECOVERY, FACTOR_CODE};
    static const unsigned proofs[] = {PROOF_PASSWORD, FACTOR_CODE, FACTOR_RECOVERY};
    ost_arena *arena = ost_arena_new((size_t)4 << 20);
    const ost_json *realm;
    if (arena != NULL &&
        ost_json_read((ost_text){(const char *)data, size}, NULL, arena, &realm, NULL) == OST_OK) {
        (void)realm_flow_demand_of(realm, NULL, REALM_FLOW_BROWSER);
        (void)realm_flow_demand_of(realm, NULL, REALM_FLOW_DIRECT_GRANT);
        require(walk(realm, proofs, 0, false).outcome != FLOW_ENTERS);
        require(walk(realm, factors, 3, false).outcome != FLOW_ENTERS);
        for (size_t count = 1; count <= 3; count++)
            (void)walk(realm, proofs, count, false);
        (void)walk(realm, factors, 1, true);
    }
    ost_arena_free(arena);
    return 0;
}
