/* SPDX-License-Identifier: Apache-2.0 */
/* Logout tokens of identity providers (OpenID Connect Back-Channel Logout 1.0 §2.6): sessions that
 * began by what has ended there end here too, and their clients are told. Anybody may send one;
 * what is not signed by a provider of the realm changes nothing. */
#include "base/text.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/broker/broker_job.h"
#include "provider/call/call_event.h"
#include "provider/client/client_keys.h"
#include "store/session/session_there.h"

#define EVENT "http://schemas.openid.net/event/backchannel-logout"
#define FAILED "LogoutToken verification with identity provider failed"
#define LONGEST 600       /* seconds since it was issued; a token lives for two minutes (§2.4) */
#define FURTHEST 1200     /* and that by clocks as far apart as may be, both ways */
#define PROVIDERS_MAX 8   /* that are asked for their keys: of one issuer, by one client ID there */
#define SESSIONS_MAX 1000 /* that the log tells */

typedef struct logout_token_job {
    ost_text token;
    ost_text issuer;            /* as the token says, before anything is known of it */
    const ost_json *unverified; /* its claims, likewise */
    size_t at;                  /* the provider of the realm whose turn it is, */
    size_t tried;               /* after so many that it might be of */
    const upstream *providers[PROVIDERS_MAX]; /* those that have signed it for us */
    size_t count;
    bool keys_missing;        /* of one of them: it is not known whether that has */
    const ost_claims *claims; /* judged */
    ost_text session, subject;
    bool offline; /* sessions for offline access end too */
    store_ended_session *ended[PROVIDERS_MAX];
    size_t ended_count[PROVIDERS_MAX];
} logout_token_job;

static bool logout_token_refuse(call *c, const char *description)
{
    c->event.error = "invalid_token";
    return call_refuse(c, 400, "invalid_request", description);
}

/* ---- the answer ---- */

static void tell_ended(call *c)
{
    const logout_token_job *job = c->job;
    bool first = true;
    for (size_t i = 0; i < job->count; i++) {
        c->event.identity_provider = job->providers[i]->alias;
        for (size_t k = 0; k < job->ended_count[i]; k++) {
            if (!first)
                event_tell_before(c, EVENT_LOGOUT);
            first = false;
            c->event.user = job->ended[i][k].user_id;
            c->event.session = job->ended[i][k].id;
        }
    }
    if (!first)
        event_tell(c, EVENT_LOGOUT, NULL);
}

static void send(call *c)
{
    call_no_store(c);
    if (c->error.status == 0) {
        tell_ended(c);
        http_respond(c->exchange, 200, NULL, (ost_text){0});
        return;
    }
    event_tell_outcome(c, EVENT_LOGOUT);
    call_send_json(c);
}

/* ---- what ends ---- */

/* A token that comes again does nothing: who logs in after it stays. */
static ost_result end_those_of(call *c, const upstream *u, size_t i)
{
    logout_token_job *job = c->job;
    const char *owner =
        call_format(c, "logout token of %s at %.*s", c->realm->name, OST_FORMAT(u->alias));
    const store_session_there of = {.realm = text_of(c->realm->name),
                                    .provider = u->alias,
                                    .session = job->session,
                                    .user = job->subject,
                                    .offline = job->offline,
                                    .once_owner = text_of(owner),
                                    .once_id = ost_claims_text(job->claims, "jti"),
                                    .once_until = c->now + LONGEST + FURTHEST};
    return owner != NULL ? store_session_end_there(c->provider->store, &of, SESSIONS_MAX, c->arena,
                                                   &job->ended[i], &job->ended_count[i])
                         : OST_E_MEMORY;
}

static void work(call *c)
{
    const logout_token_job *job = c->job;
    ost_result result = OST_OK;
    for (size_t i = 0; i < job->count && result == OST_OK; i++)
        result = end_those_of(c, job->providers[i], i);
    if (result == OST_E_CONFLICT)
        (void)logout_token_refuse(c, "The logoutToken has been used before");
    else if (result != OST_OK)
        call_refuse_busy(c);
    logout_bell_ring(&c->provider->logouts_bell);
}

/* ---- what the token has to be ---- */

/* "An events Claim whose value is JSON object containing the member name
 * http://schemas.openid.net/event/backchannel-logout", itself an object (§2.4). */
static bool read_event(const ost_claims *claims, bool *ret_offline)
{
    const ost_json *event = ost_json_get(ost_claims_get(claims, "events"), EVENT);
    if (!ost_json_is(event, OST_JSON_OBJECT))
        return false;
    const ost_json *revoke =
        ost_json_get(ost_claims_get(claims, "events"), "revoke_offline_access");
    if (!ost_json_boolean(revoke, ret_offline))
        *ret_offline = false;
    return true;
}

