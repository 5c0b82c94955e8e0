/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows as a realm's document has them. */
#ifndef FLOW_READ_H
#define FLOW_READ_H

#include <ostiary/json.h>

/* A flow within a flow, of those that are followed; and how many steps one of them has. */
#define FLOW_DEPTH_MAX 8
#define FLOW_STEPS_MAX 64
#define FLOW_VISITS_MAX 1000 /* steps of one walk: a flow may name another twice */

typedef enum flow_requirement {
    STEP_DISABLED,
    STEP_REQUIRED,
    STEP_ALTERNATIVE,
    STEP_CONDITIONAL,
    STEP_OPTIONAL, /* of before Keycloak 8: of those who have what it asks for */
    STEP_UNKNOWN,
} flow_requirement;

/* One without a requirement is disabled. */
flow_requirement flow_requirement_of(const ost_json *step);

/* The flow of that alias (JSON text); NULL: there is none. */
const ost_json *flow_find(const ost_json *realm, const ost_json *alias);
const ost_json *flow_find_named(const ost_json *realm, ost_text alias);

/* Whether browsers may be led through the flow of that alias by itself: it is there, and no part of
 * another one. *ret_flow NULL: it is Keycloak's own, which the realm goes by and does not list. */
bool flow_find_for_browsers(const ost_json *realm, ost_text alias, const ost_json **ret_flow);

/* The alias of the flow that the step is; NULL: it is none, but an authenticator. */
const ost_json *flow_part_of(const ost_json *step);

bool flow_step_is(const ost_json *step, const char *authenticator);
bool flow_step_is_condition(const ost_json *step);

/* Whether a flow has no more steps than are followed; of others nothing is read. */
bool flow_is_bounded(const ost_json *flow);

/* The flow's steps in the order of their priorities; `before` NULL: the first. NULL: there are no
 * more. */
const ost_json *flow_step_after(const ost_json *flow, const ost_json *before);

/* Whether it is bounded, and each of its steps says in a way that is known what it is for. */
bool flow_is_understood(const ost_json *flow);

/* Whether a step of the flow is required: its alternatives do not count then. */
bool flow_has_required(const ost_json *flow);

/* The configuration of a step: an object of texts; NULL: it has none. */
const ost_json *flow_config_of(const ost_json *realm, const ost_json *step);

#endif
