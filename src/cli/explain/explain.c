/* SPDX-License-Identifier: Apache-2.0 */
/* From the guard's trace to the steps that `ostiary token explain` tells; see explain.h. */
#include "cli/explain/explain.h"

#include <string.h>

#include "base/text.h"
#include "cli/explain/explain_form.h"
#include "cli/printable.h"

#define SEEN_MAX 160
#define DIGEST_LEN 43 /* characters: SHA-256 in base64url */

/* Text of the token's own is cut and made harmless. False: no memory. */
static bool show(const explain_input *in, ost_text text, ost_text *ret_shown)
{
    char *copy = ost_arena_copy(in->arena, text_slice(text, 0, SEEN_MAX));
    if (copy == NULL)
        return false;
    printable_make(copy);
    *ret_shown = text_of(copy);
    return true;
}

static bool is_digest(const ost_json *value)
{
    ost_text text;
    return ost_json_text(value, &text) && text.len == DIGEST_LEN;
}

/* It is bound in a way that there are proofs of, and nothing was shown of its sender. */
static bool wants_proof(const explain_input *in, const check_trace *trace)
{
    const ost_json *bound = ost_json_get(trace->claims, "cnf");
    return in->credentials->dpop_count == 0 && in->credentials->certificate.len == 0 &&
           (is_digest(ost_json_get(bound, "jkt")) || is_digest(ost_json_get(bound, "x5t#S256")));
}

/* What people send in the place of a token is known by its looks. */
static ost_text seen_at(const explain_input *in, check_step name, const traced_step *traced)
{
    explain_mistake known = explain_form(in->token);
    bool of_form = name == STEP_FORM || name == STEP_SIGNATURE;
    return of_form && traced->reason != OST_OK && known.seen.len > 0 ? known.seen : traced->seen;
}

static bool take_step(const explain_input *in, const check_trace *trace, check_step name,
                      explain_step *ret)
{
    const traced_step *traced = &trace->steps[name];
    *ret = (explain_step){.reason = traced->reason};
    if (!traced->made)
        return true;
    bool open = name == STEP_SENDER && traced->reason != OST_OK && wants_proof(in, trace);
    ret->outcome = traced->reason == OST_OK ? EXPLAIN_PASSED
                   : open                   ? EXPLAIN_UNKNOWN
                                            : EXPLAIN_FAILED;
    if (!show(in, traced->expected, &ret->expected) ||
        !show(in,
              open ? ost_json_source(ost_json_get(trace->claims, "cnf"))
                   : seen_at(in, name, traced),
              &ret->seen))
        return false;
    if (traced->reason != OST_OK)
        ret->advice = explain_advice(name, ret, in, trace->claims);
    return true;
}

bool explain_is_told(check_step name, const explain_step *step)
{
    if (name == STEP_REVOCATION)
        return step->outcome == EXPLAIN_FAILED;
    if (name == STEP_DECRYPTION || name == STEP_INTROSPECTION || name == STEP_STATUS)
        return step->outcome != EXPLAIN_UNKNOWN;
    return true;
}

ost_result explain_token(const explain_input *input, const check_trace *trace,
                         explain_step ret_steps[CHECK_STEPS])
{
    for (check_step name = STEP_SIZE; name < CHECK_STEPS; name++) {
        if (!take_step(input, trace, name, &ret_steps[name]))
            return OST_E_MEMORY;
        ret_steps[name].deciding = name == trace->decided;
    }
    return OST_OK;
}
