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

/* What of a client's request is to go on to some provider of the realm, as a form: the parameters
 * that one of them names, and of its own "acr_values", "login_hint", and those of its "prompt" that
 * are the provider's to do. Empty: nothing. */
ost_text upstream_forwarded(call *call);
/* Whether a provider's own list may name a parameter: not one that we say, or that goes on anyway.
 */
bool upstream_may_forward(ost_text name);

/* A button for each that is not hidden. */
void upstream_put_buttons(call *call, ost_text code, page *page);

#endif
