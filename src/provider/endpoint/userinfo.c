/* SPDX-License-Identifier: Apache-2.0 */
/* Userinfo (OpenID Connect Core §5.3), with the challenges of RFC 6750 §3. */
#include "base/text.h"
#include "provider/endpoint/endpoints.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/token/grant.h"

typedef struct userinfo_job {
    ost_text token;
    const char *challenge; /* what follows the realm */
} userinfo_job;

static bool challenge(call *c, int status, const char *error, const char *description)
{
    userinfo_job *job = c->job;
    job->challenge = error == NULL ? ""
                                   : call_format(c, ", error=\"%s\", error_description=\"%s\"",
                                                 error, description);
    return call_refuse(c, status, error != NULL ? error : "invalid_token", description);
}

static void send(http_exchange *exchange, void *user)
{
    call *c = user;
    userinfo_job *job = c->job;
    call_allow_origin(c, c->client); /* of any origin, as long as the client is not known */
    (void)!http_set_field(exchange, "Cache-Control", OST_TEXT("no-store"));
    if (c->error.status == 0) {
        http_respond(exchange, 200, "application/json", c->answer);
        return;
    }
    const char *value = call_format(c, "Bearer realm=\"%s\"%s", c->realm_path,
                                    job->challenge != NULL ? job->challenge : "");
    if (value != NULL && c->error.status < 500)
        (void)!http_set_field(exchange, "WWW-Authenticate", text_of(value));
    http_respond(exchange, c->error.status, NULL, (ost_text){0});
}

/* One place for the token: the Authorization field, or the form of a POST. */
static bool find_token(call *c)
{
    userinfo_job *job = c->job;
    ost_text field = http_request_field(c->request, "authorization"), in_form = {0};
    bool bearer =
        field.len > 7 && text_equal_ignoring_case(text_slice(field, 0, 7), OST_TEXT("Bearer "));
    if (c->request->method == HTTP_POST && call_read_form(c))
        in_form = call_parameter(c, "access_token");
    if (c->error.status != 0)
        return challenge(c, 400, "invalid_request", "malformed form");
    if ((bearer && in_form.data != NULL) ||
        http_request_field_count(c->request, "authorization") > 1)
        return challenge(c, 400, "invalid_request",
                         "More than one method used for including an access token");
    job->token = bearer ? text_trim(text_slice(field, 7, field.len)) : in_form;
    return job->token.len > 0 || challenge(c, 401, NULL, NULL);
}

static void work(http_exchange *exchange, void *user)
{
    call *c = user;
    userinfo_job *job = c->job;
    const ost_claims *claims;
    authenticated_user account;
    (void)exchange;
    if (bearer_token_verify(c, job->token, "Bearer", &claims) != OST_OK) {
        challenge(c, 401, "invalid_token", "Token verification failed");
        return;
    }
    c->client = realm_find_client(c->realm, ost_claims_text(claims, "azp"));
    grant g = {.client = c->client};
    if (bearer_token_session(c, claims) != OST_OK || g.client == NULL) {
        challenge(c, 401, "invalid_token",
                  "User session not found or doesn't have client attached on it");
        return;
    }
    if (!text_list_has(ost_claims_text(claims, "scope"), OST_TEXT("openid"))) {
        challenge(c, 403, "insufficient_scope", "Missing openid scope");
        return;
    }
    g.session_id = ost_claims_text(claims, "sid").data;
    if (authentication_load_user(c, ost_claims_subject(claims), &account) != OST_OK) {
        challenge(c, 401, "invalid_token", "Token verification failed");
        return;
    }
    if (grant_choose_scopes(c, ost_claims_text(claims, "scope"), &g) &&
        grant_set_user(c, account.document, account.id, &g))
        (void)mint_userinfo(c, &g, &c->answer);
}

void userinfo_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    c->job = ost_arena_alloc(c->arena, sizeof(userinfo_job));
    if (c->job == NULL) {
        http_respond(exchange, 500, NULL, (ost_text){0});
        return;
    }
    if (find_token(c))
        http_defer(exchange, work, send, c);
    else
        send(exchange, c);
}
