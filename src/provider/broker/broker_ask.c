/* SPDX-License-Identifier: Apache-2.0 */
/* What new users are asked for who have come by an identity provider; see broker_job.h. */
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_job.h"
#include "provider/flow/broker_flow.h"
#include "provider/profile/profile_rules.h"
#include "provider/user/required_action.h"

static ost_result add_action(call *c, const char *action, const ost_json **document)
{
    const ost_json *actions = ost_json_get(*document, "requiredActions");
    ost_result result = document_add_text(actions, text_of(action), c->arena, &actions);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("requiredActions"), actions, c->arena, document)
               : result;
}

/* What the provider has not said, or not well, they say themselves, as the flow wants it. */
ost_result broker_ask_for_rest(call *c, const ost_json **document)
{
    const broker_job *job = c->job;
    profile_faults faults = {0};
    const broker_first first = broker_flow_first(c->realm->document, job->upstream->first_flow);
    ost_result result = profile_check_of(c->realm, *document, c->arena, &faults);
    if (result == OST_OK && first.password)
        result = add_action(c, "UPDATE_PASSWORD", document);
    if (result != OST_OK || first.review == REVIEW_NEVER ||
        (faults.count == 0 && first.review == REVIEW_MISSING) ||
        !required_action_is_on(c->realm, OST_TEXT("UPDATE_PROFILE")))
        return result;
    return add_action(c, "UPDATE_PROFILE", document);
}
