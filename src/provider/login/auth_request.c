/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and checking authorization requests; see auth_request.h. */
#include "provider/login/auth_request.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/call/call_policy.h"
#include "provider/client/client_find.h"
#include "provider/detail/authorization_details.h"
#include "provider/login/chosen_flow.h"
#include "provider/login/realm_language.h"
#include "provider/login/request_object.h"
#include "provider/login/subject_request.h"
#include "provider/session/id_token_hint.h"
#include "provider/session/requested_claims.h"
#include "provider/token/acr_level.h"
#include "provider/token/grant.h"
#include "provider/token/pkce.h"
#include "provider/token/resource.h"
#include "provider/user/required_action.h"

#define MAX_PARAMETER 8192 /* bytes of state, nonce and scope: they travel in a URL */
#define MAX_REDIRECT 2048
#define JKT_LEN 43 /* SHA-256 in base64url */

static auth_check to_page(call *c, int status, const char *message)
{
    call_refuse(c, status, "invalid_request", message);
    return AUTH_PAGE;
}

static auth_check to_client(call *c, const char *error, const char *description)
{
    call_refuse(c, 302, error, description);
    return AUTH_REDIRECT;
}

/* A parameter without a value counts as left out (RFC 6749 §3.1). */
static ost_text given(const call *c, const char *name)
{
    ost_text value = call_parameter(c, name);
    return value.len > 0 ? value : (ost_text){NULL, 0};
}

/* Until client and redirect URI are known to belong together, nobody is sent anywhere. */
static auth_check find_client(call *c)
{
    ost_text id = call_parameter(c, "client_id");
    if (!c->realm->enabled)
        return to_page(c, 400, "Realm not enabled");
    if (id.data == NULL || http_form_count(&c->form, "client_id") != 1)
        return to_page(c, 400, "Invalid Request");
    c->client = client_find(c, id);
    if (c->client == NULL && c->client_problem != NULL)
        return to_page(c, 400, call_format(c, "Client not found: %s.", c->client_problem));
    if (c->client == NULL)
        return to_page(c, 400, "Client not found.");
    if (!c->client->enabled)
        return to_page(c, 400, "Client disabled.");
    if (c->client->bearer_only)
        return to_page(c, 403,
                       "Bearer-only applications are not allowed to initiate browser login");
    if (c->client->barred != NULL && strcmp(c->client->barred, "protocol") == 0)
        return to_page(c, 400, "Wrong client protocol.");
    return AUTH_GOOD;
}

/* Whether the request has parameters beside what was pushed, or the object, that are not in it as
 * well (RFC 9101 §6.3: they do not count). */
static bool brings_more(const call *c)
{
    static const char *const names[] = {
        "request",          "request_uri",           "client_secret",
        "client_assertion", "client_assertion_type", NULL};
    for (size_t i = 0; i < c->beside.count; i++) {
        const http_pair *pair = &c->beside.pairs[i];
        size_t k = 0;
        while (k < c->form.count && !(text_equal(c->form.pairs[k].name, pair->name) &&
                                      text_equal(c->form.pairs[k].value, pair->value)))
            k++;
        if (k == c->form.count && !text_is_one_of(pair->name, names))
            return true;
    }
    return false;
}

/* What they want of the login that comes of it. */
static auth_check take_wishes(call *c, auth_request *r, const policy_case *is)
{
    policy_flow flow = policy_set_flow(c->realm->policies, is);
    c->secret_ends = policy_set_secret_end(c->realm->policies, is);
    r->flowed = flow.chosen;
    r->flow = flow.alias;
    r->flow_level = flow.level;
    return policy_set_questions(c->realm->policies, is, &r->questions) == OST_OK &&
                   (!flow.chosen || chosen_flow_follow(c, flow.alias, flow.level))
               ? AUTH_GOOD
               : to_page(c, 503, "The service is busy. Please try again in a moment.");
}

