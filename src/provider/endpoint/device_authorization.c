/* SPDX-License-Identifier: Apache-2.0 */
/* The device authorization endpoint (RFC 8628 §3.1). */
#include "base/percent.h"
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/call/call_policy.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/device_request.h"
#include "provider/token/client_auth.h"
#include "provider/token/grant.h"
#include "provider/token/pkce.h"

#define SCOPE_MAX 8192 /* bytes, as of authorization requests */

static void send(call *c)
{
    call_allow_origin(c, c->client);
    event_tell_outcome(c, EVENT_DEVICE_AUTH);
    call_send_json(c);
}

static void work(call *c)
{
    ost_text device_code, user_code;
    ost_json_writer *w;
    if (!device_request_make(c, &device_code, &user_code) || (w = call_writer(c)) == NULL)
        return;
    const char *uri = call_format(c, "%s/device", c->issuer);
    const char *complete = call_format(c, "%s?user_code=%.*s", uri, OST_FORMAT(user_code));
    if (uri == NULL || complete == NULL)
        return;
    ost_json_open_object(w);
    ost_json_member_text(w, "device_code", device_code);
    ost_json_member_text(w, "user_code", user_code);
    ost_json_member_string(w, "verification_uri", uri);
    ost_json_member_string(w, "verification_uri_complete", complete);
    ost_json_member_integer(w, "expires_in", c->client->device_lifespan);
    ost_json_member_integer(w, "interval", c->client->device_interval);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &c->answer) != OST_OK)
        call_refuse(c, 500, "server_error", NULL);
}

static bool check_client(call *c)
{
    const realm_client *client = c->client;
    if (client->bearer_only)
        return call_refuse(c, 400, "unauthorized_client",
                           "Bearer-only applications are not allowed to initiate OAuth 2.0 Device "
                           "Authorization Grant");
    if (!client->device_grant)
        return call_refuse(c, 400, "unauthorized_client",
                           "Client is not allowed to initiate OAuth 2.0 Device Authorization "
                           "Grant. The flow is disabled for the client.");
    if (client->browser_demand == FLOW_REFUSED)
        return call_refuse(c, 400, "unauthorized_client",
                           "The authentication flow is not supported");
    return true;
}

static bool check_request(call *c)
{
    grant g = {.client = c->client};
    ost_text challenge, method, scope = call_parameter(c, "scope");
    if (scope.len > SCOPE_MAX)
        return call_refuse(c, 400, "invalid_request", "a parameter is too long");
    return pkce_read(c, &challenge, &method) && grant_choose_scopes(c, scope, &g);
}

/* Once the client can be known. */
static void begin(call *c)
{
    if (c->error.status == 0 && client_authenticate(c) && call_policy_check(c, POLICY_DEVICE) &&
        check_client(c))
        (void)check_request(c);
    call_work(c, work, send);
}

void device_authorization_endpoint(http_exchange *exchange, void *user)
{
    client_auth_begin(exchange, user, false, begin);
}
