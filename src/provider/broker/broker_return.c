/* SPDX-License-Identifier: Apache-2.0 */
/* The way back from an identity provider (OpenID Connect Core §3.1.2.5): what its answer, its
 * tokens and userinfo bring, one after the other, to whoever's login it becomes. */
#include "base/text.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/broker/broker_job.h"
#include "provider/call/call_event.h"
#include "provider/client/client_find.h"
#include "provider/client/client_keys.h"
#include "provider/factor/code_step.h"
#include "provider/login/realm_page.h"
#include "provider/session/internal_token.h"
#include "provider/upstream/upstream_button.h"
#include "store/memory/store_memory.h"

#define INVALID "An error occurred, please login again through your application."

/* With prompt=none nobody sees a page: the client is told that there is one. */
static void refuse_page(call *c)
{
    broker_job *job = c->job;
    browser_login *login = &job->login;
    if (!login->request.prompt_none || (login->outcome != LOGIN_PAGE && !login->asks_code))
        return;
    const char *error =
        text_is(job->silence, "login_required") ? "login_required" : "interaction_required";
    call_refuse(c, 302, error, NULL);
    login->outcome = LOGIN_REFUSED;
    login->asks_code = false;
}

/* What went wrong there is an event of its own; then the login goes on, or does not. Whoever wanted
 * to link an account is signed in, and goes back to the client. */
static void send_login(call *c)
{
    const broker_job *job = c->job;
    const char *error = c->event.error;
    if (broker_links(c) && !job->ended && job->login.outcome == LOGIN_PAGE) {
        call_work(c, broker_link_fail, send_login);
        return;
    }
    if (job->why != NULL) {
        event_tell(c, EVENT_IDENTITY_PROVIDER_LOGIN, error);
        c->event.error = NULL;
    }
    refuse_page(c);
    if (!broker_link_send(c))
        code_step_send(c);
}

/* ---- step by step ---- */

static void broker_finish(call *c)
{
    call_work(c, broker_links(c) ? broker_link : broker_user_log_in, send_login);
}

static void read_userinfo(call *c)
{
    if (broker_userinfo_read(c))
        broker_finish(c);
    else
        send_login(c);
}

/* What is signed may be so by another key than the ID token was. */
static void take_userinfo(call *c)
{
    const broker_job *job = c->job;
    const upstream_question *q = &job->question;
    if (q->result == OST_OK && q->is_jwt && job->upstream->keys_url != NULL)
        client_keys_await_published(c, job->upstream->keys_url, q->answer, read_userinfo);
    else
        read_userinfo(c);
}

static void take_keys(call *c)
{
    broker_job *job = c->job;
    if (!broker_token_check(c)) {
        send_login(c);
        return;
    }
    if (job->upstream->userinfo_url == NULL) {
        broker_finish(c);
        return;
    }
    const char *bearer =
        call_format(c, "Authorization: Bearer %.*s", OST_FORMAT(job->access_token));
    job->question =
        (upstream_question){.url = job->upstream->userinfo_url,
                            .headers = {"Accept: application/json, application/jwt", bearer, NULL}};
    upstream_fetch(c, &job->question, take_userinfo);
}

static void take_tokens(call *c)
{
    const broker_job *job = c->job;
    if (!broker_exchange_read(c))
        send_login(c);
    else if (job->upstream->keys_url != NULL)
        client_keys_await_published(c, job->upstream->keys_url, job->id_token, take_keys);
    else
        take_keys(c);
}

static void exchange(call *c)
{
    broker_job *job = c->job;
    if (job->question.url == NULL)
        send_login(c);
    else
        upstream_fetch(c, &job->question, take_tokens);
}

/* The way back is there once. */
static void spend(call *c)
{
    broker_job *job = c->job;
    const char *owner = call_format(c, "upstream login of %s", c->realm->name);
    ost_result result = owner != NULL
                            ? store_use_once(c->provider->store, text_of(owner), job->nonce,
                                             c->now + c->realm->lifespans.login + NODES_APART)
                            : OST_E_MEMORY;
    if (result == OST_E_CONFLICT)
        (void)broker_fail(c, "the state has been used before");
    else if (result != OST_OK)
        browser_login_break(c);
    else
        (void)broker_exchange_write(c);
}

/* "One of the errors … when the prompt parameter value in the Authentication Request is none"
 * (OpenID Connect Core §3.1.2.6). */
static bool is_silence(ost_text error)
{
    static const char *const errors[] = {"login_required", "interaction_required", NULL};
    return text_is_one_of(error, errors);
}

/* An error there comes back with a state as well: what it says is its words, and not shown. */
static bool check_answer(call *c)
{
    broker_job *job = c->job;
    ost_text error = call_parameter(c, "error"), issuer = call_parameter(c, "iss");
    job->code = call_parameter(c, "code");
    /* "Clients MUST … compare the result to the issuer identifier of the authorization server where
     * the authorization request was sent to" (RFC 9207 §2.4). */
    if (issuer.data != NULL && !text_is(issuer, job->upstream->issuer))
        return broker_fail(c, "the answer is of another issuer");
    job->denied = text_is(error, "access_denied");
    if (job->denied)
        return broker_refuse(c, "Access was denied at the identity provider.", NULL);
    if (job->login.request.prompt_none && is_silence(error)) {
        job->silence = error;
        return broker_refuse(c, BROKER_FAILED, NULL);
    }
    if (error.data != NULL)
        return broker_fail(
            c, call_format(c, "it answered \"%.*s\"", OST_FORMAT(text_slice(error, 0, 64))));
    return job->code.len > 0 || broker_fail(c, "it answered without a code");
}

static void come_back(call *c)
{
    broker_job *job = c->job;
    auth_request *r = &job->login.request;
    ost_text token;
    if (!internal_token_show(c, call_parameter(c, "state"), &token) ||
        !auth_request_is_of(c, token, AUTH_STAGE_UPSTREAM)) {
        page_send_error(c, 400, INVALID);
        return;
    }
    if (!browser_login_open(c, token, AUTH_STAGE_UPSTREAM))
        return;
    job->upstream = broker_links(c) ? broker_linkable(c, http_parameter(c->exchange, "alias"))
                                    : upstream_usable(c, http_parameter(c->exchange, "alias"));
    if (job->upstream == NULL || !text_equal(job->upstream->alias, r->upstream)) {
        page_send_error(c, 400, INVALID);
        return;
    }
    job->nonce = r->upstream_nonce;
    job->verifier = r->upstream_verifier;
    r->upstream = r->upstream_nonce = r->upstream_verifier = (ost_text){0};
    c->event.identity_provider = job->upstream->alias;
    if (check_answer(c))
        call_work(c, spend, exchange);
    else
        send_login(c);
}

/* Whose login it is stands in the state: a client that describes itself may have to be fetched. */
static void find_client(call *c)
{
    const ost_claims *claims;
    ost_text token, client = {0};
    if (internal_token_show(c, call_parameter(c, "state"), &token) &&
        internal_token_read(c, token, "Upstream", &claims) == OST_OK)
        client = ost_claims_text(claims, "client");
    client_await(c, client, come_back);
}

void broker_return_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(broker_job));
    if (c == NULL)
        return;
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK)
        page_send_error(c, 400, "Invalid Request");
    else if (!c->realm->enabled)
        page_send_error(c, 400, "Realm not enabled");
    else
        find_client(c);
}
