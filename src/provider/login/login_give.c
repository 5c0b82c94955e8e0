/* SPDX-License-Identifier: Apache-2.0 */
/* What the client asked for: the code and the tokens at the end of a login; see browser_login.h. */
#include "base/base64url.h"
#include "base/text.h"
#include "provider/login/browser_login.h"
#include "provider/login/device_request.h"
#include "provider/login/pushed_request.h"
#include "provider/realm/uuid.h"
#include "provider/session/authentication.h"
#include "provider/session/requested_claims.h"
#include "provider/token/acr_level.h"
#include "provider/token/grant.h"
#include "store/grant/store_code.h"
#include "store/session/store_session.h"

/* With its level, that no later login raises; nobody changes it in what is known by its hash. */
static bool make_code(call *c, browser_login *login, const reached_level *reached,
                      ost_text *ret_code)
{
    unsigned char hash[32];
    char id[BASE64URL_LEN(sizeof hash)];
    ost_text random = uuid_text(c->provider->context, c->arena);
    const auth_request *r = &login->request;
    int64_t number = reached->leveled ? reached->level : ACR_LEVEL_SESSION;
    bool told = reached->leveled || !reached->proved;
    const char *level = told ? call_format(c, "-%lld", (long long)number) : "";
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
    if (!browser_login_keep(c, &client_session, r->wants_code ? &row : NULL))
        return false;
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
        bool given = device_request_answer(c, &login->request, &login->session, &reached);
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
