/* SPDX-License-Identifier: Apache-2.0 */
/* Userinfo (OpenID Connect Core §5.3), with the challenges of RFC 6750 §3. */
#include <string.h>

#include "base/percent.h"
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/call/call_policy.h"
#include "provider/client/client_find.h"
#include "provider/client/client_keys.h"
#include "provider/endpoint/endpoints.h"
#include "provider/realm/realm_defaults.h"
#include "provider/realm/uuid.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/session/proof_of_certificate.h"
#include "provider/session/requested_claims.h"
#include "provider/session/token_user.h"
#include "provider/token/grant.h"
#include "store/session/store_session.h"

#define INTERACTION "x-fapi-interaction-id"

typedef struct userinfo_job {
    shown_token token;
    const ost_claims *claims;        /* once they are known to be good; its proof is used up then */
    bool bound;                      /* to a key or a certificate, as those of FAPI are */
    const char *error, *description; /* of the challenge; NULL: none */
    ost_text missing;                /* whose document or keys are not at hand; empty: nobody's */
    bool awaited;                    /* it has been waited for */
} userinfo_job;

static bool userinfo_refuse(call *c, int status, const char *error, const char *description)
{
    userinfo_job *job = c->job;
    job->error = error;
    job->description = description;
    return call_refuse(c, status, error != NULL ? error : "invalid_token", description);
}

static void try_again(call *c);

static bool is_uuid(ost_text text)
{
    if (text.len != UUID_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.data[i] != '-' : hex_digit(text.data[i]) < 0)
            return false;
    }
    return true;
}

/* By which the client knows its call again: of all endpoints this one is a protected resource
 * (FAPI 1.0 Baseline §6.2.1, 11). Where the client has given it no name, it gets one. */
static void return_interaction(call *c)
{
    const userinfo_job *job = c->job;
    ost_text id = http_request_field(c->request, INTERACTION);
    if (!is_uuid(id))
        id = job->bound ? uuid_text(c->provider->context, c->arena) : (ost_text){0};
    if (id.len > 0)
        (void)!http_set_field(c->exchange, INTERACTION, id);
}

static void send(call *c)
{
    userinfo_job *job = c->job;
    if (job->missing.len > 0 && !job->awaited) {
        job->awaited = true;
        client_await(c, job->missing, try_again);
        return;
    }
    return_interaction(c);
    call_allow_origin(c, c->client); /* of any origin, as long as the client is not known */
    (void)!http_set_field(c->exchange, "Cache-Control", OST_TEXT("no-store"));
    event_tell_outcome(c, EVENT_USER_INFO_REQUEST);
    if (c->error.status == 0) {
        const client_answer *wanted = &c->client->answers.userinfo;
        bool is_jwt = wanted->signature != OST_ALG_UNSET || wanted->encryption != OST_ALG_UNSET;
        http_respond(c->exchange, 200, is_jwt ? "application/jwt" : "application/json", c->answer);
        return;
    }
    /* Nothing is wrong with the token. */
    if (c->error.status >= 500 || strcmp(c->error.error, "unauthorized_client") == 0) {
        call_send_json(c);
        return;
    }
    call_challenge(c, job->error, job->description);
    http_respond(c->exchange, c->error.status, NULL, (ost_text){0});
}

/* One place for the token: the Authorization field, or the form of a POST. */
static bool find_token(call *c)
{
    userinfo_job *job = c->job;
    ost_text in_form = {0};
    bearer_outcome came = call_bearer(c, &job->token.text);
    job->token.by_dpop = came == BEARER_DPOP;
    bool bearer = came == BEARER_TOKEN || came == BEARER_DPOP;
    if (c->request->method == HTTP_POST && call_read_form(c))
        in_form = call_parameter(c, "access_token");
    if (c->error.status != 0)
        return userinfo_refuse(c, 400, "invalid_request", "malformed form");
    if ((bearer && in_form.data != NULL) ||
        http_request_field_count(c->request, "authorization") > 1)
        return userinfo_refuse(c, 400, "invalid_request",
                               "More than one method used for including an access token");
    if (!bearer)
        job->token.text = in_form;
    return job->token.text.len > 0 || userinfo_refuse(c, 401, NULL, NULL);
}