/* What the realm's client policies have against the request, as far as it is read. */
static auth_check ask_policies(call *c, auth_request *r, policy_event event)
{
    if (!call_has_policies(c))
        return AUTH_GOOD;
    policy_case is = call_policy_case(c, event);
    is.typed = r->response_type.len > 0;
    is.implicit = r->wants_token || r->wants_id_token;
    is.only_code = text_is(r->response_type, "code");
    is.pushed = r->origin != AUTH_BROWSER;
    is.redirect_uri = r->redirect_uri;
    is.challenge = r->challenge;
    is.challenge_method = r->challenge_method;
    is.jkt = r->jkt;
    is.hybrid = r->wants_code && r->wants_id_token;
    is.with_token = r->wants_token;
    is.in_jwt = text_is(call_parameter(c, "response_mode"), "jwt");
    is.nonce = given(c, "nonce").len > 0;
    is.state = r->state.len > 0;
    is.claims = given(c, "claims");
    is.acr = acr_names_asked(c, c->client);
    is.more = (r->origin == AUTH_PUSHED || c->object != NULL) && brings_more(c);
    const policy_refusal *refusal = policy_set_check(c->realm->policies, &is, &c->policy_effects);
    if (refusal == NULL && event == POLICY_AUTHORIZATION)
        return take_wishes(c, r, &is);
    if (refusal == NULL)
        return AUTH_GOOD;
    return refusal->page ? to_page(c, refusal->status, refusal->description)
                         : to_client(c, refusal->error, refusal->description);
}

static auth_check read_client(call *c, auth_request *r)
{
    auth_check check = find_client(c);
    /* Of where an object leads that is not good, nothing is believed. */
    if (check == AUTH_GOOD && r->origin != AUTH_PUSHED && !request_object_read(c, c->client))
        check = AUTH_PAGE;
    if (check != AUTH_GOOD)
        return check;
    realm_language_ask(c, given(c, "kc_locale"), given(c, "ui_locales"));
    r->state = call_parameter(c, "state");
    r->has_state = r->state.data != NULL;
    r->redirect_uri = call_parameter(c, "redirect_uri");
    if (http_form_count(&c->form, "redirect_uri") != 1 ||
        !call_redirect_allowed(c, r->redirect_uri))
        return to_page(c, 400, "Invalid parameter: redirect_uri");
    return ask_policies(c, r, POLICY_PREAUTHORIZATION);
}

static bool read_response_types(auth_request *r)
{
    ost_text rest = r->response_type, word;
    bool none = false, any = false;
    while (text_next(&rest, ' ', &word)) {
        if (text_is(word, "code"))
            r->wants_code = true;
        else if (text_is(word, "token"))
            r->wants_token = true;
        else if (text_is(word, "id_token"))
            r->wants_id_token = true;
        else if (text_is(word, "none"))
            none = true;
        else
            return false;
        any = true;
    }
    bool more = r->wants_code || r->wants_token || r->wants_id_token;
    return any && !(none && more);
}

/* Queries stand in logs: no tokens in them, unless nobody but the client can read them. */
static auth_check check_query(call *c, const auth_request *r)
{
    if (!r->mode.in_jwt)
        return to_client(c, "invalid_request",
                         "Response_mode 'query' not allowed for implicit or hybrid flow");
    if (c->client->answers.authorization.encryption == OST_ALG_UNSET)
        return to_client(c, "invalid_request",
                         "Response_mode 'query.jwt' is allowed only when the authorization "
                         "response token is encrypted");
    return AUTH_GOOD;
}

static auth_check check_flows(call *c, const auth_request *r)
{
    bool tokens = r->wants_token || r->wants_id_token;
    if ((r->wants_code || !tokens) && !c->client->standard_flow)
        return to_client(c, "unauthorized_client",
                         "Client is not allowed to initiate browser login with given "
                         "response_type. Standard flow is disabled for the client.");
    /* What comes through the browser is bound to no key, and to no certificate. */
    if (r->wants_token && (c->client->dpop_bound || c->client->certificate_bound))
        return to_client(c, "unauthorized_client",
                         "The client's access tokens have to be bound to a key");
    if (tokens && !c->client->implicit_flow)
        return to_client(c, "unauthorized_client",
                         "Client is not allowed to initiate browser login with given "
                         "response_type. Implicit flow is disabled for the client.");
    return AUTH_GOOD;
}

