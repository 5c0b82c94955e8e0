/* SPDX-License-Identifier: Apache-2.0 */
/* Logout (OpenID Connect RP-Initiated Logout 1.0), and Keycloak's logout by refresh token. */
#include <string.h>

#include "base/base64url.h"
#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/broker/broker_logout.h"
#include "provider/call/call_event.h"
#include "provider/call/call_policy.h"
#include "provider/client/client_find.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/realm_page.h"
#include "provider/logout/front_channel.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/session/browser_session.h"
#include "provider/session/id_token_hint.h"
#include "provider/session/internal_token.h"
#include "provider/session/proof_of_certificate.h"
#include "provider/token/client_auth.h"
#include "provider/token/grant.h"
#include "store/session/store_session.h"

typedef struct logout_job {
    ost_text session;  /* to end; empty: none */
    ost_text subject;  /* whose it is */
    ost_text asked;    /* the session that the question is about; empty: there was none */
    ost_text redirect; /* where to go then; empty: a page */
    ost_text state;
    ost_text notes; /* of the browser's session, which has ended; empty: there was none */
    bool ask;       /* a person has to agree first */
    bool quiet;     /* 204: the call came from a client */
    front_channel front;
} logout_job;

#define CONFIRM_LIFESPAN 300 /* seconds */
#define QUERY_MAX ((size_t)48 << 10)

/* ---- answering ---- */

/* Where the browser goes then; empty: it stays. */
static ost_text location_of(call *c, const logout_job *job)
{
    if (job->redirect.len == 0 || job->state.data == NULL)
        return job->redirect;
    bool query = text_find(job->redirect, '?', 0) < job->redirect.len;
    return text_of(call_format(c, "%.*s%sstate=%.*s", OST_FORMAT(job->redirect), query ? "&" : "?",
                               OST_FORMAT(percent_encode(c->arena, job->state))));
}

static void send_redirect(call *c, const logout_job *job)
{
    (void)!http_set_field(c->exchange, "Cache-Control", OST_TEXT("no-store"));
    http_redirect(c->exchange, 302, location_of(c, job));
}

/* The frames of the clients first; who has no script goes on by hand. */
static void send_frames(call *c, const logout_job *job)
{
    page_row rows[FRONT_CHANNEL_MAX];
    page p = {.template = PAGE_FRONT_LOGOUT,
              .status = 200,
              .frames = front_channel_sources(c, &job->front),
              .rows = rows,
              .row_count = job->front.count};
    if (p.frames == NULL) {
        page_send_error(c, 500, "Logout failed");
        return;
    }
    for (size_t i = 0; i < job->front.count; i++)
        rows[i] = (page_row){
            {{PAGE_ROW_NAME, job->front.names[i]}, {PAGE_ROW_VALUE, job->front.urls[i]}}};
    bool goes_on = job->redirect.len > 0;
    realm_page_say(c, &p, PAGE_TITLE, "frontchannel-logout.title");
    realm_page_say(c, &p, PAGE_HEADING, goes_on ? "oneMoment" : "successLogout");
    realm_page_say(c, &p, PAGE_MESSAGE, goes_on ? "frontchannel-logout.message" : "loggedOutFrom");
    page_put_url(&p, PAGE_ACTION, location_of(c, job));
    realm_page_send(c, &p);
}

/* The question may be asked again, by its address; not what came by another way. */
static void offer_languages(call *c, page *p)
{
    buffer_auto buffer query = {0};
    ost_text text;
    if (c->request->method != HTTP_GET)
        return;
    buffer_init(&query, QUERY_MAX);
    for (size_t i = 0; i < c->form.count; i++) {
        const char *name = ost_arena_copy(c->arena, c->form.pairs[i].name);
        if (name != NULL && strcmp(name, "kc_locale") != 0)
            form_append(&query, name, c->form.pairs[i].value);
    }
    if (call_keep(c, &query, &text))
        realm_page_offer_languages(c, p,
                                   text_of(call_format(c, "%s/protocol/openid-connect/logout?%.*s",
                                                       c->issuer, OST_FORMAT(text))));
}

/* Signed and bound to the browser, so that no other site can confirm for the user. */
static void send_question(call *c, const logout_job *job)
{
    unsigned char hash[32];
    ost_text claims, code, bound;
    page p = {.template = PAGE_LOGOUT, .status = 200};
    ost_json_writer *w = call_writer(c);
    ost_text browser = browser_id(c, true);
    if (w == NULL || ost_sha256(browser, hash) != OST_OK ||
        base64url_encode_to(c->arena, (ost_text){(const char *)hash, sizeof hash}, &bound) !=
            OST_OK) {
        page_send_error(c, 500, "Logout failed");
        return;
    }
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", c->now + CONFIRM_LIFESPAN);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "typ", "Logout-Question");
    ost_json_member_text(w, "browser", bound);
    if (job->asked.len > 0)
        ost_json_member_text(w, "sid", job->asked);
    ost_json_member_text(w, "redirect", job->redirect);
    if (job->state.data != NULL)
        ost_json_member_text(w, "state", job->state);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &claims) != OST_OK ||
        !internal_token_make(c, claims, NULL, &code)) {
        page_send_error(c, 400, "Logout failed");
        return;
    }
    realm_page_say(c, &p, PAGE_TITLE, "logoutConfirmTitle");
    page_put_url(
        &p, PAGE_ACTION,
        text_of(call_format(c, "%s/protocol/openid-connect/logout/logout-confirm", c->issuer)));
    page_put(&p, PAGE_CODE, code);
    p.leads_away = job->redirect.len > 0;
    offer_languages(c, &p);
    realm_page_send(c, &p);
}

