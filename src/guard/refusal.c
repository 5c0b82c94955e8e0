/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to refused requests; see refusal.h. */
#include "guard/refusal.h"

#include "base/text.h"
#include "guard/challenge.h"

#define RETRY_KEYS 5      /* seconds; a fetch is tried again by then */
#define RETRY_RESOURCES 1 /* seconds */

/* The challenge under the scheme that the request came by, or should have; the other one, when it
 * is welcome too, is told at the end. */
static bool speaks_of_dpop(refusal_schemes schemes, ost_result reason)
{
    bool about_proof = reason == OST_E_PROOF || reason == OST_E_PROOF_NONCE;
    return schemes.dpop && (schemes.came_by_dpop || about_proof || !schemes.bearer);
}

static void begin_challenge(challenge *c, const refusal_style *style, bool dpop)
{
    challenge_clear(c);
    challenge_scheme(c, dpop ? "DPoP" : "Bearer", style->realm);
}

static void end_challenge(challenge *c, const refusal_style *style, refusal_schemes schemes,
                          bool dpop)
{
    if (dpop)
        challenge_add(c, "algs", text_of(style->dpop_algs));
    if (style->resource_metadata != NULL)
        challenge_add(c, "resource_metadata", text_of(style->resource_metadata)); /* RFC 9728 */
    if (dpop && schemes.bearer) {
        challenge_scheme(c, "Bearer", style->realm);
    } else if (!dpop && schemes.dpop) {
        challenge_scheme(c, "DPoP", style->realm);
        challenge_add(c, "algs", text_of(style->dpop_algs));
    }
}

void refusal_no_token(const refusal_style *style, refusal_schemes schemes, ost_arena *arena,
                      ost_verdict *ret_verdict)
{
    challenge c;
    bool dpop = schemes.dpop && !schemes.bearer;
    begin_challenge(&c, style, dpop);
    end_challenge(&c, style, schemes, dpop);
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE,
        .reason = OST_E_TOKEN_MISSING,
        .status = 401,
        .challenge = challenge_end(&c, arena, dpop ? OST_TEXT("DPoP") : OST_TEXT("Bearer")),
        .message = OST_TEXT("Not authenticated"),
        .explanation = OST_TEXT("no token came"),
    };
}

void refusal_bad_request(const refusal_style *style, refusal_schemes schemes, ost_arena *arena,
                         ost_verdict *ret_verdict)
{
    static const ost_text what = OST_TEXT_INIT("The Authorization header is malformed or repeated");
    challenge c;
    bool dpop = speaks_of_dpop(schemes, OST_E_FORMAT);
    begin_challenge(&c, style, dpop);
    challenge_add(&c, "error", OST_TEXT("invalid_request"));
    challenge_add_plain(&c, "error_description", what);
    end_challenge(&c, style, schemes, dpop);
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE,
        .reason = OST_E_FORMAT,
        .status = 400,
        .challenge = challenge_end(&c, arena, OST_TEXT("Bearer error=\"invalid_request\"")),
        .message = what,
        .explanation = what,
    };
}

/* What RFC 6750 §3.1 and RFC 9470 §3 call it. */
typedef struct refusal_kind {
    int status;
    ost_text error;
    ost_text fallback; /* the challenge when there is no memory for more */
} refusal_kind;

static refusal_kind kind_of(ost_result reason)
{
    switch (reason) {
    case OST_E_SCOPE:
    case OST_E_ROLE:
    case OST_E_CLAIM:
        return (refusal_kind){403, OST_TEXT("insufficient_scope"),
                              OST_TEXT("Bearer error=\"insufficient_scope\"")};
    case OST_E_STEP_UP:
        return (refusal_kind){401, OST_TEXT("insufficient_user_authentication"),
                              OST_TEXT("Bearer error=\"insufficient_user_authentication\"")};
    case OST_E_PROOF:
        return (refusal_kind){401, OST_TEXT("invalid_dpop_proof"),
                              OST_TEXT("DPoP error=\"invalid_dpop_proof\"")};
    case OST_E_PROOF_NONCE:
        return (refusal_kind){401, OST_TEXT("use_dpop_nonce"),
                              OST_TEXT("DPoP error=\"use_dpop_nonce\"")};
    default:
        return (refusal_kind){401, OST_TEXT("invalid_token"),
                              OST_TEXT("Bearer error=\"invalid_token\"")};
    }
}

/* What a client must bring to be let in. */
static void add_demands(challenge *c, ost_result reason, const ost_policy *policy)
{
    if (reason == OST_E_SCOPE) {
        bool some = policy->scopes != NULL && policy->scopes[0] != NULL;
        challenge_add_list(c, "scope", some ? policy->scopes : policy->any_scopes);
    } else if (reason == OST_E_STEP_UP) {
        challenge_add_list(c, "acr_values", policy->acr_values);
        if (policy->max_age > 0)
            challenge_add_number(c, "max_age", policy->max_age);
    }
}

static bool is_our_own_trouble(ost_result reason)
{
    return reason == OST_E_MEMORY || reason == OST_E_CRYPTO || reason == OST_E_SYSTEM ||
           reason == OST_E_BUSY;
}

void refusal_token(const refusal_style *style, refusal_schemes schemes, ost_result reason,
                   ost_text explanation, const ost_policy *policy, ost_arena *arena,
                   ost_verdict *ret_verdict)
{
    ost_text sentence = text_of(ost_result_sentence(reason));
    const refusal_kind kind = kind_of(reason);
    challenge c;
    *ret_verdict = (ost_verdict){.decision = OST_REFUSE,
                                 .reason = reason,
                                 .status = kind.status,
                                 .message = sentence,
                                 .explanation = explanation.len > 0 ? explanation : sentence};
    if (is_our_own_trouble(reason)) {
        ret_verdict->status = 503;
        ret_verdict->message = OST_TEXT("The token cannot be checked now");
        ret_verdict->retry_after = RETRY_RESOURCES;
        return;
    }
    bool dpop = speaks_of_dpop(schemes, reason);
    begin_challenge(&c, style, dpop);
    challenge_add(&c, "error", kind.error);
    add_demands(&c, reason, policy);
    challenge_add_plain(&c, "error_description",
                        style->explain ? ret_verdict->explanation : sentence);
    end_challenge(&c, style, schemes, dpop);
    ret_verdict->challenge = challenge_end(&c, arena, kind.fallback);
}

void refusal_no_answer(ost_result reason, ost_text explanation, unsigned retry_after,
                       ost_verdict *ret_verdict)
{
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE,
        .reason = reason,
        .status = 503,
        .message = OST_TEXT("The identity provider cannot be asked about the token now"),
        .explanation = explanation,
        .retry_after = retry_after,
    };
}

void refusal_no_keys(ost_result reason, ost_text explanation, ost_verdict *ret_verdict)
{
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE,
        .reason = reason,
        .status = 503,
        .message = OST_TEXT("The keys of the identity provider cannot be obtained now"),
        .explanation = explanation,
        .retry_after = RETRY_KEYS,
    };
}
