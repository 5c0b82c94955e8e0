/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of client policies: for whom, and when, a policy counts. */
#ifndef POLICY_CONDITION_H
#define POLICY_CONDITION_H

#include "provider/policy/policy_case.h"

typedef enum policy_vote { POLICY_YES, POLICY_NO, POLICY_ABSTAINS } policy_vote;

typedef policy_vote policy_condition(const ost_json *configuration, const policy_case *c);

/* The condition of that name, and its configuration as it asks for it: attributes, which are JSON
 * within a string, are read; in the arena. OST_E_NOT_FOUND: it is not known, or nothing enforces
 * it. OST_E_FORMAT: so configured, nobody could tell whom it is about. OST_E_MEMORY. */
OST_MUST_CHECK ost_result policy_condition_read(ost_text name, const ost_json *configuration,
                                                ost_arena *arena, policy_condition **ret_condition,
                                                const ost_json **ret_configuration);

/* The vote, turned round where the configuration asks for that. */
policy_vote policy_condition_ask(policy_condition *condition, const ost_json *configuration,
                                 const policy_case *c);

#endif
