/* SPDX-License-Identifier: Apache-2.0 */
/* The ways from a login of ours to identity providers. */
#ifndef UPSTREAM_BUTTON_H
#define UPSTREAM_BUTTON_H

#include "page/page.h"
#include "provider/call/call.h"

/* One that people may log in by; NULL: there is none. */
const upstream *upstream_usable(const call *call, ost_text alias);

/* Where the login that is sealed in `code` goes on to the provider. */
ost_text upstream_address(call *call, const upstream *upstream, ost_text code);

/* What of a client's request is to be forwarded to some provider of the realm, as a form; empty:
 * nothing. */
ost_text upstream_forwarded(call *call);

/* A button for each that is not hidden. */
void upstream_put_buttons(call *call, ost_text code, page *page);

#endif
