/* SPDX-License-Identifier: Apache-2.0 */
/* What the check of a request saw at each step, for the code that explains a verdict. */
#ifndef CHECK_TRACE_H
#define CHECK_TRACE_H

#include <ostiary/guard.h>

#include "guard/check/check_step.h"

typedef struct traced_step {
    bool made;         /* false: it did not come to that, or there was nothing to look at */
    ost_result reason; /* OST_OK unless it failed */
    /* Texts for people, which live as long as the arena's content and the token. The token's own
     * words may be long and hold anything: the code that prints them makes them harmless. */
    ost_text expected, seen;
} traced_step;

typedef struct check_trace {
    /* Given: look at what can be looked at after a failure too, so that several mistakes show at
     * once. What is said of the token then is hearsay; nobody is asked about it, and no proof is
     * used up. The verdict is the same. */
    bool past_failure;

    traced_step steps[CHECK_STEPS];
    check_step decided;     /* the one that the refusal is about; CHECK_STEPS: none failed */
    ost_error error;        /* its words */
    bool verified;          /* by the issuer's keys, or by its answer */
    const ost_json *claims; /* as they came, believed or not; NULL: they could not be read */

    /* of the check's own */
    ost_result readable; /* OST_OK: header and claims could be read by themselves */
    const ost_json *header;
    ost_text signature, keys; /* as it came, in base64url; what there was to choose from */
    size_t signature_usual;   /* characters that one by that key has; 0: not known */
} check_trace;

/* ost_guard_check that tells its steps; `trace` may be NULL. One trace is for one check: what was
 * in it but `past_failure` is forgotten. */
void guard_check_traced(ost_guard *guard, const ost_policy *policy,
                        const ost_credentials *credentials, bool may_wait, check_trace *trace,
                        ost_arena *arena, ost_verdict *ret_verdict);

#endif
