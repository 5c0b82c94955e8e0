/* Every check of a token, one after the other, in the guard's order, with what was expected and
 * what was seen. What is done with the token is the guard's verdict alone; this tells why. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <ostiary/guard.h>

typedef enum explain_outcome {
    EXPLAIN_UNKNOWN, /* not to be found out, because of a check before */
    EXPLAIN_PASSED,
    EXPLAIN_FAILED,
} explain_outcome;

typedef enum explain_name {
    EXPLAIN_SIZE,
    EXPLAIN_FORM,
    EXPLAIN_ALGORITHM,
    EXPLAIN_HEADER,
    EXPLAIN_ISSUER,
    EXPLAIN_KEY,
    EXPLAIN_SIGNATURE,
    EXPLAIN_AUDIENCE,
    EXPLAIN_TIME,
    EXPLAIN_TYPE,
    EXPLAIN_CLIENT,
    EXPLAIN_POLICY,
    EXPLAIN_SENDER,
    EXPLAIN_STEPS,
} explain_name;

typedef struct explain_step {
    explain_outcome outcome;
    ost_result reason;       /* OST_OK unless it failed */
    ost_text expected, seen; /* in the arena, harmless for terminals */
    ost_text advice;         /* how to mend it; may be empty */
} explain_step;

typedef struct explain_input {
    ost_text token;
    const ost_issuer *issuer; /* as the guard is configured */
    const ost_policy *policy;
    ost_guard *guard; /* over that issuer */
    int64_t now;
    ost_arena *arena;
} explain_input;

/* "size", "form", … */
const char *explain_step_name(explain_name name);

/* Runs every check that can be run. OST_E_MEMORY. */
OST_MUST_CHECK ost_result explain_token(const explain_input *input,
                                        explain_step ret_steps[EXPLAIN_STEPS]);

/* How to mend a step that failed; empty when there is nothing to say. `claims` may be NULL. */
ost_text explain_advice(explain_name name, const explain_step *step, const explain_input *input,
                        const ost_json *claims);

#endif
