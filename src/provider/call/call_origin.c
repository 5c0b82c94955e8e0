/* SPDX-License-Identifier: Apache-2.0 */
/* Where a call comes from: its base URL, TLS, and pages of other origins; see call.h. */
#include "base/text.h"
#include "provider/call/call.h"

/* "external" is who comes from outside the machine and its private networks (RFC 1918), as
 * Keycloak has it. */
static bool is_internal(ost_text peer)
{
    if (text_starts(peer, "127.") || text_starts(peer, "10.") || text_starts(peer, "192.168.") ||
        text_is(peer, "::1") || text_starts(peer, "unix"))
        return true;
    uint64_t second;
    ost_text rest = text_slice(peer, 4, peer.len);
    return text_starts(peer, "172.") &&
           text_to_unsigned(text_slice(rest, 0, text_find(rest, '.', 0)), 255, &second) &&
           second >= 16 && second <= 31;
}

bool call_needs_tls(const call *c)
{
    if (c->request->secure)
        return false;
    return c->realm->ssl_required_all ||
           (c->realm->ssl_required_external && !is_internal(c->request->peer));
}

/* The clients that every realm has for its own pages stand where the provider stands. */
static realm_client placed_client(const call *c)
{
    realm_client client = *c->client;
    ost_text root = text_of(client.root_url);
    if (text_is(root, "${authBaseUrl}") || text_is(root, "${authAdminUrl}"))
        client.root_url = c->base;
    return client;
}

bool call_redirect_allowed(const call *c, ost_text uri)
{
    const realm_client client = placed_client(c);
    return realm_redirect_allowed(&client, uri);
}

bool call_post_logout_allowed(const call *c, ost_text uri)
{
    const realm_client client = placed_client(c);
    return realm_post_logout_allowed(&client, uri);
}

const char *call_base_url(call *c)
{
    const char *base =
        public_url_base(&c->provider->address, c->request->authority, c->request->secure, c->arena);
    if (base == NULL)
        call_refuse(c, 500, "server_error", NULL);
    return base;
}

void call_allow_origin(call *c, const realm_client *client)
{
    ost_text origin = http_request_field(c->request, "origin");
    if (origin.data == NULL || (client != NULL && !realm_origin_allowed(client, origin)))
        return;
    (void)!http_set_field(c->exchange, "Access-Control-Allow-Origin", origin);
    (void)!http_set_field(c->exchange, "Vary", OST_TEXT("Origin"));
    (void)!http_set_field(c->exchange, "Access-Control-Allow-Credentials", OST_TEXT("true"));
    (void)!http_set_field(c->exchange, "Access-Control-Expose-Headers",
                          OST_TEXT("Access-Control-Allow-Methods"));
}
