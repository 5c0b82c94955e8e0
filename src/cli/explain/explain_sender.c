/* SPDX-License-Identifier: Apache-2.0 */
/* The sender of a token that is explained: the guard's own check, with a memory of proofs of its
 * own, so that the proof is new to it whatever the guard has seen. */
#include "base/text.h"
#include "cli/explain/explain.h"
#include "guard/sender/sender_check.h"

#define DIGEST_LEN 43 /* characters: SHA-256 in base64url */

static bool is_digest(const ost_json *value)
{
    ost_text text;
    return ost_json_text(value, &text) && text.len == DIGEST_LEN;
}

/* It is bound, in a way that there are proofs of. */
static bool can_be_shown(const ost_claims *claims)
{
    const ost_json *bound = ost_claims_get(claims, "cnf");
    return is_digest(ost_json_get(bound, "jkt")) || is_digest(ost_json_get(bound, "x5t#S256"));
}

ost_result explain_sender(const explain_input *input, const ost_claims *claims, bool *ret_shown,
                          ost_error *ret_error)
{
    static const ost_dpop_rules few = {.proofs = 16};
    const ost_credentials *came = input->credentials;
    sender_rules rules = {0};
    ost_text nonce = {0};
    *ret_shown = came->dpop_count > 0 || came->certificate.len > 0 || !can_be_shown(claims);
    if (!*ret_shown)
        return OST_OK;
    ost_result result = sender_rules_init(&rules, &few, input->clock, ret_error);
    const sender_call call = {.rules = &rules,
                              .credentials = came,
                              .claims = {claims},
                              .token = input->token,
                              .dpop_scheme = came->dpop_count > 0,
                              .wanted = input->policy->sender,
                              .now = input->now,
                              .arena = input->arena};
    sender_binding bound;
    if (result == OST_OK)
        result = sender_check_binding(&call, &bound, ret_error);
    if (result == OST_OK)
        result = sender_check_proof(&call, &bound, &nonce, ret_error);
    sender_rules_clear(&rules);
    return result;
}
