/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of an identity provider that are kept for a user, for whoever comes with an access
 * token of that user's which has the role for it: Keycloak's /broker/{alias}/token. An access token
 * there that is over is refreshed first, once for all who ask at a time. */
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/broker/broker_job.h"
#include "provider/broker/broker_kept.h"
#include "provider/call/call_event.h"
#include "provider/realm/role.h"
#include "provider/session/bearer_token.h"
#include "provider/session/token_user.h"
#include "store/user/store_kept_token.h"

typedef struct read_job {
    broker_job broker; /* first: it is the call's job for what is asked there too */
    shown_token token; /* of ours */
    authenticated_user user;
    store_kept_token kept;
    const ost_json *tokens;
    int status;         /* of the answer; 0: not decided */
    const char *reason; /* errorMessage */
} read_job;

static bool read_refuse(call *c, int status, const char *reason)
{
    read_job *job = c->job;
    job->status = status;
    job->reason = reason;
    if (c->event.error == NULL)
        c->event.error = status == 403 ? "unauthorized_client" : "identity_provider_error";
    return false;
}

static bool read_busy(call *c)
{
    return read_refuse(c, 503, "temporarily_unavailable");
}

/* ---- who asks ---- */

/* The token tells the role, and the user still has it. */
static bool may_read(call *c, const ost_claims *claims)
{
    const read_job *job = c->job;
    const ost_json *access =
        ost_json_get(ost_claims_get(claims, "resource_access"), UPSTREAM_READER_CLIENT);
    realm_roles roles;
    if (!json_list_has(ost_json_get(access, "roles"), OST_TEXT(UPSTREAM_READER_ROLE)))
        return false;
    return realm_user_roles(c->realm, job->user.document, c->arena, &roles) == OST_OK &&
           realm_roles_have(&roles, OST_TEXT(UPSTREAM_READER_CLIENT),
                            OST_TEXT(UPSTREAM_READER_ROLE));
}

static ost_result recognize(call *c, const ost_claims **ret_claims)
{
    read_job *job = c->job;
    ost_text user_id;
    ost_result result =
        c->realm->enabled ? bearer_token_verify_shown(c, &job->token, ret_claims) : OST_E_STATE;
    if (result == OST_OK)
        result = bearer_token_session(c, *ret_claims);
    if (result == OST_OK)
        c->client = realm_find_client(c->realm, ost_claims_text(*ret_claims, "azp"));
    if (result == OST_OK && (c->client == NULL || !c->client->enabled))
        result = OST_E_STATE;
    if (result == OST_OK)
        result = token_user(c, c->client, *ret_claims, &user_id);
    if (result == OST_OK)
        result = authentication_load_user(c, user_id, &job->user);
    if (result == OST_OK) {
        c->event.user = job->user.id;
        c->event.username = job->user.username;
        c->event.session = ost_claims_text(*ret_claims, "sid");
    }
    return result;
}

static bool find_reader(call *c)
{
    const ost_claims *claims;
    ost_result result = recognize(c, &claims);
    if (call_is_busy(result))
        return read_busy(c);
    if (result != OST_OK) {
        c->client = NULL;
        return read_refuse(c, 400, "Invalid token.");
    }
    return may_read(c, claims) ||
           read_refuse(c, 403,
                       call_format(c,
                                   "Client [%s] not authorized to retrieve tokens from identity "
                                   "provider [%.*s].",
                                   c->client->client_id,
                                   OST_FORMAT(http_parameter(c->exchange, "alias"))));
}

/* ---- what is kept ---- */

static const ost_json *find_link(const call *c)
{
    const read_job *job = c->job;
    return json_list_find(ost_json_get(job->user.document, "federatedIdentities"),
                          "identityProvider", job->broker.upstream->alias);
}

static bool refuse_none(call *c)
{
    const read_job *job = c->job;
    return read_refuse(c, 404,
                       call_format(c,
                                   "No token stored for user [%.*s] with associated identity "
                                   "provider [%.*s].",
                                   OST_FORMAT(job->user.id),
                                   OST_FORMAT(job->broker.upstream->alias)));
}

/* Whose they are there is who the user is there now, at the same issuer. */
static bool read_kept(call *c)
{
    read_job *job = c->job;
    const upstream *u = job->broker.upstream;
    const ost_json *kept = NULL;
    ost_result result = store_kept_token_get(c->provider->store, text_of(c->realm->name),
                                             job->user.id, u->alias, c->arena, &job->kept);
    if (call_is_busy(result))
        return read_busy(c);
    if (result != OST_OK ||
        !text_equal(job->kept.user_there, json_text_of(find_link(c), "userId")) ||
        ost_json_read(job->kept.token, NULL, c->arena, &kept, NULL) != OST_OK ||
        !text_is(json_text_of(kept, KEPT_ISSUER), u->issuer))
        return refuse_none(c);
    job->tokens = ost_json_get(kept, KEPT_TOKENS);
    return ost_json_is(job->tokens, OST_JSON_OBJECT) || refuse_none(c);
}

