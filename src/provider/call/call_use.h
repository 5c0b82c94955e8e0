/* SPDX-License-Identifier: Apache-2.0 */
/* What a call brings that may be used once: a proof of possession, a client's assertion. It is
 * remembered here at once, and when several nodes share the store, there before the call goes on:
 * on the pool, since that waits for the database. */
#ifndef CALL_USE_H
#define CALL_USE_H

#include "provider/call/call.h"

/* Notes the use of `id` of `owner`, until the second `until`, in the memory of this process; the
 * call is refused with `refusal` when it is none of the first. False: it is refused. */
bool call_use_once(call *call, proof_cache *here, call_use use);

/* Asks the store for what has been noted, if it is shared; once. False: the call is refused.
 * On the pool; call_work does it before what it was given to do. */
bool call_confirm_uses(call *call);

/* Whether something has been noted, for which the store has not been asked: the call has to go
 * through the pool. */
bool call_has_unconfirmed_uses(const call *call);

#endif
