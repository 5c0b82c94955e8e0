/* SPDX-License-Identifier: Apache-2.0 */
/* The browser flow that a policy chooses (auth-flow-enforcer); see policy_executor.h. */
#include "base/text.h"
#include "provider/flow/flow_read.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"

#define ALIAS "auth-flow-alias"

/* As in Keycloak one without an alias chooses nothing, whatever its level. */
static bool names_flow(const ost_json *configuration)
{
    const ost_json *alias = ost_json_get(configuration, ALIAS);
    return alias != NULL && !ost_json_is(alias, OST_JSON_NULL);
}

/* As in Keycloak one without a level leaves that of the one before. */
void choose_flow(const ost_json *configuration, policy_flow *flow)
{
    if (!names_flow(configuration))
        return;
    flow->chosen = true;
    flow->alias = policy_text(configuration, ALIAS);
    flow->level = policy_number(configuration, "auth-flow-loa", flow->level);
}

const char *fault_of_flow(const ost_json *configuration, const ost_json *realm)
{
    const ost_json *flow;
    return !names_flow(configuration) ||
                   flow_find_for_browsers(realm, policy_text(configuration, ALIAS), &flow)
               ? NULL
               : ALIAS " is not the alias of a flow that stands by itself";
}
