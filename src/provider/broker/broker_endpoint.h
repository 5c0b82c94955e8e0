/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoints of logins by identity providers, below /realms/{realm}/broker/{alias}. */
#ifndef BROKER_ENDPOINT_H
#define BROKER_ENDPOINT_H

#include "http/http.h"

/* "login": to the provider, and "endpoint": back from it. */
void broker_login_endpoint(http_exchange *exchange, void *provider);
void broker_return_endpoint(http_exchange *exchange, void *provider);
/* "endpoint/logout_response": back from where a session has ended. */
void broker_logout_endpoint(http_exchange *exchange, void *provider);

/* "…/logout/backchannel-logout": a session has ended there, as the provider itself says. */
void broker_backchannel_endpoint(http_exchange *exchange, void *provider);

#endif
