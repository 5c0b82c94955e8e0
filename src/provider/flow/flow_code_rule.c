/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a step asks for a one-time code; see flow_code_rule.h. */
#include "provider/flow/flow_code_rule.h"

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/flow_read.h"

bool flow_step_has_code_rule(const ost_json *step)
{
    return flow_step_is(step, "auth-conditional-otp-form");
}

bool flow_code_rule_is_known(const ost_json *realm, const ost_json *step)
{
    const ost_json *config = flow_config_of(realm, step);
    return json_text_of(config, "noOtpRequiredForHeaderPattern").len == 0 &&
           json_text_of(config, "forceOtpForHeaderPattern").len == 0;
}

ost_text flow_code_rule_role(const ost_json *realm, const ost_json *step, bool spared)
{
    return flow_step_has_code_rule(step)
               ? json_text_of(flow_config_of(realm, step), spared ? "skipOtpRole" : "forceOtpRole")
               : (ost_text){0};
}

/* A user whose attribute says both is asked. */
static flow_hold holds_word(const flow_facts *facts, const ost_json *config, const char *word)
{
    const flow_attribute attribute = {.name = json_text_of(config, "otpControlAttribute"),
                                      .value = text_of(word)};
    return attribute.name.len > 0 ? facts->attribute(facts->user, &attribute) : HOLD_NO;
}

static flow_hold holds_role(const flow_facts *facts, const ost_json *step, bool spared)
{
    ost_text name = flow_code_rule_role(facts->realm, step, spared);
    return name.len > 0 ? facts->role(facts->user, name) : HOLD_NO;
}

/* The first of them that has something to say; as in Keycloak whom nothing spares is asked. One
 * without a configuration, at which Keycloak 24 fails, asks everybody. */
flow_match flow_code_rule_match(const flow_facts *facts, const ost_json *step)
{
    const ost_json *config = flow_config_of(facts->realm, step);
    const struct {
        flow_hold hold;
        flow_match then;
    } rules[] = {
        {holds_word(facts, config, "force"), MATCH_YES},
        {holds_word(facts, config, "skip"), MATCH_NO},
        {holds_role(facts, step, true), MATCH_NO},
        {holds_role(facts, step, false), MATCH_YES},
    };
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        if (rules[i].hold == HOLD_UNKNOWN)
            return MATCH_UNKNOWN;
        if (rules[i].hold == HOLD_YES)
            return rules[i].then;
    }
    return text_is(json_text_of(config, "defaultOtpOutcome"), "skip") ? MATCH_NO : MATCH_YES;
}
