/* SPDX-License-Identifier: Apache-2.0 */
/* Every check of a token, one after the other, in the guard's order, with what was expected and
 * what was seen, as the guard itself has traced it, and how to mend it. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <ostiary/guard.h>

#include "guard/check/check_trace.h"

typedef enum explain_outcome {
    EXPLAIN_UNKNOWN, /* not to be found out: because of a check before, or nothing was shown */
    EXPLAIN_PASSED,
    EXPLAIN_FAILED,
} explain_outcome;

typedef struct explain_step {
    explain_outcome outcome;
    ost_result reason;       /* OST_OK unless it failed */
    ost_text expected, seen; /* in the arena, harmless for terminals */
    ost_text advice;         /* how to mend it; may be empty */
    bool deciding;           /* it is what the guard's answer is about */
} explain_step;

typedef struct explain_input {
    ost_text token;
    const ost_credentials *credentials; /* the token as it came, and what proves its sender */
    const ost_issuer *issuer;           /* as the guard is configured */
    const ost_policy *policy;
    ost_arena *arena;
} explain_input;

/* Tells what the guard's own walk has seen, and marks the step that its refusal is about.
 * OST_E_MEMORY. */
OST_MUST_CHECK ost_result explain_token(const explain_input *input, const check_trace *trace,
                                        explain_step ret_steps[CHECK_STEPS]);

/* Steps that most tokens do not come to are told of only where there is something to tell. */
bool explain_is_told(check_step name, const explain_step *step);

/* How to mend an issuer, or a scope or role, that is another than expected. */
ost_text explain_advice_issuer(const explain_step *step);
ost_text explain_advice_policy(const explain_step *step, const explain_input *input,
                               const ost_json *claims);

/* How to mend a step that failed; empty when there is nothing to say. `claims` may be NULL. */
ost_text explain_advice(check_step name, const explain_step *step, const explain_input *input,
                        const ost_json *claims);

#endif
