/* SPDX-License-Identifier: Apache-2.0 */
/* The way of one request: its guard, its browser's session, its handler. */
#ifndef SERVE_H
#define SERVE_H

#include "app/app_state.h"

/* The engine's handler of every route of the program; `user` is its app_route. */
void serve(http_exchange *exchange, void *user);

/* The same for a route that a program makes up for this one request, in its arena. */
void serve_route(http_exchange *exchange, app_server *server, const ost_route *route);

/* Suspends a request whose verdict waits for keys, and calls `decide` on its loop when they have
 * come or will not; at once, when nobody can wait for them. */
void serve_wait(ost_request *request, void (*decide)(ost_request *request));

#endif
