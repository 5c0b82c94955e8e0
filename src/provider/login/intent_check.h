/* SPDX-License-Identifier: Apache-2.0 */
/* Asks whether what an authorization request is about is its client's, where a client policy wants
 * that known (intent-client-bind-checker). The address is the realm's configuration; it is asked
 * with the care that identity providers are (upstream_fetch.h). */
#ifndef INTENT_CHECK_H
#define INTENT_CHECK_H

#include "provider/login/browser_login.h"

/* Whether there is something to be asked about the request of a browser_login. */
bool intent_check_is_due(const call *call);

/* Asks, and goes on with `next` on the exchange's loop; at once, if nothing is to be asked. The
 * login's `check` is AUTH_REDIRECT then, and the call refused, if the intent is not the client's or
 * that cannot be known, and otherwise as it was. On the loop. */
void intent_check_await(call *call, void (*next)(struct call *call));

#endif
