/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to authorization requests; see auth_response.h. */
#include "provider/login/auth_response.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/login/realm_page.h"
#include "provider/token/answer_token.h"

#define MAX_LOCATION ((size_t)64 << 10)

void auth_parameter_add(auth_parameters *p, const char *name, ost_text value)
{
    if (p->count < ARRAY_LEN(p->pairs))
        p->pairs[p->count++] = (http_pair){text_of(name), value};
}

static void send_form(call *c, const auth_request *r, const auth_parameters *p)
{
    page_row rows[ARRAY_LEN(p->pairs)] = {0};
    page form = {.template = PAGE_FORM_POST,
                 .status = 200,
                 .leads_away = true,
                 .rows = rows,
                 .row_count = p->count};
    for (size_t i = 0; i < p->count; i++)
        rows[i] =
            (page_row){{{PAGE_ROW_NAME, p->pairs[i].name}, {PAGE_ROW_VALUE, p->pairs[i].value}}};
    page_put(&form, PAGE_TITLE, OST_TEXT("OIDC Form_Post Response"));
    page_put_url(&form, PAGE_ACTION, r->redirect_uri);
    realm_page_send(c, &form);
}

static void send_parameters(call *c, const auth_request *r, const auth_parameters *p)
{
    if (r->mode.place == AUTH_FORM_POST) {
        send_form(c, r, p);
        return;
    }
    bool has_query = text_find(r->redirect_uri, '?', 0) < r->redirect_uri.len;
    buffer_auto buffer location = {0};
    buffer_init(&location, MAX_LOCATION);
    buffer_append(&location, r->redirect_uri);
    for (size_t i = 0; i < p->count; i++) {
        char separator = i > 0 ? '&' : r->mode.place == AUTH_FRAGMENT ? '#' : has_query ? '&' : '?';
        buffer_append_byte(&location, separator);
        buffer_append(&location, p->pairs[i].name);
        buffer_append_byte(&location, '=');
        buffer_append(&location, percent_encode(c->arena, p->pairs[i].value));
    }
    (void)!http_set_field(c->exchange, "Cache-Control",
                          OST_TEXT("no-store, must-revalidate, max-age=0"));
    if (location.failed != OST_OK)
        http_respond(c->exchange, 500, NULL, (ost_text){0});
    else
        http_redirect(c->exchange, 302, buffer_text(&location));
}

/* ---- in a JWT (JARM) ---- */

typedef struct jwt_response {
    auth_request request;
    auth_parameters parameters;
} jwt_response;

/* As texts, also the numbers: Keycloak's clients expect them so. The issuer is a claim anyway. */
static bool write_claims(call *c, const auth_parameters *p, ost_text *ret_claims)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", c->now + c->realm->lifespans.code);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "aud", c->client->client_id);
    for (size_t i = 0; i < p->count; i++) {
        if (!text_is(p->pairs[i].name, "iss")) {
            ost_json_put_name(w, p->pairs[i].name);
            ost_json_put_text(w, p->pairs[i].value);
        }
    }
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_claims) == OST_OK ||
           call_refuse(c, 400, "invalid_request", "a parameter is not UTF-8");
}

static void make_jwt(call *c)
{
    jwt_response *response = c->job;
    const client_answer *answer = &c->client->answers.authorization;
    ost_text claims, token;
    if (!write_claims(c, &response->parameters, &claims) ||
        !answer_sign(c, claims, answer->signature, "JWT", &token) ||
        !answer_encrypt(c, c->client, answer, token, "JWT", &token))
        return;
    response->parameters = (auth_parameters){0};
    auth_parameter_add(&response->parameters, "response", token);
}

/* What was to be hidden, or could not be signed, goes nowhere else. */
static void send_jwt(call *c)
{
    const jwt_response *response = c->job;
    if (c->error.status == 0)
        send_parameters(c, &response->request, &response->parameters);
    else
        page_send_error(c, c->error.status,
                        c->error.description != NULL ? c->error.description
                                                     : "The answer cannot be sent now.");
}

void auth_response_send(call *c, const auth_request *r, const auth_parameters *p)
{
    if (!r->mode.in_jwt) {
        send_parameters(c, r, p);
        return;
    }
    jwt_response *response = ost_arena_alloc(c->arena, sizeof *response);
    if (response == NULL) {
        page_send_error(c, 500, "The answer cannot be sent now.");
        return;
    }
    *response = (jwt_response){*r, *p};
    c->job = response;
    c->error = (call_error){0}; /* it has been told, and is what the JWT says */
    call_work(c, make_jwt, send_jwt);
}

void auth_response_send_error(call *c, const auth_request *r)
{
    auth_parameters p = {0};
    auth_parameter_add(&p, "error", text_of(c->error.error));
    if (c->error.description != NULL)
        auth_parameter_add(&p, "error_description", text_of(c->error.description));
    if (r->has_state)
        auth_parameter_add(&p, "state", r->state);
    if (c->client == NULL || !c->client->without_issuer)
        auth_parameter_add(&p, "iss", text_of(c->issuer));
    if (strcmp(c->error.error, "temporarily_unavailable") == 0)
        (void)call_tell_fault(c);
    call_set_reason(c);
    auth_response_send(c, r, &p);
}
