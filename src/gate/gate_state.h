/* SPDX-License-Identifier: Apache-2.0 */
/* A running gate, for the files that answer its requests. Stays as it is while requests run, but
 * for the file of rules. */
#ifndef GATE_STATE_H
#define GATE_STATE_H

#include "app/app_state.h"
#include "gate/gate_dialect.h"
#include "gate/gate_rule_file.h"

/* What the gate has for browsers, at every site. */
#define GATE_LOGIN "/_ostiary/login"
#define GATE_CALLBACK "/_ostiary/callback"
#define GATE_LOGOUT "/_ostiary/logout"
#define GATE_USER "/_ostiary/user"
#define GATE_LOGOUT_TOKENS "/_ostiary/backchannel-logout"

typedef struct gate_state {
    gate_rule_file rules;
    const gate_dialect *dialect;
    bool passes_cookies; /* the proxy hands cookies of the check to the browser */
    app_server *server;
} gate_state;

#endif
