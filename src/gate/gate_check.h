/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to a proxy: may this request pass? 200 with the identity fields; 401 with one
 * challenge, or the way to the login; 403; 503 while the issuer's keys are missing. No answer has a
 * body: nginx keeps a connection only after those. */
#ifndef GATE_CHECK_H
#define GATE_CHECK_H

#include "http/http.h"

/* `user` is the gate. */
void gate_check(http_exchange *exchange, void *user);

/* What no route fits: the questions of a dialect that asks by the request itself, or by its method,
 * and strangers. */
void gate_check_fallback(http_exchange *exchange, void *user);

#endif
