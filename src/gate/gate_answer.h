/* SPDX-License-Identifier: Apache-2.0 */
/* A question on its way, and the answers to it. */
#ifndef GATE_ANSWER_H
#define GATE_ANSWER_H

#include "app/request.h"
#include "gate/gate_state.h"

typedef struct gate_asked {
    ost_request request; /* first: see gate_asked_of */
    gate_state *gate;
    const gate_rules *rules; /* those that it began with */
    gate_question question;
    const gate_site *site;
    const gate_rule *rule;
} gate_asked;

/* In the exchange's arena; NULL when out of memory, and then it has been answered. */
OST_MUST_CHECK gate_asked *gate_asked_new(http_exchange *exchange, gate_state *gate);

static inline gate_asked *gate_asked_of(ost_request *request)
{
    return (gate_asked *)request;
}

/* 200, with every identity field and the cookies that are not the gate's; 403 when a claim cannot
 * be told in one. */
void gate_answer_allow(gate_asked *asked);

/* That status and nothing else; `why` is for the log. */
void gate_answer_refuse(gate_asked *asked, int status, const char *why);

/* As the guard's verdict says: 401 or 403 with its challenge, 503. */
void gate_answer_verdict(gate_asked *asked);

/* To the login: a redirect, or 401 with its address in X-Auth-Request-Login. */
void gate_answer_login(gate_asked *asked);

#endif
