/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that ask some people for a one-time code and spare others (auth-conditional-otp-form). */
#ifndef FLOW_CODE_RULE_H
#define FLOW_CODE_RULE_H

#include "provider/flow/flow_condition.h"

bool flow_step_has_code_rule(const ost_json *step);

/* Whether its rule can be followed: those by fields of the request, which whoever comes may write
 * themselves, are not. */
bool flow_code_rule_is_known(const ost_json *realm, const ost_json *step);

/* The role that it spares, or that it asks; empty: it names none. */
ost_text flow_code_rule_role(const ost_json *realm, const ost_json *step, bool spared);

/* Whether it asks: MATCH_NO, it spares them. */
flow_match flow_code_rule_match(const flow_facts *facts, const ost_json *step);

#endif