static void send(call *c)
{
    const logout_job *job = c->job;
    c->event.user = job->subject;
    if (c->event.session.len == 0)
        c->event.session = job->session;
    if (!job->ask || c->error.status != 0)
        event_tell_outcome(c, EVENT_LOGOUT);
    if (job->quiet) {
        call_allow_origin(c, c->client);
        if (c->error.status == 0 && browser_has_identity(c))
            browser_session_clear(c);
        if (c->error.status != 0)
            call_send_json(c);
        else
            http_respond(c->exchange, 204, NULL, (ost_text){0});
        return;
    }
    if (c->error.status != 0) {
        page_send_error(c, c->error.status, c->error.description);
        return;
    }
    if (job->ask) {
        send_question(c, job);
        return;
    }
    browser_session_clear(c);
    if (job->front.count > 0) {
        send_frames(c, job);
        return;
    }
    if (job->redirect.len > 0) {
        send_redirect(c, job);
        return;
    }
    page p = {.template = PAGE_NOTICE, .status = 200};
    realm_page_say(c, &p, PAGE_TITLE, "loggedOutTitle");
    realm_page_say(c, &p, PAGE_HEADING, "successLogout");
    realm_page_say(c, &p, PAGE_MESSAGE, "closePage");
    realm_page_send(c, &p);
}

/* ---- deciding ---- */

static bool logout_refuse(call *c, const char *message)
{
    return call_refuse(c, 400, "invalid_request", message);
}

/* Whom the request names: by an ID token that it once got, or by client_id. */
static bool read_client(call *c, const ost_claims **ret_hint)
{
    ost_text hint = call_parameter(c, "id_token_hint"), id = call_parameter(c, "client_id");
    const ost_claims *claims = NULL;
    *ret_hint = NULL;
    if (hint.data != NULL) {
        if (id_token_hint_read(c, hint, &claims) != OST_OK)
            return logout_refuse(c, "Invalid parameter: id_token_hint");
        if (id.data != NULL && !text_equal(id, ost_claims_text(claims, "azp")))
            return logout_refuse(c, "Invalid parameter: id_token_hint");
        id = ost_claims_text(claims, "azp");
    }
    *ret_hint = claims;
    c->client = id.data != NULL ? client_find(c, id) : NULL;
    return true;
}

static bool read_redirect(call *c, logout_job *job)
{
    job->redirect = call_parameter(c, "post_logout_redirect_uri");
    job->state = call_parameter(c, "state");
    if (call_parameter(c, "redirect_uri").data != NULL)
        return logout_refuse(c, "Invalid parameter: redirect_uri");
    if (job->redirect.data == NULL)
        return true;
    if (call_parameter(c, "client_id").data == NULL &&
        call_parameter(c, "id_token_hint").data == NULL)
        return logout_refuse(c, "Missing parameters: id_token_hint");
    if (c->client == NULL || !call_post_logout_allowed(c, job->redirect))
        return logout_refuse(c, "Invalid redirect uri");
    return true;
}

static bool refuse_busy(call *c)
{
    return call_refuse(c, 503, "temporarily_unavailable",
                       "The service is busy. Please try again in a moment.");
}

static void end_session(call *c, ost_text id)
{
    c->event.session = id;
    ost_result result = store_session_end(c->provider->store, text_of(c->realm->name), id);
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        refuse_busy(c);
    logout_bell_ring(&c->provider->logouts_bell);
}

/* The same of the browser's own session, whose clients it tells itself, where they want that. */
static void end_browser_session(call *c, ost_text id)
{
    logout_job *job = c->job;
    if (front_channel_collect(c, id, &job->front) != OST_OK)
        refuse_busy(c);
    else
        end_session(c, id);
}

/* Whoever came by an identity provider goes there first; of a session of another browser, which an
 * ID token may name, nothing is told. */
static void go_by_provider(call *c)
{
    logout_job *job = c->job;
    ost_text url;
    if (c->error.status != 0 || job->ask || job->notes.len == 0 ||
        !broker_logout_url(c, job->notes, location_of(c, job), &url))
        return;
    job->redirect = url;
    job->state = (ost_text){0};
}

/* False: it is not known whether the browser has a session, and nobody may be told that it has
 * none. */
static bool find_session(call *c, store_session *ret_session, bool *ret_found)
{
    ost_result result = browser_session_load(c, ret_session);
    *ret_found = result == OST_OK;
    return result == OST_OK || result == OST_E_NOT_FOUND || refuse_busy(c);
}

