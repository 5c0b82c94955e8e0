/* SPDX-License-Identifier: Apache-2.0 */
/* A backchannel authentication request (CIBA Core §7): read, kept, and put to the authentication
 * channel. */
#ifndef CIBA_REQUEST_H
#define CIBA_REQUEST_H

#include "provider/ciba/channel_question.h"

typedef struct ciba_request {
    channel_question question;   /* what the authentication channel is to be asked */
    ost_text hint;               /* of the kind that the realm asks for */
    ost_text notification_token; /* of a client in ping mode; NULL data: none */
    int64_t lifespan;
    ost_text id; /* under which it is kept */
    /* Once it is kept: */
    ost_text auth_req_id;
    ost_text channel_token, channel_body; /* for the authentication channel */
} ciba_request;

/* The parameters of call->form for call->client, which has been authenticated; of a signed request
 * those that the client has signed. Refuses the call, by the words of Keycloak. */
bool ciba_request_read(call *call, ciba_request *ret_request);

/* Finds the user, keeps the request and makes what the channel is asked. On the pool. */
bool ciba_request_keep(call *call, ciba_request *request);

/* Takes it back: the channel does not know of it. Best effort; it expires anyway. On the pool. */
void ciba_request_withdraw(call *call, const ciba_request *request);

/* The answer to the client. */
bool ciba_request_answer(call *call, const ciba_request *request);

#endif
