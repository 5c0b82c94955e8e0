/* SPDX-License-Identifier: Apache-2.0 */
/* What a refused request is answered: one table for every reason (RFC 6750 §3, RFC 9449 §7.1, RFC
 * 9470 §3). */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <ostiary/guard.h>

typedef struct refusal_style {
    const char *realm;
    const char *resource_metadata; /* NULL: none */
    const char *dpop_algs;         /* that proofs may be signed by */
    bool explain;                  /* the client is told what was expected and seen */
} refusal_style;

/* By which schemes the request could have come, and by which it did. */
typedef struct refusal_schemes {
    bool bearer, dpop;
    bool came_by_dpop;
} refusal_schemes;

/* No credentials came: a bare challenge. */
void refusal_no_token(const refusal_style *style, refusal_schemes schemes, ost_arena *arena,
                      ost_verdict *ret_verdict);

/* The request itself is malformed: 400. */
void refusal_bad_request(const refusal_style *style, refusal_schemes schemes, ost_arena *arena,
                         ost_verdict *ret_verdict);

/* The token is not good enough, for `reason`, or this program is out of resources. `explanation` is
 * for the operator; `policy` names scopes and step-up values. */
void refusal_token(const refusal_style *style, refusal_schemes schemes, ost_result reason,
                   ost_text explanation, const ost_policy *policy, ost_arena *arena,
                   ost_verdict *ret_verdict);

/* The issuer is to be asked about the token, and cannot be now. */
void refusal_no_answer(ost_result reason, ost_text explanation, unsigned retry_after,
                       ost_verdict *ret_verdict);

/* There are no keys to judge by. */
void refusal_no_keys(ost_result reason, ost_text explanation, ost_verdict *ret_verdict);

#endif
