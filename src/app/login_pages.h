/* SPDX-License-Identifier: Apache-2.0 */
/* The two addresses that a browser's login needs: where the provider sends it back to, and where a
 * session ends. */
#ifndef LOGIN_PAGES_H
#define LOGIN_PAGES_H

#include "app/app_state.h"

#define LOGIN_PAGES_CALLBACK "/auth"
#define LOGIN_PAGES_LOGOUT "/logout"

/* GET /auth: finishes a login and sends the browser to the page it wanted, or shows what went
 * wrong; it never begins another login by itself. `user` is the app_server. */
void login_pages_callback(http_exchange *exchange, void *user);

/* GET /: tells people whether they are signed in, and where to go; sends others to the docs. */
void login_pages_home(http_exchange *exchange, void *user);

/* GET and POST /logout: ends the session here and at the provider. A link on another site must not
 * log people out: a GET that does not come from our own pages or from the address bar, and has a
 * session to lose, is asked to press a button. */
void login_pages_logout(http_exchange *exchange, void *user);

#endif
