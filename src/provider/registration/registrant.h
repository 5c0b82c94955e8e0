/* SPDX-License-Identifier: Apache-2.0 */
/* Who registers a client, or asks about one that is there: a stranger, or who shows a token of the
 * realm. All of it uses the store: on the pool. */
#ifndef REGISTRANT_H
#define REGISTRANT_H

#include "provider/session/bearer_token.h"

typedef struct registrant {
    const char *how;  /* BY_USER and so on (policy_case.h) */
    ost_text user;    /* whose access token it is; empty: nobody's */
    ost_text initial; /* the initial access token that has been taken; empty: none */
} registrant;

/* An initial access token of the realm, which has a registration left; it is taken. False: it is
 * none, unless the call is refused. */
bool registrant_take_initial(call *call, const shown_token *token, ost_text *ret_id);
/* What was taken counts again: nothing has come of it. */
void registrant_give_back(call *call, ost_text initial);

/* Who may register: with an initial access token, by create-client or manage-clients of
 * realm-management, or (`token` empty) as a stranger, whom the realm's policies bind. Refuses the
 * call. */
bool registrant_read(call *call, const shown_token *token, registrant *ret_registrant);

typedef enum registrant_wish { REGISTRANT_VIEWS, REGISTRANT_CHANGES } registrant_wish;

/* Who may see or change a client: with the client's own registration access token, or by
 * view-clients or manage-clients. Sets call->client. Refuses the call. */
bool registrant_open(call *call, ost_text client_id, const shown_token *token, registrant_wish wish,
                     registrant *ret_registrant);

#endif
