/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and answers of both registrations; see registration_call.h. */
#include "provider/registration/registration_call.h"

#include "base/text.h"

bool registration_call_token(call *c, shown_token *ret_token)
{
    return http_request_field_count(c->request, "authorization") == 0 ||
           bearer_token_find(c, ret_token) ||
           call_refuse(c, 401, "invalid_token", "Failed decode token");
}

void registration_call_send(call *c, event_type event, int status, const char *location)
{
    call_allow_origin(c, NULL);
    event_tell_outcome(c, event);
    if (c->error.status == 401)
        call_challenge(c, c->error.error, NULL);
    if (c->error.status != 0 || status == 200) {
        call_send_json(c);
        return;
    }
    call_no_store(c);
    if (location != NULL)
        (void)!http_set_field(c->exchange, "Location", text_of(location));
    if (status == 201)
        http_respond(c->exchange, 201, "application/json", c->answer);
    else
        http_respond(c->exchange, status, NULL, (ost_text){0});
}
