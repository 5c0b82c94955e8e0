/* SPDX-License-Identifier: Apache-2.0 */
/* The check of one request: from its credentials to a verdict. The order is: size, form, header,
 * algorithm, issuer, key, signature; then, also for a remembered token, claims, kind, client, what
 * the token is bound to, the policy of the route, status, and the sender's proof. It is walked
 * once, whether or not a trace is wanted: each step that is made passes by check_passes, which ends
 * the walk at the first failure. */
#include "base/b64token.h"
#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "guard/bearer.h"
#include "guard/check/check_words.h"
#include "guard/explanation.h"
#include "guard/opaque.h"

bool check_note(check *c, check_step step, ost_result result)
{
    bool first = result != OST_OK && c->refused == OST_OK;
    if (result != OST_OK && c->error.code != result && (first || c->trace != NULL))
        error_set_sentence(&c->error, result); /* it had no words */
    if (first) {
        c->refused = result;
        c->step = step;
    }
    if (first && c->trace != NULL) {
        c->trace->decided = step;
        c->trace->error = c->error;
    }
    if (c->trace != NULL)
        trace_step(c, step, result);
    return result == OST_OK || check_is_past_failure(c);
}

/* A program that does not tell method and URL cannot take DPoP. Tokens that are bound to a
 * certificate are bearer tokens by their scheme (RFC 8705 §3). */
static refusal_schemes schemes_of(const check *c)
{
    ost_sender wanted = c->policy->sender;
    bool able = c->credentials->method.len > 0 && c->credentials->url.len > 0;
    return (refusal_schemes){
        .bearer = wanted != OST_SENDER_DPOP,
        .dpop = wanted == OST_SENDER_DPOP || (able && wanted != OST_SENDER_MTLS),
        .came_by_dpop = c->dpop_scheme,
    };
}

static void allow(check *c, ost_verdict *ret_verdict)
{
    ost_identity *identity = ost_arena_alloc(c->arena, sizeof *identity);
    if (identity == NULL) {
        refusal_token(&c->guard->style, schemes_of(c), OST_E_MEMORY, (ost_text){0}, c->policy,
                      c->arena, ret_verdict);
        return;
    }
    identity->claims = c->claims;
    *ret_verdict = (ost_verdict){.decision = OST_ALLOW, .status = 200, .identity = identity};
}

static void refuse_token(check *c, ost_verdict *ret_verdict)
{
    ost_result reason = c->refused;
    if (c->wait) {
        *ret_verdict = (ost_verdict){
            .decision = OST_WAIT, .reason = reason, .issuer = c->issuer, .ticket = c->ticket};
        return;
    }
    ost_text explanation =
        explanation_of(c->trace != NULL ? &c->trace->error : &c->error, c->step,
                       c->guard->issuers[c->issuer], c->verified ? c->claims : NULL, c->arena);
    if (c->no_keys)
        refusal_no_keys(reason, explanation, ret_verdict);
    else if (c->retry_after > 0)
        refusal_no_answer(reason, explanation, c->retry_after, ret_verdict);
    else
        refusal_token(&c->guard->style, schemes_of(c), reason, explanation, c->policy, c->arena,
                      ret_verdict);
}

/* A token that is allowed is a b64token by its nature; only for a refused one it is worth finding
 * out whether the request was malformed. */
static void check_token(check *c, bool from_header, ost_verdict *ret_verdict)
{
    c->now = ost_now(c->guard->context);
    if (opaque_find(c->guard, c->token, &c->issuer))
        check_token_opaque(c);
    else
        check_token_jwt(c);
    /* Past a failure claims are read that nobody has vouched for: by themselves they open nothing.
     */
    if (c->refused == OST_OK && !c->verified)
        (void)check_passes(c, STEP_SIGNATURE, OST_E_SIGNATURE);
    if (c->refused == OST_OK)
        allow(c, ret_verdict);
    else if (from_header && !text_is_b64token(c->token))
        refusal_bad_request(&c->guard->style, schemes_of(c), c->arena, ret_verdict);
    else
        refuse_token(c, ret_verdict);
    ret_verdict->dpop_nonce = c->dpop_nonce;
}

/* There is no token, or the request does not say which. */
static void refuse_request(check *c, bool malformed, ost_verdict *ret_verdict)
{
    if (malformed || c->trace != NULL)
        (void)check_note(c, STEP_FORM, malformed ? OST_E_FORMAT : OST_E_TOKEN_MISSING);
    if (malformed)
        refusal_bad_request(&c->guard->style, schemes_of(c), c->arena, ret_verdict);
    else
        refusal_no_token(&c->guard->style, schemes_of(c), c->arena, ret_verdict);
}

static void check_credentials(check *c, ost_verdict *ret_verdict)
{
    bearer_outcome kind = bearer_find(c->credentials, &c->token);
    c->dpop_scheme = kind == BEARER_DPOP;
    if (kind == BEARER_NONE || kind == BEARER_MALFORMED)
        refuse_request(c, kind == BEARER_MALFORMED, ret_verdict);
    else
        check_token(c, c->dpop_scheme || c->credentials->authorization_count > 0, ret_verdict);
}

static counter counter_of_verdict(const ost_verdict *verdict)
{
    if (verdict->decision == OST_ALLOW)
        return COUNT_ALLOWED;
    if (verdict->decision == OST_WAIT)
        return COUNT_WAITED;
    return verdict->reason == OST_E_TOKEN_MISSING ? COUNT_NO_TOKEN : counter_of(verdict->reason);
}

static void count(check *c, ost_verdict *verdict)
{
    counters_add(&c->guard->counters, counter_of_verdict(verdict));
    bool no_token = verdict->reason == OST_E_TOKEN_MISSING;
    if (verdict->decision != OST_REFUSE || c->refused == OST_OK || no_token)
        return;
    verdict->check = check_step_name(c->step);
    counters_add(&c->guard->counters, counter_of_step(c->step));
}

void guard_check_traced(ost_guard *guard, const ost_policy *policy,
                        const ost_credentials *credentials, bool may_wait, check_trace *trace,
                        ost_arena *arena, ost_verdict *ret_verdict)
{
    static const ost_verdict mistake = {
        .reason = OST_E_ARGUMENT,
        .status = 500,
        .message = OST_TEXT_INIT("Internal Server Error"),
        .explanation = OST_TEXT_INIT("the program named no guard, policy or credentials"),
    };
    check c = {.guard = guard,
               .policy = policy,
               .credentials = credentials,
               .arena = arena,
               .trace = trace,
               .may_wait = may_wait};
    if (trace != NULL)
        *trace = (check_trace){.past_failure = trace->past_failure, .decided = CHECK_STEPS};
    if (guard == NULL || policy == NULL || credentials == NULL) {
        *ret_verdict = mistake;
        return;
    }
    if (policy->open) {
        *ret_verdict = (ost_verdict){.decision = OST_ALLOW, .status = 200};
        return;
    }
    check_credentials(&c, ret_verdict);
    count(&c, ret_verdict);
    if (trace != NULL)
        trace->verified = c.verified;
}

void ost_guard_check(ost_guard *guard, const ost_policy *policy, const ost_credentials *credentials,
                     bool may_wait, ost_arena *arena, ost_verdict *ret_verdict)
{
    if (ret_verdict != NULL)
        guard_check_traced(guard, policy, credentials, may_wait, NULL, arena, ret_verdict);
}
