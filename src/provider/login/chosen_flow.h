/* SPDX-License-Identifier: Apache-2.0 */
/* The browser flow that a client policy chooses for one login (auth-flow-enforcer), in the place of
 * the client's and the realm's. */
#ifndef CHOSEN_FLOW_H
#define CHOSEN_FLOW_H

#include "provider/call/call.h"

/* Has call->client go by the flow of that alias, and reach `level` by it (below 0: what the flow
 * itself leads up to), in this call alone. A flow that is not there, or is a part of another one,
 * leaves a client that nobody comes in by. False: out of memory. */
OST_MUST_CHECK bool chosen_flow_follow(call *call, ost_text alias, int64_t level);

#endif
