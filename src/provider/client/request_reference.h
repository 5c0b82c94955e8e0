/* SPDX-License-Identifier: Apache-2.0 */
/* Request objects that a client has published, and names by their address (OpenID Connect Core
 * §6.2, RFC 9101 §5.2). An address is fetched when the client has registered it, and with the care
 * that a stranger's is owed (document_cache.h). */
#ifndef REQUEST_REFERENCE_H
#define REQUEST_REFERENCE_H

#include "provider/call/call.h"
#include "provider/client/document_kind.h"

extern const document_kind request_reference_kind;

/* Goes on with `next`, on the exchange's loop. Where the form has a `request_uri` that is good, it
 * has the object there instead by then, as `request`, and the client's keys are at hand; otherwise
 * it still has it. */
void request_reference_await(call *call, void (*next)(struct call *call));

#endif
