/* Answers to refused requests; see refusal.h. */
#include "refusal.h"

#include "challenge.h"
#include "text.h"

#define RETRY_KEYS 5      /* seconds; a fetch is tried again by then */
#define RETRY_RESOURCES 1 /* seconds */

static void add_metadata(challenge *c, const refusal_style *style)
{
    if (style->resource_metadata != NULL)
        challenge_add(c, "resource_metadata", text_of(style->resource_metadata)); /* RFC 9728 */
}

void refusal_no_token(const refusal_style *style, ost_arena *arena, ost_verdict *ret_verdict)
{
    challenge c;
    challenge_begin(&c, style->realm);
    add_metadata(&c, style);
    *ret_verdict = (ost_verdict){
        .decision = OST_REFUSE,
        .status = 401,
        .challenge = challenge_end(&c, arena, OST_TEXT("Bearer")),
        .message = OST_TEXT("Not authenticated"),
        .explanation = OST_TEXT("no bearer token came"),
    };
}

void refusal_bad_request(const refusal_style *style, ost_arena *arena, ost_verdict *ret_verdict)
{
    static const ost_text what = {"The Authorization header is malformed or stands twice", 53};
    challenge c;
    challenge_begin(&c, style->realm);
    challenge_add(&c, "error", OST_TEXT("invalid_request"));
    challenge_add_plain(&c, "error_description", what);
    add_metadata(&c, style);
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
        return (refusal_kind){403, OST_TEXT("insufficient_scope"),
                              OST_TEXT("Bearer error=\"insufficient_scope\"")};
    case OST_E_STEP_UP:
        return (refusal_kind){401, OST_TEXT("insufficient_user_authentication"),
                              OST_TEXT("Bearer error=\"insufficient_user_authentication\"")};
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
    return reason == OST_E_MEMORY || reason == OST_E_CRYPTO || reason == OST_E_SYSTEM;
}

void refusal_token(const refusal_style *style, ost_result reason, ost_text explanation,
                   const ost_policy *policy, ost_arena *arena, ost_verdict *ret_verdict)
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
    challenge_begin(&c, style->realm);
    challenge_add(&c, "error", kind.error);
    add_demands(&c, reason, policy);
    challenge_add_plain(&c, "error_description",
                        style->explain ? ret_verdict->explanation : sentence);
    add_metadata(&c, style);
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
