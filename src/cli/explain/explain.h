/* SPDX-License-Identifier: Apache-2.0 */
/* Every check of a token, one after the other, in the guard's order, with what was expected and
 * what was seen. What is done with the token is the guard's verdict alone; this tells why. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <ostiary/guard.h>

typedef enum explain_outcome {
    EXPLAIN_UNKNOWN, /* not to be found out: because of a check before, or nothing was shown */
    EXPLAIN_PASSED,
    EXPLAIN_FAILED,
} explain_outcome;

typedef enum explain_name {
    EXPLAIN_SIZE,
    EXPLAIN_FORM,
    EXPLAIN_ALGORITHM,
    EXPLAIN_HEADER,
    EXPLAIN_KEY,
    EXPLAIN_SIGNATURE,
    EXPLAIN_ISSUER,
    EXPLAIN_AUDIENCE,
    EXPLAIN_TIME,
    EXPLAIN_TYPE,
    EXPLAIN_CLIENT,
    EXPLAIN_SENDER,
    EXPLAIN_POLICY,
    EXPLAIN_STEPS,
} explain_name;

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
    ost_guard *guard; /* over that issuer */
    const ost_context *clock;
    int64_t now; /* by that clock */
    ost_arena *arena;
} explain_input;

/* "size", "form", … */
const char *explain_step_name(explain_name name);

/* Runs every check that can be run, and marks the one that the guard's refusal is about.
 * OST_E_MEMORY.
 */
OST_MUST_CHECK ost_result explain_token(const explain_input *input, const ost_verdict *verdict,
                                        explain_step ret_steps[EXPLAIN_STEPS]);

/* Whether the token is used by whom it is bound to, by what was shown of him. `claims` are the
 * token's. OST_OK, and *ret_shown false: it is bound, and nothing was shown. Else the guard's own
 * results. */
OST_MUST_CHECK ost_result explain_sender(const explain_input *input, const ost_claims *claims,
                                         bool *ret_shown, ost_error *ret_error);

/* How to mend an issuer, or a scope or role, that is another than expected. */
ost_text explain_advice_issuer(const explain_step *step);
ost_text explain_advice_policy(const explain_step *step, const explain_input *input,
                               const ost_json *claims);

/* How to mend a step that failed; empty when there is nothing to say. `claims` may be NULL. */
ost_text explain_advice(explain_name name, const explain_step *step, const explain_input *input,
                        const ost_json *claims);

#endif
