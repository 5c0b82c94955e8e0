/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic client registration (RFC 7591) and its management (RFC 7592). */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/client/client_find.h"
#include "provider/client/client_sector.h"
#include "provider/endpoint/endpoints.h"
#include "provider/policy/policy_set.h"
#include "provider/registration/registrant.h"
#include "provider/registration/registration.h"
#include "provider/registration/registration_call.h"
#include "provider/registration/registration_policy.h"
#include "provider/session/bearer_token.h"
#include "provider/session/internal_token.h"
#include "provider/session/token_user.h"

typedef struct registration_job {
    ost_text token;           /* presented as Bearer; empty: none */
    client_metadata metadata; /* of POST and PUT */
    ost_text initial;         /* of the initial access token that was presented; empty: none */
    int status;               /* of a good answer */
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

/* ---- a new client ---- */

/* An access token of the realm whose owner may create clients, as realm-management says; of its
 * session nothing is known yet. */
static bool is_creators(call *c, ost_text token, const ost_claims **ret_claims)
{
    const ost_claims *claims;
    if (bearer_token_verify(c, token, "Bearer", &claims) != OST_OK)
        return call_refuse(c, 401, "invalid_token", "Failed decode token");
    *ret_claims = claims;
    const ost_json *roles = ost_json_get(
        ost_json_get(ost_claims_get(claims, "resource_access"), "realm-management"), "roles");
    for (const ost_json *at = ost_json_first(roles); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(at, OST_TEXT("create-client")) ||
            ost_json_equals(at, OST_TEXT("manage-clients")))
            return true;
    }
    return call_refuse(c, 403, "insufficient_scope", "Forbidden");
}

static bool may_create(call *c, registration_job *job, ost_text *ret_user)
{
    const ost_claims *claims;
    if (registrant_take_initial(c, job->token, &job->initial))
        return true;
    if (c->error.status != 0 || !is_creators(c, job->token, &claims))
        return false;
    ost_result result = bearer_token_session(c, claims);
    if (result == OST_OK)
        result = token_user(c, client_find(c, ost_claims_text(claims, "azp")), claims, ret_user);
    return result == OST_OK || call_refuse(c, 401, "invalid_token", "Failed decode token");
}

/* What can be told of it without the store: nobody else has us ask other servers. */
static bool might_create(call *c, const registration_job *job)
{
    registration_policy policy;
    const ost_claims *claims;
    if (job->token.len == 0)
        return registration_policy_check(c, &job->metadata, true, &policy);
    return internal_token_read(c, job->token, INITIAL_ACCESS_TOKEN, &claims) == OST_OK ||
           is_creators(c, job->token, &claims);
}

static void create_client(call *c)
{
    registration_job *job = c->job;
    bool authenticated = job->token.len > 0;
    ost_text user = {0};
    if (authenticated && !may_create(c, job, &user))
        return;
    const char *updater = job->initial.len > 0 ? BY_INITIAL_TOKEN
                          : authenticated      ? BY_USER
                                               : BY_ANYBODY;
    if (!registration_create(c, &job->metadata, updater, user))
        registrant_give_back(c, job->initial);
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

static void create_checked(call *c)
{
    check_sector(c);
    call_work(c, create_client, send_answer);
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
    const registration_job *job = c->job;
    if (c->error.status == 0 && job->metadata.sector.len > 0)
        (void)might_create(c, job);
    client_sector_await(c, job->metadata.sector, create_checked);
}

/* ---- one that is there ---- */

static bool open_client(call *c)
{
    const registration_job *job = c->job;
    return registration_open(c, http_parameter(c->exchange, "client"), job->token);
}

static void read_client(call *c)
{
    const registration_job *job = c->job;
    if (open_client(c))
        (void)registration_read(c, job->token);
}

static void update_client(call *c)
{
    const registration_job *job = c->job;
    if (open_client(c))
        (void)registration_update(c, &job->metadata, job->token);
}

static void delete_client(call *c)
{
    if (open_client(c))
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

void update_client_endpoint(http_exchange *exchange, void *user)
{
    call *c = begin_registration(exchange, user, 200, EVENT_CLIENT_UPDATE);
    const ost_json *document;
    if (c == NULL)
        return;
    if (c->error.status == 0 && read_metadata(c, c->job, &document) &&
        !ost_json_equals(ost_json_get(document, "client_id"), http_parameter(exchange, "client")))
        call_refuse(c, 400, "invalid_client_metadata", "client_id does not match");
    const registration_job *job = c->job;
    if (c->error.status == 0 && job->metadata.sector.len > 0)
        (void)open_client(c);
    client_sector_await(c, job->metadata.sector, update_checked);
}

void delete_client_endpoint(http_exchange *exchange, void *user)
{
    call *c = begin_registration(exchange, user, 204, EVENT_CLIENT_DELETE);
    if (c != NULL)
        call_work(c, delete_client, send_answer);
}
