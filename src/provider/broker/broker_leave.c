/* SPDX-License-Identifier: Apache-2.0 */
/* The way to an identity provider (OpenID Connect Core §3.1.2.1). The state is the login that is
 * under way, sealed: for one browser, one provider, and once. */
#include "base/base64url.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/broker/broker_job.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "provider/session/internal_token.h"
#include "provider/upstream/upstream_button.h"

#define URL_MAX ((size_t)48 << 10)
#define VERIFIER_BYTES 32 /* "a 32-octet sequence" (RFC 7636 §4.1) */

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
 * does so there, whatever either says; and nobody is asked whom the client does not want asked. */
static void put_prompt(call *c, const upstream *u, ost_text wish, bool again, buffer *url)
{
    const browser_login *login = c->job;
    ost_text prompt = u->prompt.len > 0 ? u->prompt : wish;
    if (login->request.prompt_none) {
        put_wish(url, "prompt", OST_TEXT("none"));
        return;
    }
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
