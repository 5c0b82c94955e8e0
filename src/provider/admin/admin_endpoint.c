/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a request through the admin REST API: who asks, may they, the change, the answer. */
#include "base/base64url.h"
#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/admin/admin_event.h"
#include "provider/admin/admin_operations.h"
#include "provider/call/call_event.h"
#include "provider/mail/mailer.h"
#include "provider/realm/realm_key.h"
#include "provider/session/browser_session.h"
#include "store/store_event.h"

#define UNAUTHORIZED                                                                               \
    "{\"error\":\"HTTP 401 Unauthorized\",\"error_description\":\"For more on this error consult " \
    "the server log at the debug level.\"}"
#define PREFIX "/admin"
#define MASTER "master"
#define MAX_MEMORY ((size_t)512 << 20) /* while a realm is read and changed */

static void send_plain(http_exchange *exchange, int status, ost_text body)
{
    (void)!http_set_field(exchange, "Cache-Control", OST_TEXT("no-cache"));
    http_respond(exchange, status, "application/json", body);
}

/* ---- who asks ---- */

/* The realm that an unverified token says it is of: for choosing whose keys judge it. NULL data:
 * none. */
static ost_text unverified_realm(ost_text token, ost_arena *arena)
{
    static const char realms[] = "/realms/";
    ost_unverified_jws jws;
    ost_text payload, issuer, name;
    const ost_json *claims;
    if (ost_jws_read_unverified(token, REALM_KEY_ALGS, arena, &jws, NULL) != OST_OK ||
        base64url_decode_to(arena, jws.payload_encoded, &payload) != OST_OK ||
        ost_json_read(payload, NULL, arena, &claims, NULL) != OST_OK ||
        !ost_json_text(ost_json_get(claims, "iss"), &issuer))
        return (ost_text){0};
    size_t slash = issuer.len;
    while (slash > 0 && issuer.data[slash - 1] != '/')
        slash--;
    if (slash < sizeof realms - 1 || !text_ends(text_slice(issuer, 0, slash), realms) ||
        http_form_decode(text_slice(issuer, slash, issuer.len), arena, &name) != OST_OK)
        return (ost_text){0};
    return name;
}

/* The call of the token's realm; NULL: the exchange has been answered. */
static call *operation_begin(http_exchange *exchange, provider *p, shown_token *ret_token)
{
    const http_request *request = http_request_of(exchange);
    const call asks = {.request = request};
    ost_text name = {0};
    if (bearer_token_find(&asks, ret_token))
        name = unverified_realm(ret_token->text, http_arena(exchange));
    if (name.data == NULL || provider_realm(p, name, http_arena(exchange)) == NULL) {
        send_plain(exchange, 401, OST_TEXT(UNAUTHORIZED));
        return NULL;
    }
    return call_begin_in(exchange, p, name);
}

/* ---- the work ---- */

typedef struct admin_job {
    admin_call admin;
    admin_match match;
    shown_token token;
    bool has_realm; /* the path names one */
    bool has_event;
    store_event event; /* of what is done once a letter has gone out */
    char fault[200];   /* why it has not */
} admin_job;

static bool changes(const admin_call *a)
{
    return a->route->method != HTTP_GET;
}

/* Plain text and nothing else, as Keycloak wants it. */
static bool read_text(admin_call *a)
{
    a->text = a->call->request->body;
    if (http_request_is_of(a->call->request, "text/plain"))
        return true;
    admin_refuse(a, 415, "error",
                 "The content-type header value did not match the value in @Consumes");
    return false;
}

static bool read_input(admin_call *a, bool takes_text)
{
    const http_request *request = a->call->request;
    static const ost_json_limits limits = {
        .max_bytes = (size_t)4 << 20, .max_depth = 64, .max_values = (size_t)1 << 20};
    if (http_form_read(request->query, a->arena, &a->query) != OST_OK) {
        admin_refuse(a, 400, "error", "malformed query");
        return false;
    }
    if (takes_text)
        return read_text(a);
    if (request->body.len > 0 &&
        ost_json_read(request->body, &limits, a->arena, &a->body, NULL) != OST_OK) {
        admin_refuse(a, 400, "error", "invalid_request");
        return false;
    }
    if (ost_json_is(a->body, OST_JSON_NULL))
        a->body = NULL; /* what Terraform's provider sends where nothing is to be said */
    if ((a->route->method == HTTP_POST || a->route->method == HTTP_PUT) && a->body != NULL &&
        !ost_json_is(a->body, OST_JSON_OBJECT) && !ost_json_is(a->body, OST_JSON_ARRAY)) {
        admin_refuse(a, 400, "error", "Cannot parse the JSON");
        return false;
    }
    return true;
}

static void tell(admin_call *a)
{
    admin_job *job = a->call->job;
    if (!changes(a) || a->status <= 0 || a->status >= 300)
        return;
    if (a->letter != NULL)
        job->has_event = admin_event_make(a, &job->event);
    else if (a->asks == NULL)
        admin_event_tell(a);
}

/* One after the other: each change writes the realm's whole document. */
static void operation_run(admin_call *a, bool has_realm)
{
    provider *p = a->call->provider;
    if (changes(a))
        pthread_mutex_lock(&p->change_lock);
    ost_result result = admin_call_run(a, has_realm, tell);
    if (changes(a))
        pthread_mutex_unlock(&p->change_lock);
    if (result != OST_OK || a->status == 0)
        admin_refuse(a, 503, "error", "temporarily_unavailable");
    else if (a->changed && a->status < 300)
        provider_publish(p);
}

/* Whoever may do something may also ask what. */
static bool has_rights(const admin_call *a)
{
    return a->rights != 0 ||
           (a->route->run == admin_read_whoami && admin_right_over(&a->asker, (ost_text){0}) != 0);
}

