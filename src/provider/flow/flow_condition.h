/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of conditional flows. */
#ifndef FLOW_CONDITION_H
#define FLOW_CONDITION_H

#include "provider/flow/flow_facts.h"

#define FLOW_LEVEL_CONDITION "conditional-level-of-authentication"

#define FLOW_THROUGH_MAX 64 /* flows within a flow that one walk comes through */

/* As far as the walk has come. */
typedef struct flow_progress {
    unsigned used;  /* proofs that stand for a step, bits by their index */
    unsigned kinds; /* of these */
    int64_t level;
    const ost_json *through[FLOW_THROUGH_MAX]; /* flows that have been come through */
    size_t through_count;
} flow_progress;

typedef enum flow_match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN } flow_match;

/* Whether `step`, a condition of `flow`, is met. MATCH_UNKNOWN: that cannot be told. */
flow_match flow_condition_match(const flow_facts *facts, const ost_json *flow, const ost_json *step,
                                flow_progress *progress);

/* Whether the condition can be understood, whoever it is about. */
bool flow_condition_is_known(const ost_json *realm, const ost_json *step);

/* Whether it is about nothing but what somebody has, or has come by. */
bool flow_condition_is_of_owners(const ost_json *step);

/* The role of a condition by roles, and the client scope of one by client scopes; empty: it is
 * another one. */
ost_text flow_condition_role(const ost_json *realm, const ost_json *step);
ost_text flow_condition_scope(const ost_json *realm, const ost_json *step);

/* The alias of the flow that a condition looks back at; NULL: it is another one. */
const ost_json *flow_condition_flow(const ost_json *realm, const ost_json *step);

/* The level of a condition by levels, and for how long it holds in a session (seconds). False: it
 * is another one, or has none that can be read. */
bool flow_condition_level(const ost_json *realm, const ost_json *step, int64_t *ret_level,
                          int64_t *ret_max_age);

/* The factor that a step asks for. */
realm_factor flow_factor_of(const ost_json *step, bool direct);

/* The highest level of the session that has not lapsed, and what `levels` are good for. */
int64_t flow_level_before(const ost_json *flow, const flow_facts *facts);

#endif
