/* SPDX-License-Identifier: Apache-2.0 */
/* The registration access token of a client (RFC 7592 §3): who has it reads, changes and deletes
 * the client. The client remembers which one is valid. */
#ifndef REGISTRATION_TOKEN_H
#define REGISTRATION_TOKEN_H

#include "provider/call/call.h"

#define REGISTRATION_TOKEN "RegistrationAccessToken" /* the claim `typ` */

/* Attributes of the client: which token is valid, and whether it was a stranger who registered. */
#define REGISTRATION_TOKEN_ID "registration.access.token.id"
#define REGISTRATION_ANONYMOUS "registration.anonymous"

/* The token `id`, in the call's arena. Refuses the call with server_error. */
bool registration_token_make(call *call, ost_text id, ost_text *ret_token);

#endif