/* The token's realm, against the one that is administered. */
static bool may_enter(admin_job *job)
{
    admin_call *a = &job->admin;
    ost_text own = text_of(a->call->realm->name);
    if (job->has_realm && !text_is(own, MASTER) && !text_equal(own, job->match.values[0])) {
        admin_forbid(a);
        return false;
    }
    if (a->route->rights != 0 && !admin_may(a, a->route->rights)) {
        admin_forbid(a);
        return false;
    }
    if (!has_rights(a)) {
        admin_forbid(a);
        return false;
    }
    return true;
}

static void work(call *c)
{
    admin_job *job = c->job;
    admin_call *a = &job->admin;
    a->arena = ost_arena_new(MAX_MEMORY);
    if (a->arena == NULL) {
        call_refuse_busy(c);
        return;
    }
    ost_result result = admin_right_read(c, &job->token, &a->asker);
    if (result == OST_OK)
        a->rights = admin_right_over(&a->asker, job->match.values[0]);
    if (call_is_busy(result))
        admin_refuse(a, 503, "error", "temporarily_unavailable");
    else if (result != OST_OK)
        admin_refuse(a, 401, "error", "HTTP 401 Unauthorized");
    else if (job->has_realm && provider_realm(c->provider, a->values[0], c->arena) == NULL)
        admin_refuse(a, 404, "error", "Realm not found.");
    else if (a->route == NULL)
        admin_refuse(a, job->match.known ? 405 : 404, "error",
                     job->match.known ? "HTTP 405 Method Not Allowed" : "HTTP 404 Not Found");
    else if (!may_enter(job))
        return;
    else if (a->route->run == NULL)
        admin_refuse(a, 501, "error", "This operation of the admin API is not carried out");
    else if (read_input(a, job->match.takes_text))
        operation_run(a, job->has_realm);
}

/* The browser of the administrator is that of somebody else from now on. */
static void set_session(const admin_call *a)
{
    browser_session_set(a->entered, &a->begun);
    event_tell(a->entered, EVENT_IMPERSONATE, NULL);
}

static void answer(call *c)
{
    admin_job *job = c->job;
    admin_call *a = &job->admin;
    if (c->error.status != 0) {
        call_send_json(c);
    } else {
        if (a->location != NULL)
            (void)!http_set_field(c->exchange, "Location",
                                  text_of(call_format(c, "%s" PREFIX "%s", c->base, a->location)));
        if (a->status == 503)
            call_set_retry_after(c);
        if (a->status == 200 && a->entered != NULL)
            set_session(a);
        if (a->answer_is_text) {
            (void)!http_set_field(c->exchange, "Cache-Control", OST_TEXT("no-cache"));
            http_respond(c->exchange, a->status, "text/plain;charset=UTF-8", a->answer);
        } else if (a->answer.len > 0) {
            send_plain(c->exchange, a->status, a->answer);
        } else {
            http_respond(c->exchange, a->status, NULL, (ost_text){0});
        }
    }
    ost_arena_free(a->arena);
    a->arena = NULL;
}

/* ---- letters ---- */

static void take_outcome(admin_job *job, const char *fault)
{
    call *c = job->admin.call;
    if (fault != NULL) {
        http_add_detail(c->exchange, "mail", text_of(fault));
        admin_refuse(&job->admin, 500, "errorMessage", job->admin.unsent);
    } else if (job->has_event) {
        event_queue_add(&c->provider->waiting_events, &job->event);
    }
    answer(c);
}

static void go_on(http_exchange *exchange, void *user)
{
    admin_job *job = user;
    take_outcome(job, job->fault[0] != '\0' ? job->fault : NULL);
}

/* On the mailer's thread. */
static void sent(const char *fault, void *user)
{
    admin_job *job = user;
    if (fault != NULL)
        (void)!text_to_string(text_of(fault), job->fault, sizeof job->fault);
    http_resume(job->admin.call->exchange, go_on, job);
}

static void send_answer(call *c)
{
    admin_job *job = c->job;
    const mail_letter *letter = job->admin.letter;
    if (job->admin.asks != NULL && c->error.status == 0 && job->admin.status == 200) {
        job->admin.asks(&job->admin, answer);
        return;
    }
    if (letter == NULL || c->error.status != 0 || job->admin.status >= 300) {
        answer(c);
        return;
    }
    http_suspend(c->exchange);
    ost_result result = mailer_send(c->provider->mails, letter, sent, job);
    if (result != OST_OK)
        sent(ost_result_sentence(result), job);
}

void admin_endpoint(http_exchange *exchange, void *user)
{
    const http_request *request = http_request_of(exchange);
    shown_token token;
    admin_match match;
    admin_route_find(request->method, http_parameter(exchange, "path"), &match);
    call *c = operation_begin(exchange, user, &token);
    admin_job *job = c != NULL ? ost_arena_alloc(c->arena, sizeof *job) : NULL;
    if (c == NULL)
        return;
    if (job == NULL) {
        http_respond(exchange, 500, NULL, (ost_text){0});
        return;
    }
    *job = (admin_job){.match = match, .token = token, .has_realm = match.values[0].data != NULL};
    job->admin.call = c;
    job->admin.route = match.route;
    job->admin.values = job->match.values;
    job->admin.path = http_parameter(exchange, "path");
    job->admin.rest = job->match.rest;
    c->job = job;
    /* Passwords may have to be hashed. */
    if (request->method == HTTP_GET || request->method == HTTP_DELETE)
        call_work(c, work, send_answer);
    else if (!call_work_hashing(c, work, send_answer)) {
        call_refuse_busy(c);
        call_send_json(c);
    }
}