/* One that is older than any of them lives is not remembered any more. */
static bool is_young(const call *c, const ost_claims *claims)
{
    return call_issued_at(claims) + LONGEST > c->now;
}

/* What else is signed with the same keys for the same client, as an ID token, is none. */
static bool check_claims(call *c)
{
    logout_token_job *job = c->job;
    const ost_claims *claims = job->claims;
    ost_text typ = ost_claims_text(claims, "typ");
    const ost_json *session = ost_claims_get(claims, "sid");
    job->session = ost_claims_text(claims, "sid");
    job->subject = ost_claims_subject(claims);
    if (session != NULL && job->session.len == 0)
        return logout_token_refuse(c, "The sid claim is none");
    if (job->session.len == 0 && job->subject.len == 0)
        return logout_token_refuse(c, "Missing sid or sub claim");
    if (!read_event(claims, &job->offline) || (typ.len > 0 && !text_is(typ, "Logout")))
        return logout_token_refuse(c, "The LogoutToken event claim is not as expected");
    if (ost_claims_get(claims, "nonce") != NULL)
        return logout_token_refuse(c,
                                   "The LogoutToken contains a nonce claim which is not allowed");
    if (ost_claims_get(claims, "iat") == NULL)
        return logout_token_refuse(c, "The LogoutToken doesn't contain an iat claim");
    if (!is_young(c, claims))
        return logout_token_refuse(c, FAILED);
    return ost_claims_text(claims, "jti").len > 0 ||
           logout_token_refuse(c, "The logoutToken jti is missing");
}

static void logout_token_finish(call *c)
{
    const logout_token_job *job = c->job;
    if (job->count == 0 && job->keys_missing)
        call_refuse_busy(c);
    else if (job->count == 0)
        (void)logout_token_refuse(c, FAILED);
    else
        (void)check_claims(c);
    call_work(c, work, send);
}

/* ---- whose it is ---- */

static void go_on(call *c);

static void judge(call *c)
{
    logout_token_job *job = c->job;
    const upstream *u = &c->realm->upstreams.list[job->at++];
    const char *const audiences[] = {u->client_id};
    const ost_claims_rules rules = {
        .issuer = u->issuer, .audiences = audiences, .audience_count = 1, .leeway = u->leeway};
    const ost_keyset *keys = broker_keys(c, u);
    ost_error error = {0};
    if (keys == NULL)
        job->keys_missing = true;
    else if (ost_jwt_verify(job->token, keys, &rules, c->now, c->arena, &job->claims, &error) ==
             OST_OK)
        job->providers[job->count++] = u;
    else
        http_add_detail(c->exchange, "upstream", text_of(call_format(c, "%s", error.detail)));
    go_on(c);
}

/* Only those are asked for their keys that the token is said to be of, and for us. */
static bool is_candidate(const call *c, const upstream *u)
{
    const logout_token_job *job = c->job;
    const ost_json *audience = ost_json_get(job->unverified, "aud");
    if (u->issuer == NULL || u->client_id == NULL || !text_is(job->issuer, u->issuer))
        return false;
    if (ost_json_equals(audience, text_of(u->client_id)))
        return true;
    const ost_json *at = ost_json_is(audience, OST_JSON_ARRAY) ? ost_json_first(audience) : NULL;
    while (at != NULL && !ost_json_equals(at, text_of(u->client_id)))
        at = ost_json_next(at);
    return at != NULL;
}

static void go_on(call *c)
{
    logout_token_job *job = c->job;
    const upstreams *all = &c->realm->upstreams;
    while (job->at < all->count && !is_candidate(c, &all->list[job->at]))
        job->at++;
    if (job->at == all->count || job->tried++ == PROVIDERS_MAX)
        logout_token_finish(c);
    else if (all->list[job->at].keys_url != NULL)
        client_keys_await_published(c, all->list[job->at].keys_url, job->token, judge);
    else
        judge(c);
}

static bool read_token(call *c)
{
    logout_token_job *job = c->job;
    ost_unverified_token read;
    if (!call_read_form(c))
        return false;
    job->token = call_parameter(c, "logout_token");
    if (job->token.data == NULL)
        return logout_token_refuse(c, "No logout token");
    if (ost_jwt_read_unverified(job->token, c->arena, &read, NULL) != OST_OK)
        return logout_token_refuse(c, "The decode of the logoutToken failed");
    if (c->realm->upstreams.count == 0)
        return logout_token_refuse(c, "No Identity Provider has been found");
    job->unverified = read.claims;
    return ost_json_text(ost_json_get(read.claims, "iss"), &job->issuer) ||
           logout_token_refuse(c, FAILED);
}

void broker_backchannel_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(logout_token_job));
    if (c == NULL)
        return;
    if (!c->realm->enabled)
        call_refuse(c, 403, "access_denied", "Realm not enabled");
    else if (read_token(c)) {
        go_on(c);
        return;
    }
    send(c);
}