static bool find_kept(call *c)
{
    read_job *job = c->job;
    ost_text alias = http_parameter(c->exchange, "alias");
    const upstream *u = upstreams_find(&c->realm->upstreams, alias);
    if (u == NULL || u->barred != NULL)
        return read_refuse(c, 404, "Identity Provider not found.");
    job->broker.upstream = u;
    c->event.identity_provider = u->alias;
    if (!u->keeps_tokens)
        return read_refuse(c, 400,
                           call_format(c,
                                       "Identity Provider [%.*s] does not support this operation.",
                                       OST_FORMAT(u->alias)));
    if (find_link(c) == NULL)
        return read_refuse(
            c, 400,
            call_format(c, "User [%.*s] is not associated with identity provider [%.*s].",
                        OST_FORMAT(job->user.id), OST_FORMAT(u->alias)));
    return read_kept(c);
}

/* ---- what is over ---- */

static bool is_over(const call *c)
{
    const read_job *job = c->job;
    int64_t until;
    return ost_json_integer(ost_json_get(job->tokens, KEPT_UNTIL), &until) && until > 0 &&
           until < c->now + (int64_t)job->broker.upstream->validity;
}

static void work(call *c)
{
    read_job *job = c->job;
    if (!find_reader(c) || !find_kept(c))
        return;
    ost_text refresh = json_text_of(job->tokens, "refresh_token");
    if (refresh.len > 0 && is_over(c) && !broker_refresh_write(c, refresh))
        (void)read_refuse(c, 502, "Unable to refresh token");
}

/* A member that the answer leaves out stays as it was. */
static ost_result keep_member(call *c, const char *name)
{
    read_job *job = c->job;
    const ost_json *before = ost_json_get(job->tokens, name);
    return before == NULL || ost_json_get(job->broker.tokens, name) != NULL
               ? OST_OK
               : document_put(job->broker.tokens, text_of(name), before, c->arena,
                              &job->broker.tokens);
}

static ost_result renew(call *c)
{
    read_job *job = c->job;
    store_kept_token newer = job->kept;
    bool rotates = ost_json_get(job->broker.tokens, "refresh_token") != NULL;
    ost_result result = keep_member(c, "refresh_token");
    if (result == OST_OK && !rotates)
        result = keep_member(c, "refresh_expires_in");
    if (result == OST_OK)
        result = keep_member(c, "id_token");
    if (result == OST_OK)
        result = broker_kept_text(c, &newer.token);
    return result == OST_OK
               ? store_kept_token_renew(c->provider->store, &newer, &job->kept, c->arena)
               : result;
}

/* Whoever was faster has what a refresh token that is good once has brought. */
static void take_refreshed(call *c)
{
    read_job *job = c->job;
    const store_kept_token before = job->kept;
    if (broker_refresh_read(c)) {
        ost_result result = renew(c);
        if (result != OST_OK && result != OST_E_CONFLICT) {
            (void)read_busy(c);
            return;
        }
    }
    c->event.error = NULL;
    if (read_kept(c) && is_over(c) && text_equal(before.token, job->kept.token))
        (void)read_refuse(c, 502, "Unable to refresh token");
}

/* ---- the answer ---- */

static void send_reason(call *c)
{
    const read_job *job = c->job;
    ost_text body = {0};
    ost_json_writer *w = call_writer(c);
    if (w != NULL) {
        ost_json_open_object(w);
        ost_json_member_text(w, "errorMessage", text_of(job->reason));
        ost_json_close_object(w);
    }
    if (w == NULL || ost_json_writer_finish(w, &body) != OST_OK)
        body = OST_TEXT("{}");
    http_respond(c->exchange, job->status, "application/json", body);
}

static void send_answer(call *c)
{
    const read_job *job = c->job;
    if (c->client != NULL)
        call_allow_origin(c, c->client);
    (void)!http_set_field(c->exchange, "Cache-Control", OST_TEXT("no-store"));
    if (job->status == 503)
        call_set_retry_after(c);
    event_tell(c, EVENT_IDENTITY_PROVIDER_RETRIEVE_TOKEN, job->status == 0 ? NULL : c->event.error);
    if (job->status != 0)
        send_reason(c);
    else
        http_respond(c->exchange, 200, "application/json", ost_json_source(job->tokens));
}

static void refreshed(call *c)
{
    call_work(c, take_refreshed, send_answer);
}

static void answer(call *c)
{
    read_job *job = c->job;
    if (job->status == 0 && job->broker.question.url != NULL)
        upstream_fetch(c, &job->broker.question, refreshed);
    else
        send_answer(c);
}

/* CORS (Fetch §3.2.2): the answer itself decides which origins may read it. */
static void send_preflight(call *c)
{
    call_allow_origin(c, NULL);
    (void)!http_set_field(c->exchange, "Access-Control-Allow-Methods", OST_TEXT("GET, OPTIONS"));
    (void)!http_set_field(
        c->exchange, "Access-Control-Allow-Headers",
        OST_TEXT("Origin, Accept, X-Requested-With, Content-Type, Authorization, DPoP"));
    (void)!http_set_field(c->exchange, "Access-Control-Max-Age", OST_TEXT("3600"));
    http_respond(c->exchange, 200, NULL, (ost_text){0});
}

void broker_read_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(read_job));
    if (c == NULL)
        return;
    read_job *job = c->job;
    if (c->request->method == HTTP_OPTIONS) {
        send_preflight(c);
        return;
    }
    size_t fields = http_request_field_count(c->request, "authorization");
    if (!bearer_token_find(c, &job->token)) {
        (void)read_refuse(c, fields > 0 ? 401 : 400, "Invalid token.");
        send_answer(c);
        return;
    }
    call_work(c, work, answer);
}
