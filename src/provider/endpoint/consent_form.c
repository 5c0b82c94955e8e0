/* SPDX-License-Identifier: Apache-2.0 */
/* The question for consent: what a client asks for and its user has not granted yet. The answer
 * counts only from the browser that was asked, with the session of the user who was asked, and for
 * what the page named. */
#include "base/percent.h"
#include "base/text.h"
#include "provider/client/client_document.h"
#include "provider/client/client_find.h"
#include "provider/detail/authorization_details.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/browser_login.h"
#include "provider/login/device_request.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "provider/session/consent.h"
#include "provider/token/grant.h"
#include "store/session/store_session.h"

typedef struct consent_job {
    browser_login login; /* first: it is the call's job for the rest of the login too */
    consent_list missing;
    bool accepted;
} consent_job;

/* ---- the page ---- */

/* Where the answer goes, as people know it: a host, or an application's own scheme. */
static ost_text place_of(ost_text uri)
{
    ost_text origin = realm_uri_origin(uri);
    size_t slashes = text_find(origin, '/', 0);
    if (origin.len == 0)
        return text_slice(uri, 0, text_find(uri, ':', 0));
    return text_slice(origin, slashes + 2, origin.len);
}

static void put_address(const call *c, page *p, page_field field, const char *attribute)
{
    ost_text address;
    /* A path would be one of ours. */
    if (ost_json_text(ost_json_get(c->client->attributes, attribute), &address) &&
        !text_starts(address, "/"))
        page_put_url(p, field, address);
}

/* A picture is fetched by who looks at the page: over TLS, from nowhere else, and not for a client
 * that nobody here has registered, who could look like anybody. */
static void put_logo(call *c, page *p)
{
    ost_text logo = {0};
    if (c->client->by_document ||
        !ost_json_text(ost_json_get(c->client->attributes, "logoUri"), &logo) ||
        !text_starts(logo, "https://"))
        return;
    ost_text origin = realm_uri_origin(logo);
    if (origin.len == 0 || !text_is_made_of(origin, ":/.-_[]")) /* it stands in a policy (CSP3) */
        return;
    p->images = ost_arena_copy(c->arena, origin);
    if (p->images != NULL)
        page_put_url(p, PAGE_LOGO, logo);
}

/* As the client wrote them: their meaning is the API's. Signs that turn the direction of writing
 * would have people read something else. */
static ost_text visible(call *c, ost_text json)
{
    size_t len = 0;
    char *text = ost_arena_alloc(c->arena, json.len + 1);
    for (size_t i = 0; text != NULL && i < json.len; i++) {
        ost_text sign = text_slice(json, i, 3);
        bool turns =
            sign.len == 3 && (text_starts(sign, "\xe2\x80") || text_starts(sign, "\xe2\x81"));
        text[len++] = turns ? '?' : json.data[i];
        i += turns ? 2 : 0;
    }
    return (ost_text){text, len};
}

static void add_details(call *c, ost_text details, page *p, page_row *rows)
{
    const ost_json *list = NULL;
    const char *why;
    if (details.len > 0)
        list = details_parse(details, c->arena, &why);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        rows[p->row_count++] = (page_row){{{PAGE_ROW_VALUE, visible(c, ost_json_source(at))}}};
}

static void send_question(call *c, consent_job *job)
{
    page_row rows[CONSENT_ITEMS + DETAILS_MAX] = {0};
    page p = {.template = PAGE_CONSENT,
              .status = 200,
              .leads_away = job->login.request.device.len == 0,
              .rows = rows,
              .row_count = job->missing.count};
    const page_words *words = realm_language_words(c);
    ost_text code, name = browser_login_client_name(c);
    job->login.request.shown = consent_names(c, &job->missing);
    if (job->login.request.shown.data == NULL ||
        !auth_request_seal(c, &job->login.request, browser_id(c, true), &code)) {
        page_send_error(c, 500, "The page cannot be shown now. Please try again.");
        return;
    }
    for (size_t i = 0; i < job->missing.count; i++)
        rows[i] = (page_row){
            {{PAGE_ROW_VALUE, page_words_resolve(words, job->missing.items[i].text, c->arena)}}};
    add_details(c, job->login.request.details, &p, rows);
    realm_page_say_of(c, &p, PAGE_HEADING, "oauthGrantTitle", name);
    page_put(&p, PAGE_USERNAME, job->login.user.username);
    page_put(&p, PAGE_DEVICE_CODE, job->login.request.user_code);
    page_put(&p, PAGE_RETURN, place_of(job->login.request.redirect_uri));
    put_address(c, &p, PAGE_TERMS, "tosUri");
    put_address(c, &p, PAGE_POLICY, "policyUri");
    put_logo(c, &p);
    if (c->client->by_document)
        page_put(&p, PAGE_HOST, client_document_host(text_of(c->client->client_id)));
    ost_text client = percent_encode(c->arena, text_of(c->client->client_id));
    page_put_url(&p, PAGE_ACTION,
                 text_of(call_format(c, "%s/login-actions/consent?client_id=%.*s", c->issuer,
                                     (int)client.len, client.data)));
    page_put(&p, PAGE_CODE, code);
    realm_page_offer_languages(c, &p, browser_login_address(c, "consent", code));
    realm_page_send(c, &p);
}

