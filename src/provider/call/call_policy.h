/* SPDX-License-Identifier: Apache-2.0 */
/* Requests under the client policies of their realm. */
#ifndef CALL_POLICY_H
#define CALL_POLICY_H

#include "provider/call/call.h"
#include "provider/policy/policy_set.h"

/* The call as policies see it: its client, the scope that it names (some calls have none, or have
 * to look for it), how the client has proved who it is, and whether it has shown a certificate and
 * a proof of possession. What a token is bound to counts as right until somebody has looked. */
policy_case call_policy_case(call *call, policy_event event);

/* False: the realm's policies are against it, and the call is refused. What they change in what
 * comes of it is in its `policy_effects`. */
bool call_policy_allows(call *call, const policy_case *is);

/* The two together, of a call whose client is known. */
bool call_policy_check(call *call, policy_event event);

/* True when policies are to be asked at all. */
static inline bool call_has_policies(const call *c)
{
    return c->realm->policies != NULL;
}

#endif
