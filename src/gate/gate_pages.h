/* SPDX-License-Identifier: Apache-2.0 */
/* What the gate has for browsers beside the framework's callback and logout: the beginning of a
 * login, and who is signed in. */
#ifndef GATE_PAGES_H
#define GATE_PAGES_H

#include <ostiary/app.h>

#include "http/http.h"

/* GET /_ostiary/login?rd=PATH: a browser whose session the rule of that path lets in is sent there;
 * one whose session can be refreshed, or has none, is sent on the way to it. Only paths of the same
 * site are gone back to. `user` is the gate. */
void gate_pages_login(http_exchange *exchange, void *user);

/* GET /_ostiary/user: who is signed in, as JSON, and for how long. Refreshes the session. */
void gate_pages_user(ost_request *request);

#endif
