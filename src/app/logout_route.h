/* SPDX-License-Identifier: Apache-2.0 */
/* Where issuers tell that a session is over (OpenID Connect Back-Channel Logout 1.0 §2.5). */
#ifndef LOGOUT_ROUTE_H
#define LOGOUT_ROUTE_H

#include "app/app_state.h"

#define LOGOUT_ROUTE_PATH "/backchannel-logout"

/* POST /backchannel-logout: takes a logout token, from whoever brings it, for it proves itself.
 * `user` is the app_server, whose guard is there. */
void logout_route_receive(http_exchange *exchange, void *user);

/* Gathers whose logout tokens are taken: of the client of the browsers' login, of the audiences,
 * and of the clients that the operator names. In the server's arena. OST_E_MEMORY. */
OST_MUST_CHECK ost_result logout_route_rules(app_server *server, ost_error *error);

#endif