/* Whether the ID token is about that user. */
static bool speaks_for(const call *c, ost_text user_id)
{
    static const pairwise_rule none = {0};
    const logout_job *job = c->job;
    return pairwise_subject_is(c->client != NULL ? &c->client->pairwise : &none, job->subject,
                               user_id);
}

/* With an ID token, the client speaks for its user; without, or when the browser is somebody else's
 * (anybody may send it here with a token of their own), who sits there is asked, unless there is
 * nobody to log out. */
static void work(call *c)
{
    logout_job *job = c->job;
    store_session session;
    bool found;
    if (!find_session(c, &session, &found))
        return;
    if (job->session.len == 0) {
        job->ask = found || job->redirect.len == 0;
        if (found)
            job->asked = session.id;
        return;
    }
    end_browser_session(c, job->session);
    if (c->error.status != 0 || !found)
        return;
    bool own = text_equal(session.id, job->session);
    if (own || speaks_for(c, session.user_id))
        job->notes = session.notes;
    if (own)
        return;
    if (speaks_for(c, session.user_id)) {
        end_browser_session(c, session.id);
    } else {
        job->ask = true;
        job->asked = session.id;
    }
}

static void work_browser(call *c)
{
    work(c);
    go_by_provider(c);
}

static bool check_policies(call *c, const ost_claims *claims)
{
    if (!call_has_policies(c))
        return true;
    policy_case is = call_policy_case(c, POLICY_LOGOUT);
    is.bound = proof_of_certificate_is_bound(claims);
    return call_policy_allows(c, &is);
}

static void work_quietly(call *c)
{
    const ost_claims *claims;
    ost_result result = internal_token_find_refresh(c, call_parameter(c, "refresh_token"), &claims);
    if (call_is_busy(result))
        call_refuse_busy(c);
    else if (result != OST_OK)
        call_refuse(c, 400, "invalid_grant", "Invalid refresh token");
    else if (!text_is(ost_claims_text(claims, "azp"), c->client->client_id))
        call_refuse(c, 400, "invalid_grant",
                    "Invalid refresh token. Token client and authorized client don't match");
    else if (proof_of_certificate_check_refresh(c, claims) && check_policies(c, claims))
        end_session(c, ost_claims_text(claims, "sid"));
}

static bool read_form(call *c)
{
    if (c->request->method == HTTP_POST)
        return call_read_form(c) && call_leave_out_empty(c);
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK)
        return logout_refuse(c, "Invalid Request");
    return call_leave_out_empty(c);
}

static void logout_begin(call *c)
{
    const ost_claims *hint;
    logout_job *job = c->job;
    if (c->error.status == 0 && c->request->method == HTTP_POST &&
        call_parameter(c, "refresh_token").data != NULL) {
        job->quiet = true;
        if (client_authenticate(c))
            (void)call_policy_check(c, POLICY_LOGOUT);
        call_work(c, work_quietly, send);
        return;
    }
    if (c->error.status == 0 && read_client(c, &hint) && read_redirect(c, job)) {
        if (hint != NULL) {
            job->session = ost_claims_text(hint, "sid");
            job->subject = ost_claims_subject(hint);
        }
    }
    call_work(c, work_browser, send);
}

void logout_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(logout_job));
    if (c == NULL)
        return;
    (void)read_form(c);
    client_await(c, call_parameter(c, "client_id"), logout_begin);
}

/* ---- the confirmation ---- */

static void work_confirmed(call *c)
{
    logout_job *job = c->job;
    store_session session;
    bool found;
    if (!find_session(c, &session, &found) || !found)
        return;
    if (text_equal(session.id, job->asked)) {
        end_browser_session(c, session.id);
        job->notes = session.notes;
        go_by_provider(c);
    } else /* somebody has logged in since, and was not asked */
        logout_refuse(c, "Logout failed");
}

static bool open_question(call *c, logout_job *job)
{
    unsigned char hash[32];
    char text[BASE64URL_LEN(sizeof hash)];
    const ost_claims *claims;
    ost_text browser = browser_id(c, false);
    if (!call_read_form(c) ||
        internal_token_read(c, call_parameter(c, "session_code"), "Logout-Question", &claims) !=
            OST_OK ||
        ost_claims_expiry(claims) <= c->now || browser.len == 0 ||
        ost_sha256(browser, hash) != OST_OK)
        return logout_refuse(c, "Logout failed");
    if (!text_equal_secret((ost_text){text, base64url_encode(hash, sizeof hash, text)},
                           ost_claims_text(claims, "browser")))
        return logout_refuse(c, "Logout failed");
    job->asked = ost_claims_text(claims, "sid");
    job->redirect = ost_claims_text(claims, "redirect");
    job->state = ost_claims_text(claims, "state");
    return true;
}

void logout_confirm_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(logout_job));
    if (c == NULL)
        return;
    logout_job *job = c->job;
    (void)open_question(c, job);
    call_work(c, work_confirmed, send);
}