/* Once: what is waited for later does not ask for another proof. */
static bool read_token(call *c)
{
    userinfo_job *job = c->job;
    if (job->claims != NULL)
        return true;
    ost_result result = bearer_token_verify_shown(c, &job->token, &job->claims);
    if (call_is_busy(result)) /* nobody knows whether the proof has been used */
        call_refuse_busy(c);
    job->bound = result == OST_OK && ost_claims_get(job->claims, "cnf") != NULL;
    return result == OST_OK ||
           userinfo_refuse(c, 401, "invalid_token", "Token verification failed");
}

/* A token that is bound has been shown by who has its key, or its certificate. */
static bool check_policies(call *c, const ost_claims *claims)
{
    const userinfo_job *job = c->job;
    const ost_json *bound = ost_claims_get(claims, "cnf");
    if (!call_has_policies(c))
        return true;
    policy_case is = call_policy_case(c, POLICY_USERINFO);
    is.scoped = true;
    is.scope = ost_claims_text(claims, "scope");
    is.proof = job->token.by_dpop;
    is.proved = ost_json_get(bound, "jkt") != NULL;
    is.bound = proof_of_certificate_is_bound(claims);
    const policy_refusal *refusal = policy_set_check(c->realm->policies, &is, &c->policy_effects);
    return refusal == NULL || userinfo_refuse(c, 401, "invalid_token", refusal->description);
}

static bool is_good_for_userinfo(call *c, const ost_claims *claims)
{
    if (bearer_token_is_lightweight(claims) && !c->client->lightweight_userinfo)
        return userinfo_refuse(c, 401, "invalid_token",
                               "Lightweight access token not allowed for userinfo endpoint");
    return check_policies(c, claims) &&
           (text_list_has(ost_claims_text(claims, "scope"), OST_TEXT("openid")) ||
            userinfo_refuse(c, 403, "insufficient_scope", "Missing openid scope"));
}

/* What the login asked for by name is of interest to few clients: the others' is not read. */
static bool read_requested(call *c, const ost_claims *claims, grant *g)
{
    store_client_session part;
    if (g->session_id == NULL || !requested_claims_matter(g->client))
        return true;
    ost_result result = store_client_session_get(c->provider->store, ost_claims_text(claims, "sid"),
                                                 text_of(g->client->client_id), c->arena, &part);
    if (result == OST_OK)
        g->requested = requested_claims_of(c, &part);
    return result == OST_OK || result == OST_E_NOT_FOUND || call_refuse_busy(c);
}

static void answer(call *c, const ost_claims *claims, const authenticated_user *account, grant *g)
{
    ost_text scope = ost_claims_text(claims, "scope");
    g->may_be_offline = text_list_has(scope, OST_TEXT(OFFLINE_ACCESS));
    if (grant_choose_scopes(c, scope, g) && read_requested(c, claims, g) &&
        grant_set_user(c, account->document, account->id, g))
        (void)mint_userinfo(c, g, &c->answer);
}

static void work(call *c)
{
    userinfo_job *job = c->job;
    authenticated_user account;
    ost_text user_id;
    if (!read_token(c))
        return;
    const ost_claims *claims = job->claims;
    c->client = client_find(c, ost_claims_text(claims, "azp"));
    grant g = {.client = c->client};
    if (!job->awaited && (c->client == NULL || client_keys_are_due(c, c->client))) {
        job->missing = ost_claims_text(claims, "azp");
        return;
    }
    ost_result result = bearer_token_session(c, claims);
    if (call_is_busy(result)) {
        call_refuse_busy(c);
        return;
    }
    if (result != OST_OK || g.client == NULL) {
        userinfo_refuse(c, 401, "invalid_token",
                        "User session not found or doesn't have client attached on it");
        return;
    }
    if (!is_good_for_userinfo(c, claims))
        return;
    ost_text session = ost_claims_text(claims, "sid");
    g.session_id = session.data != NULL ? ost_arena_copy(c->arena, session) : NULL;
    result = token_user(c, c->client, claims, &user_id);
    if (result == OST_OK)
        result = authentication_load_user(c, user_id, &account);
    if (result != OST_OK) {
        (void)(call_is_busy(result)
                   ? call_refuse_busy(c)
                   : userinfo_refuse(c, 401, "invalid_token", "Token verification failed"));
        return;
    }
    answer(c, claims, &account, &g);
}

/* With the document of the client that the token was issued to. */
static void try_again(call *c)
{
    call_work(c, work, send);
}

void userinfo_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(userinfo_job));
    if (c == NULL)
        return;
    (void)find_token(c);
    call_work(c, work, send);
}
