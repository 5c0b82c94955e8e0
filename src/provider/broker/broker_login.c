/* SPDX-License-Identifier: Apache-2.0 */
/* Logins by identity providers (OpenID Connect Core §3.1): the way there, and the way back. The
 * state is the login that is under way, sealed: for one browser, one provider, and once. */
#include "base/base64url.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/broker/broker_job.h"
#include "provider/call/call_event.h"
#include "provider/client/client_find.h"
#include "provider/client/client_keys.h"
#include "provider/factor/code_step.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "provider/session/internal_token.h"
#include "provider/upstream/upstream_button.h"
#include "store/memory/store_memory.h"

#define URL_MAX ((size_t)48 << 10)
#define VERIFIER_BYTES 32 /* "a 32-octet sequence" (RFC 7636 §4.1) */
#define INVALID "An error occurred, please login again through your application."

bool broker_refuse(call *c, const char *alert, const char *error)
{
    broker_job *job = c->job;
    job->login.outcome = LOGIN_PAGE;
    job->login.alert = alert;
    c->event.error = error;
    return false;
}

bool broker_fail(call *c, const char *why)
{
    broker_job *job = c->job;
    job->why = why != NULL ? why : "out of memory";
    http_set_reason(c->exchange, "identity provider: %s", job->why);
    return broker_refuse(c, BROKER_FAILED, "identity_provider_login_failure");
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
    code_step_send(c);
}

/* ---- the way there ---- */

static bool make_secret(call *c, ost_text *ret_text)
{
    unsigned char bytes[VERIFIER_BYTES];
    ost_result result = context_random(c->provider->context, bytes, sizeof bytes);
    if (result == OST_OK)
        result =
            base64url_encode_to(c->arena, (ost_text){(const char *)bytes, sizeof bytes}, ret_text);
    wipe(bytes, sizeof bytes);
    return result == OST_OK;
}

static void put_wish(buffer *url, const char *name, ost_text value)
{
    if (value.len > 0)
        query_append(url, name, value);
}

/* Of what the client has asked with, the names that this provider gets. */
static void put_forwarded(const call *c, const upstream *u, const http_form *wishes, buffer *url)
{
    ost_text rest = u->forwarded, name;
    while (text_next(&rest, ',', &name)) {
        name = text_trim(name);
        const char *own = ost_arena_copy(c->arena, name);
        if (own != NULL && upstream_may_forward(name))
            put_wish(url, own, http_form_get(wishes, own));
    }
}

/* The provider's setting stands in for the client's wish; whoever has to prove again who they are
 * does so there, whatever either says. */
static void put_prompt(call *c, const upstream *u, ost_text wish, bool again, buffer *url)
{
    ost_text prompt = u->prompt.len > 0 ? u->prompt : wish;
    if (again && text_list_has(prompt, OST_TEXT("none")))
        prompt = (ost_text){0};
    if (again && !text_list_has(prompt, OST_TEXT("login")))
        prompt = text_of(
            call_format(c, prompt.len > 0 ? "login %.*s" : "login%.*s", OST_FORMAT(prompt)));
    put_wish(url, "prompt", prompt);
}

static void put_wishes(call *c, const upstream *u, buffer *url)
{
    const browser_login *login = c->job;
    const auth_request *r = &login->request;
    const char *language = c->language.on_page != NULL ? c->language.on_page : c->language.wanted;
    int64_t age = c->now > r->fresh_since ? c->now - r->fresh_since : 0;
    http_form wishes = {0};
    if (r->forwarded.len > 0 && http_form_read(r->forwarded, c->arena, &wishes) != OST_OK)
        wishes = (http_form){0};
    put_prompt(c, u, http_form_get(&wishes, "prompt"), r->fresh_since > 0, url);
    /* Whoever is asked how old it may be says when it was (OpenID Connect Core §3.1.2.1). */
    if (r->fresh_since > 0)
        put_wish(url, "max_age", text_of(call_format(c, "%lld", (long long)age)));
    put_wish(url, "acr_values", http_form_get(&wishes, "acr_values"));
    if (u->forwards_hint)
        put_wish(url, "login_hint", http_form_get(&wishes, "login_hint"));
    if (u->forwards_languages && language != NULL)
        put_wish(url, "ui_locales", text_of(language));
    put_wish(url, "hd", u->hosted);
    if (u->offline)
        put_wish(url, "access_type", OST_TEXT("offline"));
    put_forwarded(c, u, &wishes, url);
}

static bool write_url(call *c, const upstream *u, ost_text state, ost_text *ret_url)
{
    const browser_login *login = c->job;
    buffer_auto buffer url = {0};
    ost_text challenge, alias = percent_encode(c->arena, u->alias);
    const char *endpoint = call_format(c, "%s/broker/%.*s/endpoint", c->issuer, OST_FORMAT(alias));
    buffer_init(&url, URL_MAX);
    buffer_append_string(&url, u->authorization_url);
    query_append(&url, "scope", u->scope);
    query_append(&url, "state", state);
    query_append(&url, "response_type", OST_TEXT("code"));
    query_append(&url, "client_id", text_of(u->client_id));
    query_append(&url, "redirect_uri", text_of(endpoint));
    query_append(&url, "nonce", login->request.upstream_nonce);
    if (u->pkce) {
        if (call_hash(c, login->request.upstream_verifier, &challenge) != OST_OK)
            return false;
        query_append(&url, "code_challenge", challenge);
        query_append(&url, "code_challenge_method", OST_TEXT("S256"));
    }
    put_wishes(c, u, &url);
    return endpoint != NULL && call_keep(c, &url, ret_url);
}

static bool seal(call *c, const upstream *u, ost_text *ret_state)
{
    browser_login *login = c->job;
    auth_request *r = &login->request;
    ost_text token;
    r->upstream = u->alias;
    if (r->session.len > 0) /* they have proved here who they are */
        r->fresh_since = 0;
    r->identity = (ost_text){0};
    return make_secret(c, &r->upstream_nonce) && make_secret(c, &r->upstream_verifier) &&
           auth_request_seal(c, r, browser_id(c, true), &token) &&
           internal_token_hide(c, token, ret_state);
}

void broker_leave(call *c, const upstream *u)
{
    ost_text state, url;
    if (u == NULL) {
        page_send_error(c, 400, "Invalid Request");
        return;
    }
    if (!seal(c, u, &state) || !write_url(c, u, state, &url)) {
        page_send_error(c, 500, "The login cannot go on now. Please try again.");
        return;
    }
    call_no_store(c);
    http_redirect(c->exchange, 303, url);
}

static void go_there(call *c)
{
    if (browser_login_open(c, call_parameter(c, "session_code"), AUTH_STAGE_LOGIN))
        broker_leave(c, upstream_usable(c, http_parameter(c->exchange, "alias")));
}

void broker_login_endpoint(http_exchange *exchange, void *user)
{
    browser_login_begin(exchange, user, sizeof(broker_job), go_there);
}

/* ---- the way back ---- */

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
