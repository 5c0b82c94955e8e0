/* SPDX-License-Identifier: Apache-2.0 */
/* Introspection (RFC 7662). */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/endpoint/endpoints.h"
#include "provider/session/bearer_token.h"
#include "provider/session/internal_token.h"
#include "provider/token/client_auth.h"

static void send(call *c)
{
    event_tell_outcome(c, EVENT_INTROSPECT_TOKEN);
    call_send_json(c);
}

/* Everything that the token says, and that it is alive. */
static bool write_active(call *c, const ost_claims *claims)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(ost_claims_json(claims)); at != NULL;
         at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (ost_claims_get(claims, "client_id") == NULL)
        ost_json_member_text(w, "client_id", ost_claims_text(claims, "azp"));
    if (ost_claims_text(claims, "preferred_username").data != NULL)
        ost_json_member_text(w, "username", ost_claims_text(claims, "preferred_username"));
    ost_json_member_text(w, "token_type", ost_claims_text(claims, "typ"));
    ost_json_member_boolean(w, "active", true);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &c->answer) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}

static void work(call *c)
{
    const ost_claims *claims;
    ost_text token = call_parameter(c, "token");
    ost_result result = bearer_token_verify(c, token, NULL, &claims);
    if (result != OST_OK)
        result = internal_token_read_refresh(c, token, &claims);
    if (result == OST_OK && ost_claims_expiry(claims) <= c->now)
        result = OST_E_EXPIRED;
    if (result == OST_OK) {
        result = bearer_token_session(c, claims);
        if (call_is_busy(result)) {
            call_refuse_busy(c); /* whether it is active is not known */
            return;
        }
    }
    if (result == OST_OK)
        (void)write_active(c, claims);
    else
        c->answer = OST_TEXT("{\"active\":false}");
}

/* Once the client can be known. */
static void begin(call *c)
{
    if (c->error.status == 0 && !client_authenticate(c))
        c->error = (call_error){401, "invalid_request", "Authentication failed."};
    if (c->error.status == 0 && c->client->public_client)
        call_refuse(c, 403, "invalid_request", "Client not allowed.");
    if (c->error.status == 0 && call_parameter(c, "token").data == NULL)
        call_refuse(c, 400, "invalid_request", "Token not provided.");
    call_work(c, work, send);
}

void introspect_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    (void)call_read_form(c);
    client_auth_await(c, begin);
}
