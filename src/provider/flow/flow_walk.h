/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows, walked as Keycloak walks them: what is the next step of somebody of whom
 * this much is known? A walk begins at the top each time, and what was proved before stands for the
 * steps that asked for it, each proof for one: so nothing is skipped, whatever page comes back, and
 * a flow that has changed meanwhile counts as it is. A pure function. */
#ifndef FLOW_WALK_H
#define FLOW_WALK_H

#include "provider/flow/flow_facts.h"

typedef enum flow_outcome {
    FLOW_FAILS, /* nobody comes through like this, or the flow is not understood */
    FLOW_DENIES,
    FLOW_ASKS,
    FLOW_ENTERS,
} flow_outcome;

typedef struct flow_verdict {
    flow_outcome outcome;
    unsigned asks;                    /* FLOW_ASKS: of these, one */
    unsigned setup;                   /* factors that they lack and have to set up */
    ost_text message;                 /* FLOW_DENIES: the flow's own; empty: the usual one */
    bool too_many_sessions;           /* FLOW_DENIES: they have too many sessions */
    flow_room room;                   /* FLOW_ENTERS: what a session that begins is held to */
    int64_t level;                    /* that is reached; FLOW_LEVEL_NONE: the flow has none */
    int64_t reached[FLOW_LEVELS_MAX]; /* levels that the session keeps from here on */
    size_t reached_count;
} flow_verdict;

/* `flow` NULL: Keycloak's own. */
flow_verdict flow_walk(const ost_json *flow, const flow_facts *facts);

#endif
