/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoints of logins by identity providers, below /realms/{realm}/broker/{alias}. */
#ifndef BROKER_ENDPOINT_H
#define BROKER_ENDPOINT_H

#include "provider/call/call.h"

/* "login": to the provider, and "endpoint": back from it. */
void broker_login_endpoint(http_exchange *exchange, void *provider);
void broker_return_endpoint(http_exchange *exchange, void *provider);
/* Sends the browser of the login (browser_login.h) that is under way to the provider; NULL: it is
 * gone. */
void broker_leave(call *call, const upstream *upstream);
/* "link": to the provider, for a client whose user has another account there. */
void broker_link_endpoint(http_exchange *exchange, void *provider);
/* "token": what is kept of its tokens, for a client that may read them in its user's name. */
void broker_read_endpoint(http_exchange *exchange, void *provider);
/* "endpoint/logout_response": back from where a session has ended. */
void broker_logout_endpoint(http_exchange *exchange, void *provider);

/* "…/logout/backchannel-logout": a session has ended there, as the provider itself says. */
void broker_backchannel_endpoint(http_exchange *exchange, void *provider);

#endif
