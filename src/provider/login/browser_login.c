/* SPDX-License-Identifier: Apache-2.0 */
/* Completing and showing logins; see browser_login.h. */
#include "provider/login/browser_login.h"

#include "base/base64url.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/client/client_find.h"
#include "provider/login/device_request.h"
#include "provider/login/pushed_request.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/login/user_language.h"
#include "provider/realm/uuid.h"
#include "provider/session/authentication.h"
#include "provider/session/browser_session.h"
#include "provider/session/consent.h"
#include "provider/session/key_ceremony.h"
#include "provider/session/requested_claims.h"
#include "provider/session/session_level.h"
#include "provider/token/grant.h"
#include "provider/upstream/upstream_button.h"
#include "provider/upstream/upstream_enter.h"

/* ---- completing ---- */

/* With its level, that no later login raises; nobody changes it in what is known by its hash. */
static bool make_code(call *c, const browser_login *login, const reached_level *reached,
                      ost_text *ret_code)
{
    unsigned char hash[32];
    char id[BASE64URL_LEN(sizeof hash)];
    ost_text random = uuid_text(c->provider->context, c->arena);
    const auth_request *r = &login->request;
    const char *level = reached->leveled ? call_format(c, "-%lld", (long long)reached->level) : "";
    const char *code =
        call_format(c, "%.*s%s.%.*s.%s", OST_FORMAT(random), level != NULL ? level : "-",
                    OST_FORMAT(login->session.id), c->client->id != NULL ? c->client->id : "");
    if (random.data == NULL || code == NULL || ost_sha256(text_of(code), hash) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    const store_client_session client_session = {
        .session_id = login->session.id,
        .client_id = text_of(c->client->client_id),
        .scope = r->scope,
        .nonce = r->nonce,
        .redirect_uri = r->redirect_uri,
        .issuer = text_of(c->issuer),
        .started = c->now,
        .last_access = c->now,
        .notes = requested_claims_notes(c, reached, r->claims),
    };
    const store_code row = {
        .id = {id, base64url_encode(hash, sizeof hash, id)},
        .realm = text_of(c->realm->name),
        .session_id = login->session.id,
        .client_id = text_of(c->client->client_id),
        .redirect_uri = r->redirect_uri,
        .scope = r->scope,
        .nonce = r->nonce,
        .challenge = r->challenge,
        .challenge_method = r->challenge_method,
        .resources = r->resources,
        .details = r->details,
        .jkt = r->jkt,
        .expires = c->now + c->realm->lifespans.code,
    };
    if (client_session.notes.data == NULL)
        return false;
    if (store_login(c->provider->store, login->new_session ? &login->session : NULL,
                    &client_session, r->wants_code ? &row : NULL) != OST_OK)
        return call_refuse(c, 302, "temporarily_unavailable", NULL);
    *ret_code = text_of(code);
    return true;
}

/* The tokens that travel through the browser (OpenID Connect Core §3.2). */
static bool add_tokens(call *c, browser_login *login, const reached_level *reached, ost_text code)
{
    auth_request *r = &login->request;
    authenticated_user user;
    minted m = {0};
    grant g = {.client = c->client,
               .session_id = login->session.id.data,
               .login_notes = login->session.notes,
               .session_ends = login->session.ends,
               .client_started = c->now,
               .auth_time = login->session.auth_time,
               .interactive = true,
               .nonce = r->nonce,
               .acr = reached,
               .requested = requested_claims_open(c, r->claims),
               .detached = c->client->detached_signature,
               .state = r->state,
               .resources = r->resources,
               .details = r->details,
               .lifespan = r->wants_code ? 0 : c->realm->lifespans.access_token_implicit};
    ost_result result = authentication_load_user(c, login->session.user_id, &user);
    if (result != OST_OK)
        return call_refuse(
            c, 302, call_is_busy(result) ? "temporarily_unavailable" : "access_denied", NULL);
    if (!grant_choose_scopes(c, r->scope, &g))
        return false;
    g.openid = false; /* the ID token is made apart, with the code's hash */
    if (!grant_set_user(c, user.document, user.id, &g) || !mint_tokens(c, &g, false, &m))
        return false;
    if (r->wants_id_token) {
        ost_text id_token;
        if (!mint_id_token(c, &g, r->wants_token ? m.access_token : (ost_text){0},
                           r->wants_code ? code : (ost_text){0}, c->now + m.expires_in, &id_token))
            return false;
        auth_parameter_add(&login->parameters, "id_token", id_token);
    }
    if (r->wants_token) {
        auth_parameter_add(&login->parameters, "access_token", m.access_token);
        auth_parameter_add(&login->parameters, "token_type", OST_TEXT("Bearer"));
        auth_parameter_add(&login->parameters, "expires_in",
                           text_of(call_format(c, "%lld", (long long)m.expires_in)));
    }
    return true;
}

void browser_login_give(call *c, bool proved)
{
    browser_login *login = c->job;
    const reached_level reached = {.proved = proved,
                                   .leveled = login->request.leveled,
                                   .level = login->request.level,
                                   .names = c->level.names,
                                   .device = login->request.device};
    ost_text code;
    if (!browser_login_spend_levels(c))
        return;
    if (login->request.device.len > 0) {
        bool given = device_request_answer(c, &login->request, login->session.id, &reached);
        login->outcome = given ? LOGIN_DONE : LOGIN_REFUSED;
        return;
    }
    login->outcome = LOGIN_BROKEN;
    if (!pushed_request_spend(c, login->request.pushed))
        return;
    login->outcome = LOGIN_REFUSED;
    if (!make_code(c, login, &reached, &code))
        return;
    auth_parameters *p = &login->parameters;
    if (login->request.has_state)
        auth_parameter_add(p, "state", login->request.state);
    if (!c->client->without_session_state)
        auth_parameter_add(p, "session_state", login->session.id);
    if (!c->client->without_issuer)
        auth_parameter_add(p, "iss", text_of(c->issuer));
    if (login->request.kc_action_status.len > 0)
        auth_parameter_add(p, "kc_action_status", login->request.kc_action_status);
    if (login->request.wants_code)
        auth_parameter_add(p, "code", code);
    bool tokens = login->request.wants_token || login->request.wants_id_token;
    login->outcome = !tokens || add_tokens(c, login, &reached, code) ? LOGIN_DONE : LOGIN_REFUSED;
}

/* ---- showing ---- */

ost_text browser_login_address(call *c, const char *path, ost_text code)
{
    ost_text client = percent_encode(c->arena, text_of(c->client->client_id));
    const browser_login *login = c->job;
    ost_text action = login->request.action;
    return text_of(call_format(c, "%s/login-actions/%s?session_code=%.*s%s%.*s&client_id=%.*s",
                               c->issuer, path, OST_FORMAT(code),
                               action.len > 0 ? "&execution=" : "", OST_FORMAT(action),
                               OST_FORMAT(client)));
}

static ost_text form_action(call *c, ost_text code)
{
    return browser_login_address(c, "authenticate", code);
}

/* Keycloak's own clients have a name that is a key of its messages. */
ost_text browser_login_client_name(call *c)
{
    ost_text name = page_words_resolve(realm_language_words(c), text_of(c->client->name), c->arena);
    return name.len > 0 && !text_starts(name, "${") ? name : text_of(c->client->client_id);
}

/* A mail leads back to us by the address that we are known by: who sends a request does not say
 * what that is. */
bool browser_login_may_reset(const call *c)
{
    const provider *p = c->provider;
    return c->realm->reset_password_allowed && c->realm->has_mail_server &&
           c->client->browser_password &&
           (p->address.url != NULL || p->address.host != NULL || p->development);
}

static bool put_forgotten(call *c, const browser_login *login, ost_text browser, page *p)
{
    ost_text code;
    if (!browser_login_may_reset(c))
        return true;
    if (!auth_request_seal(c, &login->request, browser, &code))
        return false;
    page_put_url(p, PAGE_FORGOT, browser_login_address(c, "reset-credentials", code));
    return true;
}

static bool put_registration(call *c, const browser_login *login, ost_text browser, page *p)
{
    auth_request newcomer = login->request;
    ost_text code;
    if (!auth_request_lets_register(c, &newcomer))
        return true;
    newcomer.registering = true;
    newcomer.identity = (ost_text){0};
    if (!auth_request_seal(c, &newcomer, browser, &code))
        return false;
    page_put_url(p, PAGE_REGISTER, browser_login_address(c, "registration", code));
    return true;
}

/* The account elsewhere that is to be linked, as long as it is. */
static bool put_linked(call *c, const browser_login *login, page *p)
{
    upstream_identity identity;
    if (!upstream_identity_read(c, login->request.identity, &identity))
        return false;
    const upstream *u = upstreams_find(&c->realm->upstreams, identity.alias);
    realm_page_say_of(c, p, PAGE_LINKED_LABEL, "linkIdpAccount",
                      u != NULL ? u->name : identity.alias);
    page_put(p, PAGE_LINKED_NAME, upstream_identity_shown(&identity, c->arena));
    return true;
}

/* Who signs in: anybody, by name; or the one whose session is not fresh enough. */
static bool put_person(call *c, const browser_login *login, ost_text browser, page *p)
{
    auth_request anybody = login->request;
    ost_text code;
    if (login->request.user.len == 0 && !c->client->browser_password)
        return put_registration(c, login, browser, p);
    if (login->request.user.len == 0) {
        realm_page_say(c, p, PAGE_LABEL,
                       !c->realm->login_with_email            ? "username"
                       : c->realm->registration.email_is_name ? "email"
                                                              : "usernameOrEmail");
        page_put(p, PAGE_USERNAME, login->username);
        page_put_flag(p, PAGE_REMEMBER, c->realm->remember_me);
        return put_forgotten(c, login, browser, p) && put_registration(c, login, browser, p);
    }
    anybody.user = anybody.identity = anybody.stepping = (ost_text){0};
    if (!auth_request_seal(c, &anybody, browser, &code))
        return false;
    page_put_flag(p, PAGE_KNOWN_USER, true);
    page_put(p, PAGE_USERNAME, login->request.user);
    page_put_url(p, PAGE_RESTART, form_action(c, code));
    /* The owner of an account that is to be linked may prove it by a mail; who signs in again has
     * "somebody else" first. */
    return !upstream_awaits_proof(c, login->request.identity) ||
           (put_linked(c, login, p) && put_forgotten(c, login, browser, p));
}

/* Its address; the page is in factor/passkey_step.h. */
static ost_text passkey_address(call *c, ost_text code)
{
    return text_of(
        call_format(c, "%.*s&execution=" PASSKEY_STEP, OST_FORMAT(form_action(c, code))));
}

/* Passkeys offered in the field for the name, for which the page has a form of its own. */
static bool put_offer(call *c, const browser_login *login, ost_text browser, ost_text code, page *p)
{
    ost_text options, proof;
    if (c->client->browser_passkey == PASSKEY_NONE)
        return true;
    page_put_url(p, PAGE_PASSKEY_LINK, passkey_address(c, code));
    if (!c->realm->keys[WEBAUTHN_PASSWORDLESS].offered || login->request.user.len > 0 ||
        !c->client->browser_password)
        return true;
    if (!key_passkey_ask(c, browser, &options, &proof))
        return false;
    page_put(p, PAGE_OPTIONS, options);
    page_put(p, PAGE_CODE, proof);
    return true;
}

/* Where nothing but a passkey will do there is nothing to type. */
static void send_form(call *c, browser_login *login)
{
    page p = {.template = PAGE_LOGIN,
              .status = login->busy ? 503 : 200,
              .leads_away = login->request.device.len == 0};
    ost_text code, browser = browser_id(c, true);
    bool named = login->username.len > 0 || login->request.user.len > 0;
    if (login->forget_session)
        browser_session_clear(c);
    if (!auth_request_seal(c, &login->request, browser, &code) ||
        !put_person(c, login, browser, &p) || !put_offer(c, login, browser, code, &p)) {
        page_send_error(c, c->error.status, "The login cannot be shown now. Please try again.");
        return;
    }
    if (login->request.identity.len == 0)
        upstream_put_buttons(c, code, &p);
    if (!c->client->browser_password && login->alert == NULL && p.row_count == 0) {
        call_no_store(c);
        http_redirect(c->exchange, 302, passkey_address(c, code));
        return;
    }
    page_put_flag(&p, PAGE_PASSWORD_ASKED, c->client->browser_password);
    page_put(&p, PAGE_CLIENT, browser_login_client_name(c));
    page_put_url(&p, PAGE_ACTION, form_action(c, code));
    realm_page_offer_languages(c, &p, form_action(c, code));
    realm_page_tell(c, &p, PAGE_ALERT, login->alert);
    page_put_flag(&p, PAGE_WRONG, login->wrong);
    /* The cursor starts where the next thing is to be typed. */
    page_put_flag(&p, PAGE_FOCUS_NAME, !named);
    page_put_flag(&p, PAGE_FOCUS_SECRET, named);
    realm_page_send(c, &p);
}

/* By an address of its own, so that the page can be loaded again. */
static void send_to_page(call *c, const browser_login *login)
{
    const char *path = login->outcome == LOGIN_ACT        ? "required-action"
                       : login->outcome == LOGIN_REGISTER ? "registration"
                       : login->outcome == LOGIN_FACTOR   ? "authenticate"
                                                          : "consent";
    ost_text code;
    if (!auth_request_seal(c, &login->request, browser_id(c, true), &code)) {
        page_send_error(c, c->error.status, "The login cannot go on now. Please try again.");
        return;
    }
    call_no_store(c);
    http_redirect(c->exchange, 302, browser_login_address(c, path, code));
}

/* A form that is shown for the first time is no event. */
static void tell_event(call *c, const browser_login *login)
{
    if (c->language.stored) {
        c->event.user = login->session.user_id;
        event_tell_before(c, EVENT_UPDATE_PROFILE);
    }
    switch (login->outcome) {
    case LOGIN_PAGE:
        if (c->event.error != NULL)
            event_tell(c, EVENT_LOGIN, c->event.error);
        break;
    case LOGIN_AWAY:
    case LOGIN_REGISTER:
    case LOGIN_FACTOR:
    case LOGIN_ACT:
    case LOGIN_ASK:
    case LOGIN_AGAIN:
        break;
    case LOGIN_DENIED:
        event_tell(c, EVENT_LOGIN, c->event.error);
        break;
    case LOGIN_DONE:
        c->event.user = login->session.user_id;
        c->event.session = login->session.id;
        event_tell(c, EVENT_LOGIN, NULL);
        break;
    case LOGIN_REFUSED:
    case LOGIN_BROKEN:
        event_tell_outcome(c, EVENT_LOGIN);
        break;
    }
}

/* To the identity provider that the request has named. */
static void send_away(call *c, const browser_login *login)
{
    ost_text code;
    if (login->forget_session)
        browser_session_clear(c);
    if (!auth_request_seal(c, &login->request, browser_id(c, true), &code)) {
        page_send_error(c, c->error.status, "The login cannot go on now. Please try again.");
        return;
    }
    call_no_store(c);
    http_redirect(c->exchange, 303, upstream_address(c, login->hint, code));
}

/* In the words of the flow, if it has any. */
static void send_denial(call *c, const browser_login *login)
{
    const char *words = login->denial.len > 0 ? ost_arena_copy(c->arena, login->denial) : NULL;
    page_send_error(c, 401, words != NULL ? words : "Access denied");
}

static void send_done(call *c, browser_login *login)
{
    if (login->new_session)
        browser_session_set(c, &login->session);
    if (login->request.device.len > 0)
        device_request_send_status(c);
    else
        auth_response_send(c, &login->request, &login->parameters);
}

static void send_refusal(call *c, browser_login *login)
{
    if (login->forget_session)
        browser_session_clear(c);
    if (login->request.device.len > 0)
        device_request_send_status(c);
    else
        auth_response_send_error(c, &login->request);
}

void browser_login_send(call *c)
{
    browser_login *login = c->job;
    tell_event(c, login);
    user_language_keep(c);
    switch (login->outcome) {
    case LOGIN_PAGE:
        send_form(c, login);
        break;
    case LOGIN_AWAY:
        send_away(c, login);
        break;
    case LOGIN_FACTOR:
    case LOGIN_REGISTER:
    case LOGIN_ACT:
    case LOGIN_ASK:
        if (login->new_session)
            browser_session_set(c, &login->session);
        send_to_page(c, login);
        break;
    case LOGIN_AGAIN:
        call_no_store(c);
        http_redirect(c->exchange, 302, auth_request_url(c, &login->request));
        break;
    case LOGIN_DONE:
        send_done(c, login);
        break;
    case LOGIN_DENIED:
        send_denial(c, login);
        break;
    case LOGIN_REFUSED:
        send_refusal(c, login);
        break;
    case LOGIN_BROKEN:
        page_send_error(c, c->error.status, c->error.description);
        break;
    }
}

/* At the page of the login it goes on with the same form, elsewhere it begins again; what somebody
 * has typed to register is lost, which is told. */
static void send_expired(call *c, auth_stage stage)
{
    browser_login *login = c->job;
    const char *alert = "Your login attempt timed out. Login will start from the beginning.";
    login->outcome =
        stage == AUTH_STAGE_LOGIN || stage == AUTH_STAGE_CODE ? LOGIN_PAGE : LOGIN_AGAIN;
    login->request.half = login->request.proofs = (ost_text){0};
    login->alert = alert;
    if (stage == AUTH_STAGE_REGISTRATION)
        page_send_error_again(c, 400, alert, auth_request_url(c, &login->request));
    else
        browser_login_send(c);
}

void browser_login_begin(http_exchange *exchange, void *user, size_t job_size,
                         void (*next)(call *c))
{
    call *c = call_begin_job(exchange, user, job_size);
    if (c == NULL)
        return;
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK)
        page_send_error(c, 400, "Invalid Request");
    else if (!c->realm->enabled)
        page_send_error(c, 400, "Realm not enabled");
    else
        client_await(c, call_parameter(c, "client_id"), next);
}

bool browser_login_open(call *c, ost_text code, auth_stage stage)
{
    browser_login *login = c->job;
    switch (auth_request_open(c, code, stage, browser_id(c, false), &login->request)) {
    case AUTH_OPEN_GOOD:
        return true;
    case AUTH_OPEN_INVALID:
        page_send_error(c, 400, "An error occurred, please login again through your application.");
        break;
    case AUTH_OPEN_COOKIE:
        page_send_error_again(
            c, 400,
            "Cookie not found. Please make sure cookies are enabled in your browser. This login "
            "was begun in another browser, or your browser has forgotten it.",
            auth_request_url(c, &login->request));
        break;
    case AUTH_OPEN_EXPIRED:
        send_expired(c, stage);
        break;
    }
    return false;
}
