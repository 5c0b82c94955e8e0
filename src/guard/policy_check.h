/* SPDX-License-Identifier: Apache-2.0 */
/* What a route asks of a verified token's claims. Errors say what was expected and what was
 * seen. */
#ifndef POLICY_CHECK_H
#define POLICY_CHECK_H

#include <ostiary/guard.h>

/* The route's own conditions. OST_E_AUDIENCE, OST_E_ALGORITHM, OST_E_CLIENT, OST_E_SCOPE,
 * OST_E_ROLE, OST_E_CLAIM, OST_E_STEP_UP. The sender is sender_check.h's. */
OST_MUST_CHECK ost_result policy_check(const ost_policy *policy, const ost_claims *claims,
                                       ost_alg alg, int64_t now, unsigned leeway, ost_error *error);

#endif
