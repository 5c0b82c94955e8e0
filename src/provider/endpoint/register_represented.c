/* SPDX-License-Identifier: Apache-2.0 */
/* Client registration as Keycloak's own programs do it: by its representation of clients at
 * "clients-registrations/default", and what adapters read at "clients-registrations/install". */
#include "base/percent.h"
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/endpoint/endpoints.h"
#include "provider/registration/registration.h"
#include "provider/registration/registration_call.h"
#include "provider/registration/representation.h"
#include "provider/token/client_auth.h"

typedef struct represented_job {
    shown_token token;              /* empty: none */
    const ost_json *representation; /* of POST and PUT */
    const char *location;           /* of a client that has been made */
    int status;                     /* of a good answer */
    event_type event;
} represented_job;

static void send_answer(call *c)
{
    const represented_job *job = c->job;
    registration_call_send(c, job->event, job->status, job->location);
}

static void registration_begin(http_exchange *exchange, void *user, int status, event_type event,
                               void (*work)(call *c))
{
    call *c = call_begin_job(exchange, user, sizeof(represented_job));
    if (c == NULL)
        return;
    represented_job *job = c->job;
    job->status = status;
    job->event = event;
    c->event.client = http_parameter(exchange, "client");
    bool sends = c->request->method == HTTP_POST || c->request->method == HTTP_PUT;
    if (!c->realm->enabled)
        call_refuse(c, 403, "access_denied", "Realm not enabled");
    else if (registration_call_token(c, &job->token) && sends)
        (void)representation_read(c, &job->representation);
    call_work(c, work, send_answer);
}

/* ---- clients-registrations/default ---- */

static ost_text id_of(const call *c)
{
    return http_parameter(c->exchange, "client");
}

/* Its name stands in the answer. */
static bool place(call *c, represented_job *job)
{
    const ost_json *made;
    ost_text id;
    if (ost_json_read(c->answer, NULL, c->arena, &made, NULL) != OST_OK ||
        !ost_json_text(ost_json_get(made, "clientId"), &id))
        return call_refuse(c, 500, "server_error", NULL);
    c->event.client = id;
    ost_text encoded = percent_encode(c->arena, id);
    job->location = encoded.data == NULL ? NULL
                                         : call_format(c, "%s/clients-registrations/default/%.*s",
                                                       c->issuer, OST_FORMAT(encoded));
    return job->location != NULL || call_refuse_busy(c);
}

static void create(call *c)
{
    represented_job *job = c->job;
    registrant by;
    if (!registrant_read(c, &job->token, &by))
        return;
    if (registration_create_represented(c, job->representation, &by))
        (void)place(c, job);
    else
        registrant_give_back(c, by.initial);
}

static void view(call *c)
{
    const represented_job *job = c->job;
    registrant by;
    if (registrant_open(c, id_of(c), &job->token, REGISTRANT_VIEWS, &by))
        (void)registration_read_represented(c, job->token.text, &by);
}

static void update(call *c)
{
    const represented_job *job = c->job;
    registrant by;
    if (registrant_open(c, id_of(c), &job->token, REGISTRANT_CHANGES, &by))
        (void)registration_update_represented(c, job->representation, job->token.text, &by);
}

static void end(call *c)
{
    const represented_job *job = c->job;
    registrant by;
    if (registrant_open(c, id_of(c), &job->token, REGISTRANT_CHANGES, &by))
        (void)registration_delete(c);
}

void register_represented_endpoint(http_exchange *exchange, void *user)
{
    registration_begin(exchange, user, 201, EVENT_CLIENT_REGISTER, create);
}

void represented_client_endpoint(http_exchange *exchange, void *user)
{
    registration_begin(exchange, user, 200, EVENT_CLIENT_INFO, view);
}

void update_represented_endpoint(http_exchange *exchange, void *user)
{
    registration_begin(exchange, user, 200, EVENT_CLIENT_UPDATE, update);
}

void delete_represented_endpoint(http_exchange *exchange, void *user)
{
    registration_begin(exchange, user, 204, EVENT_CLIENT_DELETE, end);
}

/* ---- clients-registrations/install ---- */

static void install_by_token(call *c)
{
    const represented_job *job = c->job;
    registrant by;
    if (registrant_open(c, id_of(c), &job->token, REGISTRANT_VIEWS, &by))
        (void)representation_answer_installation(c, c->client);
}

static bool refuse_client(call *c, const char *why)
{
    c->client = NULL;
    c->error = (call_error){0};
    return call_refuse(c, 401, "invalid_token", why);
}

/* A client reads its own by what it proves itself with; a public one has nothing to prove. */
static bool prove_client(call *c)
{
    const realm_client *asked = realm_find_client(c->realm, id_of(c));
    if (asked == NULL)
        return refuse_client(
            c, "Not authorized to view client. Not valid token or client credentials provided.");
    if (asked->public_client && asked->enabled) {
        c->client = asked;
        return true;
    }
    if (http_request_field_count(c->request, "authorization") == 0 || !client_authenticate(c))
        return refuse_client(c, "Failed to authenticate client");
    return c->client == asked || refuse_client(c, "Different client authenticated");
}

static void install_by_client(call *c)
{
    if (prove_client(c))
        (void)representation_answer_installation(c, c->client);
    send_answer(c);
}

void installation_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(represented_job));
    if (c == NULL)
        return;
    represented_job *job = c->job;
    job->status = 200;
    job->event = EVENT_CLIENT_INFO;
    c->event.client = http_parameter(exchange, "client");
    if (!c->realm->enabled)
        call_refuse(c, 403, "access_denied", "Realm not enabled");
    if (c->error.status != 0 || bearer_token_find(c, &job->token))
        call_work(c, install_by_token, send_answer);
    else
        install_by_client(c);
}

/* ---- clients-registrations/saml2-entity-descriptor ---- */

void register_saml_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    call_refuse(c, 501, "not_implemented",
                "Clients of SAML do not register here: OpenID Connect is the only protocol");
    call_send_json(c);
}