static void send(call *c)
{
    consent_job *job = c->job;
    /* With an alert it is the page of the login: the user may not go on. */
    if (job->login.outcome == LOGIN_PAGE && job->login.alert == NULL)
        send_question(c, job);
    else
        browser_login_send(c);
}

/* ---- the answer ---- */

static bool load_missing(call *c, consent_job *job)
{
    grant g = {.client = c->client, .may_be_offline = true};
    if (!grant_choose_scopes(c, job->login.request.scope, &g)) {
        job->login.outcome = LOGIN_REFUSED;
        return false;
    }
    if (job->login.request.device.len > 0) {
        consent_all(c, g.scopes, &job->missing);
        return true;
    }
    if (consent_missing(c, job->login.user.id, g.scopes, job->login.request.prompt_consent,
                        &job->missing) == OST_OK)
        return true;
    browser_login_break(c);
    return false;
}

static void deny(call *c, browser_login *login)
{
    c->event.error = "rejected_by_user";
    c->event.user = login->session.user_id;
    login->outcome = LOGIN_REFUSED;
    if (login->request.device.len > 0 && !device_request_answer(c, &login->request, NULL, NULL))
        return;
    call_refuse(c, 302, "access_denied", NULL);
    browser_login_undo(c);
}

static void work_show(call *c)
{
    consent_job *job = c->job;
    if (!browser_login_load_user(c) || !load_missing(c, job))
        return;
    job->login.outcome = LOGIN_PAGE;
    if (job->missing.count == 0 &&
        !browser_login_is_unasked(c)) /* granted meanwhile, in another tab */
        browser_login_complete(c, job->login.request.proved);
}

static void work_answer(call *c)
{
    consent_job *job = c->job;
    browser_login *login = &job->login;
    if (!browser_login_load_user(c))
        return;
    if (!job->accepted) {
        deny(c, login);
        return;
    }
    if (!load_missing(c, job))
        return;
    login->agreed = text_equal(consent_names(c, &job->missing), login->request.shown);
    if (c->client->consent_required &&
        consent_grant(c, job->login.user.id, &job->missing, login->request.shown) != OST_OK) {
        browser_login_break(c);
        return;
    }
    (void)!store_session_touch(c->provider->store, login->session.realm, login->session.id, c->now,
                               session_idle_ends(c, login->session.remembered));
    /* What the client asks for and the page did not name is asked for in turn. */
    login->begun = login->request.begun;
    login->request.prompt_consent = false;
    browser_login_complete(c, login->request.proved);
}

/* ---- the endpoint ---- */

static void open_request(call *c)
{
    consent_job *job = c->job;
    bool submitted = c->request->method == HTTP_POST;
    ost_text code = call_parameter(c, submitted ? "code" : "session_code");
    if (!browser_login_open(c, code, AUTH_STAGE_CONSENT))
        return;
    /* Only a clear yes is one. */
    job->accepted =
        call_parameter(c, "accept").data != NULL && call_parameter(c, "cancel").data == NULL;
    call_work(c, submitted ? work_answer : work_show, send);
}

void consent_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(consent_job));
    if (c == NULL)
        return;
    http_form query;
    bool good = http_form_read(c->request->query, c->arena, &query) == OST_OK;
    c->form = query;
    if (good && c->request->method == HTTP_POST)
        good = call_read_form(c);
    if (!good)
        page_send_error(c, 400, "Invalid Request");
    else if (!c->realm->enabled)
        page_send_error(c, 400, "Realm not enabled");
    else
        client_await(c, http_form_get(&query, "client_id"), open_request);
}
