/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic client registration (RFC 7591) and its management (RFC 7592). */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/client/client_sector.h"
#include "provider/endpoint/endpoints.h"
#include "provider/registration/registrant.h"
#include "provider/registration/registration.h"
#include "provider/registration/registration_call.h"
#include "provider/registration/registration_policy.h"
#include "provider/session/internal_token.h"

typedef struct registration_job {
    shown_token token;        /* empty: none */
    client_metadata metadata; /* of POST and PUT */
    registrant by;
    bool admitted; /* it is known who `by` is, and that they may */
    int status;    /* of a good answer */
    event_type event;
} registration_job;

static void send_answer(call *c)
{
    const registration_job *job = c->job;
    registration_call_send(c, job->event, job->status, NULL);
}

static bool read_metadata(call *c, registration_job *job, const ost_json **ret_document)
{
    if (ost_json_read(c->request->body, NULL, c->arena, ret_document, NULL) != OST_OK)
        return call_refuse(c, 400, "invalid_request", "The body is not JSON");
    return client_metadata_read(c, *ret_document, &job->metadata);
}

static call *begin_registration(http_exchange *exchange, void *user, int status, event_type event)
{
    call *c = call_begin_job(exchange, user, sizeof(registration_job));
    if (c == NULL)
        return NULL;
    registration_job *job = c->job;
    job->status = status;
    job->event = event;
    c->event.client = http_parameter(exchange, "client");
    if (!c->realm->enabled)
        call_refuse(c, 403, "access_denied", "Realm not enabled");
    else
        (void)registration_call_token(c, &job->token);
    return c;
}

/* A sector is the client's when it lists the client's redirect URIs: anybody could else be told the
 * subjects of another's (OpenID Connect Core §8.1). */
static void check_sector(call *c)
{
    const registration_job *job = c->job;
    const client_metadata *m = &job->metadata;
    if (c->error.status == 0 && m->sector.len > 0 &&
        !client_sector_lists(c, m->sector, m->redirect_uris, m->redirect_count))
        call_refuse(c, 400, "invalid_client_metadata", CLIENT_SECTOR_REFUSED);
}

/* Nobody else has us ask other servers: who may do it is known first (`admit`, on the pool). */
static void await_sector(call *c, void (*admit)(call *c), void (*ask)(call *c))
{
    const registration_job *job = c->job;
    if (job->metadata.sector.len > 0)
        call_work(c, admit, ask);
    else
        ask(c);
}

/* ---- a new client ---- */

/* An initial access token is good for a number of clients, and taken with the client. */
static void admit_creator(call *c)
{
    registration_job *job = c->job;
    registration_policy policy;
    const ost_claims *claims;
    if (job->token.text.len == 0)
        (void)registration_policy_check(c, &job->metadata, true, &policy);
    else if (job->token.by_dpop ||
             internal_token_read(c, job->token.text, INITIAL_ACCESS_TOKEN, &claims) != OST_OK)
        job->admitted = registrant_read(c, &job->token, &job->by);
}

static void create_client(call *c)
{
    registration_job *job = c->job;
    if (!job->admitted && !registrant_read(c, &job->token, &job->by))
        return;
    if (!registration_create(c, &job->metadata, &job->by))
        registrant_give_back(c, job->by.initial);
}

static void create_checked(call *c)
{
    check_sector(c);
    call_work(c, create_client, send_answer);
}

static void ask_to_create(call *c)
{
    const registration_job *job = c->job;
    client_sector_await(c, job->metadata.sector, create_checked);
}

void register_endpoint(http_exchange *exchange, void *user)
{
    call *c = begin_registration(exchange, user, 201, EVENT_CLIENT_REGISTER);
    const ost_json *document;
    if (c == NULL)
        return;
    if (c->error.status == 0 && read_metadata(c, c->job, &document) &&
        ost_json_get(document, "client_id") != NULL)
        call_refuse(c, 400, "invalid_client_metadata", "Client Identifier included");
    await_sector(c, admit_creator, ask_to_create);
}

/* ---- one that is there ---- */

static bool open_client(call *c, registrant_wish wish)
{
    registration_job *job = c->job;
    if (!job->admitted)
        job->admitted =
            registrant_open(c, http_parameter(c->exchange, "client"), &job->token, wish, &job->by);
    return job->admitted;
}

static void read_client(call *c)
{
    const registration_job *job = c->job;
    if (open_client(c, REGISTRANT_VIEWS))
        (void)registration_read(c, job->token.text, &job->by);
}

static void admit_changer(call *c)
{
    (void)open_client(c, REGISTRANT_CHANGES);
}

static void update_client(call *c)
{
    const registration_job *job = c->job;
    if (open_client(c, REGISTRANT_CHANGES))
        (void)registration_update(c, &job->metadata, job->token.text, &job->by);
}

static void delete_client(call *c)
{
    if (open_client(c, REGISTRANT_CHANGES))
        (void)registration_delete(c);
}

void registered_client_endpoint(http_exchange *exchange, void *user)
{
    call *c = begin_registration(exchange, user, 200, EVENT_CLIENT_INFO);
    if (c != NULL)
        call_work(c, read_client, send_answer);
}

static void update_checked(call *c)
{
    check_sector(c);
    call_work(c, update_client, send_answer);
}

static void ask_to_update(call *c)
{
    const registration_job *job = c->job;
    client_sector_await(c, job->metadata.sector, update_checked);
}

void update_client_endpoint(http_exchange *exchange, void *user)
{
    call *c = begin_registration(exchange, user, 200, EVENT_CLIENT_UPDATE);
    const ost_json *document;
    if (c == NULL)
        return;
    if (c->error.status == 0 && read_metadata(c, c->job, &document) &&
        !ost_json_equals(ost_json_get(document, "client_id"), http_parameter(exchange, "client")))
        call_refuse(c, 400, "invalid_client_metadata", "client_id does not match");
    await_sector(c, admit_changer, ask_to_update);
}

void delete_client_endpoint(http_exchange *exchange, void *user)
{
    call *c = begin_registration(exchange, user, 204, EVENT_CLIENT_DELETE);
    if (c != NULL)
        call_work(c, delete_client, send_answer);
}
