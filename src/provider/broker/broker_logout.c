/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a session that began at an identity provider: its user is sent there to end that too
 * (OpenID Connect RP-Initiated Logout 1.0), and comes back to where they were to go. */
#include "provider/broker/broker_logout.h"

#include "base/percent.h"
#include "base/text.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/login/realm_page.h"
#include "provider/session/internal_token.h"
#include "provider/upstream/upstream_identity.h"

#define LIFESPAN 300 /* seconds until they are back */
#define TYPE "Upstream-Logout"
#define URL_MAX ((size_t)48 << 10)

/* Where they go on to: an address that was good for their client when it was asked for. */
static bool seal(call *c, const upstream *u, ost_text location, ost_text *ret_state)
{
    ost_text claims, token;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", c->now + LIFESPAN);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "typ", TYPE);
    ost_json_member_text(w, "upstream", u->alias);
    if (location.len > 0)
        ost_json_member_text(w, "location", location);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &claims) == OST_OK &&
           internal_token_make(c, claims, NULL, &token) && internal_token_hide(c, token, ret_state);
}

bool broker_logout_url(call *c, ost_text notes, ost_text location, ost_text *ret_url)
{
    upstream_identity identity;
    ost_text state;
    buffer_auto buffer url = {0};
    if (!upstream_identity_of_notes(notes, c->arena, &identity))
        return false;
    const upstream *u = upstreams_find(&c->realm->upstreams, identity.alias);
    if (u == NULL || u->barred != NULL || u->logout_url == NULL || !seal(c, u, location, &state))
        return false;
    ost_text alias = percent_encode(c->arena, u->alias);
    const char *back =
        call_format(c, "%s/broker/%.*s/endpoint/logout_response", c->issuer, OST_FORMAT(alias));
    bool tells_token = u->tells_token && identity.id_token.len > 0;
    buffer_init(&url, URL_MAX);
    buffer_append_string(&url, u->logout_url);
    query_append(&url, "state", state);
    if (tells_token)
        query_append(&url, "id_token_hint", identity.id_token);
    if (u->tells_client || !tells_token)
        query_append(&url, "client_id", text_of(u->client_id));
    query_append(&url, "post_logout_redirect_uri", text_of(back));
    return back != NULL && call_keep(c, &url, ret_url);
}

static void come_back(call *c)
{
    const ost_claims *claims;
    ost_text token, location;
    if (!internal_token_show(c, call_parameter(c, "state"), &token) ||
        internal_token_read(c, token, TYPE, &claims) != OST_OK ||
        ost_claims_expiry(claims) <= c->now ||
        !text_equal(ost_claims_text(claims, "upstream"), http_parameter(c->exchange, "alias"))) {
        page_send_error(c, 400, "Invalid Request");
        return;
    }
    location = ost_claims_text(claims, "location");
    if (location.len > 0) {
        call_no_store(c);
        http_redirect(c->exchange, 302, location);
        return;
    }
    page p = {.template = PAGE_NOTICE, .status = 200};
    realm_page_say(c, &p, PAGE_TITLE, "loggedOutTitle");
    realm_page_say(c, &p, PAGE_HEADING, "successLogout");
    realm_page_say(c, &p, PAGE_MESSAGE, "closePage");
    realm_page_send(c, &p);
}

void broker_logout_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK)
        page_send_error(c, 400, "Invalid Request");
    else
        come_back(c);
}
