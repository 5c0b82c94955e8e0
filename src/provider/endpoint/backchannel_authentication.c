/* SPDX-License-Identifier: Apache-2.0 */
/* The backchannel authentication endpoint (CIBA Core §7), and the one at which the authentication
 * channel answers, as Keycloak has it. */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/call/call_policy.h"
#include "provider/ciba/channel_answer.h"
#include "provider/ciba/ciba_channel.h"
#include "provider/ciba/ciba_request.h"
#include "provider/endpoint/endpoints.h"
#include "provider/token/client_auth.h"

/* ---- the client asks ---- */

/* An event is a login that fails; one that goes well is told when its tokens are taken. */
static void send(call *c)
{
    if (c->error.status != 0)
        event_tell_outcome(c, EVENT_LOGIN);
    call_send_json(c);
}

typedef struct ciba_job {
    ciba_request request;
    call_error error; /* of the channel */
} ciba_job;

static void withdraw(call *c)
{
    ciba_job *job = c->job;
    ciba_request_withdraw(c, &job->request);
}

static void withdrawn(call *c)
{
    ciba_job *job = c->job;
    c->error = job->error;
    send(c);
}

static void asked(call *c)
{
    ciba_job *job = c->job;
    if (c->error.status == 0) {
        (void)ciba_request_answer(c, &job->request);
        send(c);
        return;
    }
    job->error = c->error;
    c->error = (call_error){0};
    call_work(c, withdraw, withdrawn);
}

/* It is kept before the channel knows of it, who may answer at once. */
static void kept(call *c)
{
    const ciba_job *job = c->job;
    if (c->error.status != 0)
        send(c);
    else
        ciba_channel_ask(c, job->request.channel_token, job->request.channel_body, asked);
}

static void keep(call *c)
{
    ciba_job *job = c->job;
    (void)ciba_request_keep(c, &job->request);
}

/* Whoever cannot prove who they are could have anybody's telephone ring (§4: the client has to
 * authenticate). */
static bool check_client(call *c)
{
    if (!client_authenticate(c)) {
        if (c->error.status < 500)
            c->error.status = 401;
        return false;
    }
    if (!call_policy_check(c, POLICY_CIBA))
        return false;
    if (!c->client->ciba.on)
        return call_refuse(c, 401, "invalid_grant", "Client not allowed OIDC CIBA Grant");
    if (c->client->public_client)
        return call_refuse(c, 401, "unauthorized_client", "Public clients are not allowed CIBA");
    return true;
}

static bool check_channel(call *c)
{
    return c->provider->channel != NULL ||
           call_refuse(c, 503, "server_error", "Failed to send authentication request");
}

/* Once the client can be known. */
static void begin(call *c)
{
    ciba_job *job = ost_arena_alloc(c->arena, sizeof *job);
    c->job = job;
    if (job == NULL)
        call_refuse(c, 500, "server_error", NULL);
    if (c->error.status == 0 && check_client(c) && ciba_request_read(c, &job->request))
        (void)check_channel(c);
    call_work(c, keep, kept);
}

void backchannel_authentication_endpoint(http_exchange *exchange, void *user)
{
    client_auth_begin(exchange, user, false, begin);
}

/* ---- the channel answers ---- */

static void take(call *c)
{
    (void)channel_answer_take(c);
}

static void taken(call *c)
{
    if (c->event.due)
        event_tell(c, EVENT_LOGIN, c->event.error);
    c->answer = OST_TEXT("{}");
    call_send_json(c);
}

void backchannel_callback_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    if (!c->realm->enabled)
        call_refuse(c, 403, "access_denied", "Realm not enabled");
    call_work(c, take, taken);
}
