/* SPDX-License-Identifier: Apache-2.0 */
/* Which other origins' pages may read this API's answers (CORS, Fetch Standard §3.2): none, unless
 * the operator names them. Pages send tokens in the Authorization field; the session's cookie is
 * not for them, so credentials are never allowed. */
#ifndef CORS_H
#define CORS_H

#include "app/app_state.h"

/* Sets the fields that let the page read the answer, if its origin is among the operator's. */
void cors_allow(http_exchange *exchange, const app_server *server);

/* Adds to the answer of an OPTIONS request what a preflight asks for. `Allow` is on the exchange
 * already; `methods` is the same list. */
void cors_allow_preflight(http_exchange *exchange, const app_server *server, ost_text methods);

#endif
