/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint of pushed authorization requests (RFC 9126 §2). */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/call/call_policy.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/auth_request.h"
#include "provider/login/pushed_request.h"
#include "provider/session/proof_of_key.h"
#include "provider/token/client_auth.h"

static void send(call *c)
{
    call_allow_origin(c, c->client);
    event_tell_outcome(c, EVENT_PUSHED_AUTHORIZATION_REQUEST);
    if (c->error.status != 0) {
        call_send_json(c);
        return;
    }
    call_no_store(c);
    http_respond(c->exchange, 201, "application/json", c->answer);
}

static void work(call *c)
{
    ost_text uri;
    /* In this order, for a client has room for so many requests: nobody is told of one whose proof
     * has been used. */
    if (!pushed_request_keep(c, &uri) || !proof_of_key_use(c))
        return;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return;
    ost_json_open_object(w);
    ost_json_member_text(w, "request_uri", uri);
    ost_json_member_integer(w, "expires_in", c->realm->pushed_lifespan);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &c->answer) != OST_OK)
        call_refuse(c, 500, "server_error", NULL);
}

/* Adds what the request says elsewhere: a client that is named by its credentials alone need not
 * repeat it, and a proof of possession stands for dpop_jkt (RFC 9449 §10.1). */
static bool complete(call *c, const char *name, ost_text value)
{
    ost_text given = call_parameter(c, name);
    if (given.data != NULL && text_equal(given, value))
        return true;
    if (given.data != NULL)
        return call_refuse(c, 400, "invalid_dpop_proof", "dpop_jkt names another key");
    http_pair *pairs = ost_arena_alloc(c->arena, (c->form.count + 1) * sizeof *pairs);
    if (pairs == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    for (size_t i = 0; i < c->form.count; i++)
        pairs[i] = c->form.pairs[i];
    pairs[c->form.count] = (http_pair){text_of(name), value};
    c->form = (http_form){.pairs = pairs, .count = c->form.count + 1};
    return true;
}

/* The same checks as of a request that a browser brings; there is nobody to redirect (§2.3). */
static void check(call *c)
{
    auth_request request;
    ost_text jkt;
    if (!client_authenticate(c)) {
        if (c->error.status < 500)
            c->error = (call_error){401, "invalid_request", "Authentication failed."};
        return;
    }
    if (!call_policy_check(c, POLICY_PUSHING))
        return;
    if (call_parameter(c, "request_uri").data != NULL) {
        call_refuse(c, 400, "invalid_request", "It is not allowed to include request_uri to PAR.");
        return;
    }
    const realm_client *proved = c->client;
    if (!complete(c, "client_id", text_of(proved->client_id)) ||
        !proof_of_key_read(c, "/protocol/openid-connect/ext/par/request", &jkt))
        return;
    if (auth_request_read(c, AUTH_PUSHING, &request) != AUTH_GOOD && c->error.status < 500)
        c->error.status = 400;
    c->client = proved;
    if (c->error.status == 0 && jkt.len > 0)
        (void)complete(c, "dpop_jkt", jkt);
}

/* Once the client can be known. */
static void begin(call *c)
{
    if (c->error.status == 0)
        check(c);
    call_work(c, work, send);
}

void push_request_endpoint(http_exchange *exchange, void *user)
{
    client_auth_begin(exchange, user, false, begin);
}
