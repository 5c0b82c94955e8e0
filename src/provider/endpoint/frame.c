/* SPDX-License-Identifier: Apache-2.0 */
/* The frames that keycloak-js puts into an application's page: whether the browser sends our
 * cookies from there, and whether its session is still the same (OpenID Connect Session Management
 * §3.2). They show nothing and have one script each, so any page may frame them. */
#include "base/buffer.h"
#include "base/text.h"
#include "provider/call/call.h"
#include "provider/client/client_find.h"
#include "provider/endpoint/endpoints.h"

#define EMBEDDED(name)                                                                             \
    extern const unsigned char name[];                                                             \
    extern const size_t name##_len;                                                                \
    extern const char name##_sha256[]
EMBEDDED(cookies_set_js);
EMBEDDED(cookies_tell_js);
EMBEDDED(session_status_js);

#define MAX_FRAME 8192
#define MAX_POLICY 256

static void send_frame(http_exchange *exchange, void *user, ost_text script, const char *digest)
{
    call *c = call_begin(exchange, user);
    buffer_auto buffer html = {0}, policy = {0};
    if (c == NULL)
        return;
    buffer_init(&html, MAX_FRAME);
    buffer_init(&policy, MAX_POLICY);
    buffer_append_string(&html, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                                "<title>Session</title><script>");
    buffer_append(&html, script);
    buffer_append_string(&html, "</script></html>");
    buffer_append_format(&policy,
                         "default-src 'none'; script-src 'sha256-%s'; connect-src 'self'; "
                         "base-uri 'none'; form-action 'none'",
                         digest);
    if (html.failed != OST_OK || policy.failed != OST_OK ||
        http_set_field(exchange, "Content-Security-Policy", buffer_text(&policy)) != OST_OK ||
        http_set_field(exchange, "Cache-Control", OST_TEXT("no-store")) != OST_OK) {
        http_respond(exchange, 500, NULL, (ost_text){0});
        return;
    }
    http_respond(exchange, 200, "text/html; charset=utf-8", buffer_text(&html));
}

void cookies_set_endpoint(http_exchange *exchange, void *user)
{
    send_frame(exchange, user, text_of_bytes(cookies_set_js, cookies_set_js_len),
               cookies_set_js_sha256);
}

void cookies_tell_endpoint(http_exchange *exchange, void *user)
{
    send_frame(exchange, user, text_of_bytes(cookies_tell_js, cookies_tell_js_len),
               cookies_tell_js_sha256);
}

void session_status_endpoint(http_exchange *exchange, void *user)
{
    send_frame(exchange, user, text_of_bytes(session_status_js, session_status_js_len),
               session_status_js_sha256);
}

/* Which pages the frame answers: those of the client's own origins, and ours. */
void session_status_init_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK) {
        http_respond(exchange, 400, NULL, (ost_text){0});
        return;
    }
    ost_text origin = call_parameter(c, "origin");
    const realm_client *client = client_find(c, call_parameter(c, "client_id"));
    bool known = client != NULL && client->enabled && origin.len > 0 &&
                 (realm_origin_allowed(client, origin) ||
                  text_equal(origin, realm_uri_origin(text_of(c->base))));
    http_respond(exchange, known ? 204 : 403, NULL, (ost_text){0});
}
