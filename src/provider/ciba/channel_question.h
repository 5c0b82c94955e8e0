/* SPDX-License-Identifier: Apache-2.0 */
/* What the authentication channel is asked, as Keycloak's HTTP channel words it. */
#ifndef CHANNEL_QUESTION_H
#define CHANNEL_QUESTION_H

#include "provider/call/call.h"

#define CHANNEL_MORE_MAX 5         /* parameters of the client's own that the channel gets, */
#define CHANNEL_MORE_VALUE_MAX 200 /* bytes of each */

typedef struct channel_question {
    ost_text scope;                       /* as the client has asked for it */
    ost_text details;                     /* authorization_details, JSON; empty: none */
    ost_text binding_message, acr_values; /* NULL data: none */
} channel_question;

/* The scope that is told is what the client asks for and what it gets anyway and users are shown.
 */
bool channel_question_write(call *call, const channel_question *question, ost_text username,
                            ost_text *ret_body);

#endif
