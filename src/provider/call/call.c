/* SPDX-License-Identifier: Apache-2.0 */
/* Calls; see call.h. */
#include "provider/call/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena_format.h"
#include "base/base64url.h"
#include "base/percent.h"
#include "base/text.h"
#include "jose/jwt/claims.h"

bool call_is_for_people(const http_exchange *exchange)
{
    return text_starts(http_request_field(http_request_of(exchange), "accept"), "text/html");
}

static void answer_unknown_realm(http_exchange *exchange, const provider *p)
{
    static const char body[] = "{\"error\":\"Realm does not exist\",\"error_description\":\"For "
                               "more on this error consult "
                               "the server log.\"}";
    http_set_reason(exchange, "there is no such realm");
    if (call_is_for_people(exchange)) {
        p->send_not_found(exchange);
        return;
    }
    http_respond(exchange, 404, "application/json", (ost_text){body, sizeof body - 1});
}

static void refuse_plain(call *c)
{
    if (call_is_for_people(c->exchange)) {
        c->provider->send_error_page(c, 403, "HTTPS required");
        return;
    }
    call_refuse(c, 403, "invalid_request", "HTTPS required");
    call_send_json(c);
}

call *call_begin(http_exchange *exchange, void *user)
{
    return call_begin_in(exchange, user, http_parameter(exchange, "realm"));
}

call *call_begin_in(http_exchange *exchange, provider *p, ost_text realm_name)
{
    ost_arena *arena = http_arena(exchange);
    const realm_entry *entry = provider_realm(p, realm_name, arena);
    call *c = entry != NULL ? ost_arena_alloc(arena, sizeof *c) : NULL;
    if (entry == NULL) {
        answer_unknown_realm(exchange, p);
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
        c->base = call_base_url(c);
        c->realm_path = percent_encode(arena, text_of(c->realm->name)).data;
        c->issuer = call_format(c, "%s/realms/%s", c->base, c->realm_path);
    }
    if (c == NULL || c->realm_path == NULL || c->error.status != 0) {
        http_respond(exchange, 500, NULL, (ost_text){0});
        return NULL;
    }
    if (p->address.url == NULL && c->request->authority.len == 0) {
        http_set_reason(exchange, "no Host field to make the issuer of");
        http_respond(exchange, 400, NULL, (ost_text){0});
        return NULL;
    }
    if (call_needs_tls(c)) {
        refuse_plain(c);
        return NULL;
    }
    if (http_client_certificate(exchange, &c->certificate) != OST_OK) {
        http_set_reason(exchange, "the client's certificate cannot be read");
        http_respond(exchange, 400, NULL, (ost_text){0});
        return NULL;
    }
    return c;
}

call *call_begin_job(http_exchange *exchange, void *user, size_t size)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return NULL;
    c->job = ost_arena_alloc(c->arena, size);
    if (c->job != NULL)
        return c;
    http_respond(exchange, 500, NULL, (ost_text){0});
    return NULL;
}

bearer_outcome call_bearer(const call *c, ost_text *ret_token)
{
    ost_text field = http_request_field(c->request, "authorization");
    const ost_credentials came = {.authorization = &field,
                                  .authorization_count =
                                      http_request_field_count(c->request, "authorization")};
    return bearer_find(&came, ret_token);
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

bool call_is_busy(ost_result result)
{
    return result == OST_E_STORE || result == OST_E_BUSY || result == OST_E_MEMORY;
}

int64_t call_issued_at(const ost_claims *claims)
{
    int64_t issued = 0;
    return claims_issued_at(claims, &issued) ? issued : 0;
}

int64_t call_issues_at(const call *c, int64_t began)
{
    return began > c->now && began - c->now <= NODES_APART ? began : c->now;
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
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_list(c->arena, format, arguments);
    va_end(arguments);
    if (text == NULL)
        call_refuse(c, 500, "server_error", NULL);
    return text;
}

ost_result call_hash(const call *c, ost_text text, ost_text *ret_hash)
{
    unsigned char hash[32];
    ost_result result = ost_sha256(text, hash);
    return result == OST_OK
               ? base64url_encode_to(c->arena, text_of_bytes(hash, sizeof hash), ret_hash)
               : result;
}

bool call_keep(call *c, const buffer *gathered, ost_text *ret_text)
{
    char *copy =
        gathered->failed == OST_OK ? ost_arena_copy(c->arena, buffer_text(gathered)) : NULL;
    if (copy == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    *ret_text = (ost_text){copy, gathered->len};
    return true;
}

/* Several APIs each have a parameter of their own (RFC 8707 §2, RFC 8693 §2.1). */
static bool may_repeat(ost_text name)
{
    return text_is(name, "resource") || text_is(name, "audience");
}

/* RFC 6749 §3.1. */
static bool has_duplicates(const http_form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        for (size_t k = i + 1; k < form->count; k++) {
            if (text_equal(form->pairs[i].name, form->pairs[k].name) &&
                !may_repeat(form->pairs[i].name))
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

bool call_leave_out_empty(call *c)
{
    /* Resource servers ask about whatever they were sent: no token is not active. Whoever means to
     * narrow a token gets none that is as wide as ever. */
    static const char *const kept[] = {"token", "audience", NULL};
    http_pair *pairs = ost_arena_alloc(c->arena, (c->form.count + 1) * sizeof *pairs);
    size_t count = 0;
    if (pairs == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    for (size_t i = 0; i < c->form.count; i++) {
        if (c->form.pairs[i].value.len > 0 || text_is_one_of(c->form.pairs[i].name, kept))
            pairs[count++] = c->form.pairs[i];
    }
    c->form = (http_form){.pairs = pairs, .count = count};
    return true;
}

ost_text call_parameter(const call *c, const char *name)
{
    return http_form_get(&c->form, name);
}