/* What a realm file asks for to be safer, and what is not there, is no way in. */
static auth_check check_bars(call *c, auth_origin origin)
{
    const realm_client *client = c->client;
    const char *bar = client->barred != NULL ? client->barred : client->request.barred;
    if (client->request.pushed_only && origin == AUTH_BROWSER)
        return to_client(c, "invalid_request", "Pushed Authorization Request is only allowed.");
    if (bar != NULL)
        return to_client(c, "unauthorized_client",
                         call_format(c, "The client asks for what is not supported: %s", bar));
    return AUTH_GOOD;
}

static auth_check read_type(call *c, auth_request *r)
{
    ost_text mode = given(c, "response_mode");
    r->response_type =
        call_parameter(c, "response_type"); /* empty: another error, as in Keycloak */
    bool known = read_response_types(r);
    bool tokens = r->wants_token || r->wants_id_token;
    /* It counts for errors too. */
    bool known_mode = auth_mode_read(mode, tokens, &r->mode);
    if (r->response_type.data == NULL)
        return to_client(c, "invalid_request", "Missing parameter: response_type");
    if (!known)
        return to_client(c, "unsupported_response_type", NULL);
    if (!known_mode)
        return to_client(c, "invalid_request", "Invalid parameter: response_mode");
    auth_check check = tokens && r->mode.place == AUTH_QUERY ? check_query(c, r) : AUTH_GOOD;
    if (check == AUTH_GOOD)
        check = check_flows(c, r);
    return check == AUTH_GOOD ? check_bars(c, r->origin) : check;
}

static auth_check read_challenge(call *c, auth_request *r)
{
    if (r->wants_code) {
        if (pkce_read(c, &r->challenge, &r->challenge_method))
            return AUTH_GOOD;
        c->error.status = 302;
        return AUTH_REDIRECT;
    }
    r->challenge = given(c, "code_challenge");
    r->challenge_method = given(c, "code_challenge_method");
    return AUTH_GOOD;
}

/* Once all of it is read that policies look at. */
static auth_check check_policies(call *c, auth_request *r)
{
    auth_check check =
        ask_policies(c, r, r->origin == AUTH_PUSHING ? POLICY_PUSHED : POLICY_AUTHORIZATION);
    if (check == AUTH_GOOD && c->client->browser_demand == FLOW_REFUSED)
        return to_client(c, "unauthorized_client", "The authentication flow is not supported");
    return check;
}

static void read_hint(call *c, auth_request *r)
{
    ost_text hint = given(c, "id_token_hint");
    const ost_claims *claims;
    r->hinted = hint.data != NULL;
    if (r->hinted && id_token_hint_read(c, hint, &claims) == OST_OK)
        r->hint_subject = ost_claims_subject(claims);
}

static auth_check read_prompt(call *c, auth_request *r)
{
    ost_text prompt = call_parameter(c, "prompt"), age = given(c, "max_age");
    uint64_t seconds;
    r->prompt_none = text_list_has(prompt, OST_TEXT("none"));
    r->prompt_login = text_list_has(prompt, OST_TEXT("login"));
    r->prompt_select_account = text_list_has(prompt, OST_TEXT("select_account"));
    r->login_hint = given(c, "login_hint");
    r->max_age = -1;
    read_hint(c, r);
    r->prompt_consent = text_list_has(prompt, OST_TEXT("consent"));
    /* "create" counts by itself alone (OpenID Connect Initiating User Registration §4.1). */
    r->registering = text_is(prompt, "create");
    /* What no session can answer (OpenID Connect Core §3.1.2.1). */
    if (r->prompt_none && r->prompt_select_account)
        return to_client(c, "account_selection_required", NULL);
    if (age.data == NULL)
        return AUTH_GOOD;
    if (!text_to_unsigned(age, (uint64_t)1 << 40, &seconds))
        return to_client(c, "invalid_request", "Invalid parameter: max_age");
    r->max_age = (int64_t)seconds;
    return AUTH_GOOD;
}

