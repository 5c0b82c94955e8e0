/* SPDX-License-Identifier: Apache-2.0 */
/* What a device asks for (RFC 8628): its codes, and how its user, in a browser elsewhere, finds and
 * answers it. Uses the store: on the pool alone. */
#ifndef DEVICE_REQUEST_H
#define DEVICE_REQUEST_H

#include "provider/login/auth_request.h"
#include "provider/session/session_level.h"
#include "store/session/store_session.h"

/* The codes of a new request, for call->client, by the parameters of call->form; in the arena.
 * Refuses the call. */
bool device_request_make(call *call, ost_text *ret_device_code, ost_text *ret_user_code);

typedef enum device_found {
    DEVICE_FOUND,   /* call->client is set, *ret_request filled */
    DEVICE_WRONG,   /* nothing is to be answered under this code */
    DEVICE_EXPIRED, /* it was, a while ago */
    DEVICE_BLOCKED, /* too many wrong codes came from this address: it is not looked at */
    DEVICE_BUSY,    /* the store could not be asked */
} device_found;

/* Finds what waits under a user code, as somebody typed it: without regard to case and to what is
 * no letter. */
device_found device_request_find(call *call, ost_text typed, auth_request *ret_request);

/* The user's answer, once: yes with the session whose part the client gets, in which they have
 * come in like that (`reached`); no without one (NULL). Refuses the call: with expired_token when
 * it is too late, with access_denied when the flow leaves that client no room. */
bool device_request_answer(call *call, const auth_request *request, const store_session *session,
                           const reached_level *reached);

/* The page that says how it went: "/device/status", with call->error where there is one. */
void device_request_send_status(call *call);

#endif
