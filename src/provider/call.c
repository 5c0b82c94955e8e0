/* Calls; see call.h. */
#include "provider/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/percent.h"
#include "base/text.h"
#include "provider/login/realm_page.h"

/* "external" is who comes from outside the machine and its private networks (RFC 1918), as
 * Keycloak has it. */
static bool is_internal(ost_text peer)
{
    if (text_starts(peer, "::ffff:"))
        peer = text_slice(peer, 7, peer.len);
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

static const char *base_url(call *c)
{
    if (c->provider->hostname != NULL)
        return c->provider->hostname;
    return call_format(c, "%s://%.*s", c->request->secure ? "https" : "http",
                       (int)c->request->authority.len, c->request->authority.data);
}

static void answer_unknown_realm(http_exchange *exchange)
{
    static const char body[] = "{\"error\":\"Realm does not exist\",\"error_description\":\"For "
                               "more on this error consult "
                               "the server log.\"}";
    http_respond(exchange, 404, "application/json", (ost_text){body, sizeof body - 1});
}

static void refuse_plain(call *c)
{
    if (text_starts(http_request_field(c->request, "accept"), "text/html")) {
        page_send_error(c, 403, "HTTPS required");
        return;
    }
    call_refuse(c, 403, "invalid_request", "HTTPS required");
    call_send_json(c);
}

call *call_begin(http_exchange *exchange, void *user)
{
    provider *p = user;
    ost_arena *arena = http_arena(exchange);
    const realm_entry *entry =
        realm_table_find(atomic_load(&p->realms), http_parameter(exchange, "realm"));
    call *c = entry != NULL ? ost_arena_alloc(arena, sizeof *c) : NULL;
    if (entry == NULL) {
        answer_unknown_realm(exchange);
        return NULL;
    }
    if (c != NULL) {
        *c = (call){.provider = p,
                    .exchange = exchange,
                    .request = http_request_of(exchange),
                    .arena = arena,
                    .entry = entry,
                    .realm = entry->realm,
                    .now = ost_now(p->context)};
        c->base = base_url(c);
        c->issuer = call_format(c, "%s/realms/%s", c->base, c->realm->name);
    }
    if (c == NULL || c->error.status != 0) {
        http_respond(exchange, 500, NULL, (ost_text){0});
        return NULL;
    }
    if (p->hostname == NULL && c->request->authority.len == 0) {
        http_set_reason(exchange, "no Host field to make the issuer of");
        http_respond(exchange, 400, NULL, (ost_text){0});
        return NULL;
    }
    if (call_needs_tls(c)) {
        refuse_plain(c);
        return NULL;
    }
    return c;
}

bool call_refuse(call *c, int status, const char *error, const char *description)
{
    if (c->error.status == 0)
        c->error = (call_error){status, error, description};
    return false;
}

bool call_refuse_busy(call *c)
{
    return call_refuse(c, 503, "temporarily_unavailable", NULL);
}

int64_t call_issued_at(const ost_claims *claims)
{
    int64_t issued = 0;
    return ost_json_integer(ost_claims_get(claims, "iat"), &issued) ? issued : 0;
}

bool call_is_stale(const call *c, const ost_claims *claims)
{
    int64_t issued = call_issued_at(claims), not_before = 0;
    const realm_client *client = realm_find_client(c->realm, ost_claims_text(claims, "azp"));
    if (client != NULL &&
        !ost_json_integer(ost_json_get(client->document, "notBefore"), &not_before))
        not_before = 0;
    return issued < c->realm->not_before || issued < not_before;
}

ost_json_writer *call_writer(call *c)
{
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    if (w == NULL)
        call_refuse(c, 500, "server_error", NULL);
    return w;
}

const char *call_format(call *c, const char *format, ...)
{
    char *text = NULL;
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    if (len >= 0 && (text = ost_arena_alloc(c->arena, (size_t)len + 1)) != NULL)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(arguments);
    if (text == NULL)
        call_refuse(c, 500, "server_error", NULL);
    return text;
}

void call_no_store(call *c)
{
    (void)!http_set_field(c->exchange, "Cache-Control", OST_TEXT("no-store"));
    (void)!http_set_field(c->exchange, "Pragma", OST_TEXT("no-cache"));
}

static void send_error(call *c)
{
    ost_text body;
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    if (w == NULL) {
        http_respond(c->exchange, 500, NULL, (ost_text){0});
        return;
    }
    ost_json_open_object(w);
    ost_json_member_string(w, "error", c->error.error);
    if (c->error.description != NULL)
        ost_json_member_string(w, "error_description", c->error.description);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &body) != OST_OK)
        body = OST_TEXT("{\"error\":\"invalid_request\"}"); /* what was sent is not UTF-8 */
    if (c->error.status == 503)
        (void)!http_set_field(c->exchange, "Retry-After", OST_TEXT("1"));
    http_set_reason(c->exchange, "%s: %s", c->error.error,
                    c->error.description != NULL ? c->error.description : "");
    http_respond(c->exchange, c->error.status, "application/json", body);
}

void call_send_json(call *c)
{
    call_no_store(c);
    if (c->error.status != 0)
        send_error(c);
    else
        http_respond(c->exchange, 200, "application/json", c->answer);
}

static bool has_duplicates(const http_form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        for (size_t k = i + 1; k < form->count; k++) {
            if (text_equal(form->pairs[i].name, form->pairs[k].name))
                return true;
        }
    }
    return false;
}

bool call_read_form(call *c)
{
    if (!http_request_is_form(c->request) && c->request->body.len > 0)
        return true; /* an empty form: each endpoint says what it misses */
    if (http_form_read(c->request->body, c->arena, &c->form) != OST_OK)
        return call_refuse(c, 400, "invalid_request", "malformed form");
    if (has_duplicates(&c->form))
        return call_refuse(c, 400, "invalid_request", "duplicated parameter");
    return true;
}

ost_text call_parameter(const call *c, const char *name)
{
    return http_form_get(&c->form, name);
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

void call_set_cookie(call *c, const char *name, ost_text value, int64_t max_age, bool http_only)
{
    bool tls = text_starts(text_of(c->base), "https://");
    ost_text path = percent_encode(c->arena, text_of(c->realm->name));
    char age[48] = "";
    if (max_age >= 0)
        snprintf(age, sizeof age, "; Max-Age=%lld", (long long)max_age);
    /* Lax: a cross-site form cannot bring it along, a link to the login page can. */
    const char *cookie =
        call_format(c, "%s=%.*s; Path=/realms/%.*s/%s; SameSite=Lax%s%s", name, (int)value.len,
                    value.len > 0 ? value.data : "", (int)path.len, path.data, age,
                    http_only ? "; HttpOnly" : "", tls ? "; Secure" : "");
    if (cookie != NULL)
        (void)!http_add_field(c->exchange, "Set-Cookie", text_of(cookie));
}