/* Each API has a parameter of its own (RFC 8707 §2). */
static bool has_duplicates(const http_form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        for (size_t k = i + 1; k < form->count && !text_is(form->pairs[i].name, "resource"); k++) {
            if (text_equal(form->pairs[i].name, form->pairs[k].name))
                return true;
        }
    }
    return false;
}

static auth_check read_rest(call *c, auth_request *r)
{
    grant g = {.client = c->client};
    r->scope = c->scope = call_parameter(c, "scope");
    r->nonce = call_parameter(c, "nonce");
    if (has_duplicates(&c->form))
        return to_client(c, "invalid_request", "duplicated parameter");
    if (r->state.len > MAX_PARAMETER || r->nonce.len > MAX_PARAMETER ||
        r->redirect_uri.len > MAX_REDIRECT || r->scope.len > MAX_PARAMETER)
        return to_client(c, "invalid_request", "a parameter is too long");
    r->jkt = given(c, "dpop_jkt");
    if (r->jkt.len > 0 && (r->jkt.len != JKT_LEN || !text_is_made_of(r->jkt, "-_")))
        return to_client(c, "invalid_request", "Invalid parameter: dpop_jkt");
    if (!grant_choose_scopes(c, r->scope, &g) || !resources_read(c, &r->resources) ||
        !details_read(c, &r->details)) {
        c->error.status = 302;
        return AUTH_REDIRECT;
    }
    if (r->wants_id_token && r->nonce.len == 0)
        return to_client(c, "invalid_request", "Missing parameter: nonce");
    return AUTH_GOOD;
}

static auth_check read_claims(call *c, auth_request *r)
{
    return subject_request_read(c, &r->subject) && requested_claims_read(c, c->client, &r->claims)
               ? AUTH_GOOD
               : to_client(c, "invalid_request", "Invalid parameter: claims");
}

static auth_check read_action(call *c, auth_request *r)
{
    r->kc_action = given(c, "kc_action");
    return r->kc_action.data == NULL || required_action_exists(r->kc_action)
               ? AUTH_GOOD
               : to_page(c, 400, "Invalid Request");
}

/* What is essential and cannot be met is a failed authentication (OpenID Connect Core §5.5.1.1). */
static auth_check read_acr(call *c, auth_request *r)
{
    switch (acr_demand_read(c, c->client, &c->level)) {
    case ACR_ANY:
        return AUTH_GOOD;
    case ACR_PROVED:
        r->acr_proved = true;
        return AUTH_GOOD;
    case ACR_UNMET:
        return to_client(c, "unmet_authentication_requirements",
                         "The level of authentication is not supported");
    case ACR_UNKNOWN:
        break;
    }
    return to_page(c, 400, "Invalid parameter: claims");
}

bool auth_request_lets_register(const call *c, const auth_request *r)
{
    return c->realm->registration.allowed && r->user.len == 0 && r->subject.len == 0;
}

auth_check auth_request_read(call *c, auth_origin origin, auth_request *ret_request)
{
    auth_check (*const steps[])(call *, auth_request *) = {
        read_client, read_type,   read_rest, read_challenge, check_policies,
        read_prompt, read_claims, read_acr,  read_action};
    auth_check check = AUTH_GOOD;
    *ret_request = (auth_request){.origin = origin, .max_age = -1};
    for (size_t i = 0; i < ARRAY_LEN(steps) && check == AUTH_GOOD; i++)
        check = steps[i](c, ret_request);
    return check;
}
