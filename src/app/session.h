/* SPDX-License-Identifier: Apache-2.0 */
/* A browser's session in the life of a request: taken from its cookies, refreshed when due, begun
 * by a login when there is none. */
#ifndef SESSION_H
#define SESSION_H

#include "app/request.h"

/* Takes the session's token into the request's credentials, refreshing it first when it is about
 * to run out, and goes on with `next`; without a session too. */
void session_take(ost_request *request, void (*next)(ost_request *request));

/* The guard has refused a request that came without Authorization. An expired token is refreshed,
 * once, and `next` judges again; a person who navigates is sent to sign in, or shown a page; all
 * others get the refusal. */
void session_refused(ost_request *request, void (*next)(ost_request *request));

/* A login that has only just ended brought the token that is refused: another one would bring the
 * same. Unless the route demands a stronger login than that one was. */
bool session_is_fresh_for(const ost_request *request);

/* Opens the browser's session, if it has one; for the program's own pages. */
void session_open(ost_request *request);

#endif
