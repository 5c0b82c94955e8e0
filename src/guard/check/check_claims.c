/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at on every request, also of a remembered token: its claims, kind and client, what
 * it is bound to, the policy of the route, its status, and the sender's proof. */
#include "base/shown.h"
#include "base/text.h"
#include "guard/check/check_state.h"
#include "guard/claims_lookup.h"
#include "guard/policy_check.h"
#include "guard/token_kind.h"
#include "jose/jwt/claims.h"

bool check_introspect(check *c)
{
    introspection said;
    ost_result result = introspector_ask(c->guard->issuers[c->issuer]->introspector, c->token,
                                         c->now, c->arena, &said, &c->error);
    c->retry_after = said.retry_after;
    c->ticket = said.ticket;
    c->wait = said.ticket != 0 && c->may_wait;
    c->asked = c->verified = result == OST_OK;
    if (result == OST_OK) {
        c->own = c->claims;
        c->claims = said.claims;
    }
    return check_passes(c, STEP_INTROSPECTION, result) && result == OST_OK;
}

static bool check_revoked(check *c, const issuer *i)
{
    return check_passes(c, STEP_REVOCATION,
                        revocations_check(i->revocations, c->claims, c->now, &c->error));
}

static bool check_kind(check *c)
{
    return check_passes(c, STEP_TYPE, token_kind_check_claims(c->claims, &c->error));
}

static bool check_client(check *c, const issuer *i)
{
    return check_passes(c, STEP_CLIENT, issuer_check_client(i, c->claims, &c->error));
}

/* A token that names no audience may be known by its client, where that was configured. The client
 * is read from the one claim that Cognito writes. */
static ost_result check_client_as_audience(check *c, const issuer *i)
{
    ost_text client = ost_claims_text(c->claims, "client_id");
    bool access = ost_json_equals(ost_claims_get(c->claims, "token_use"), OST_TEXT("access"));
    for (size_t k = 0; access && k < i->audience_count; k++) {
        if (text_is(client, i->audiences[k]))
            return OST_OK;
    }
    return ost_error_set(&c->error, OST_E_AUDIENCE,
                         access ? "the token has no aud, and its client_id is \"%.*s\""
                                : "the token has neither aud nor the token_use \"access\"",
                         SHOWN(client, 64));
}

static ost_result check_audience(check *c, const ost_claims_rules *rules)
{
    const issuer *i = c->guard->issuers[c->issuer];
    bool by_client = i->client_is_audience && !rules->insecure_any_audience &&
                     ost_claims_get(c->claims, "aud") == NULL;
    return by_client ? check_client_as_audience(c, i)
                     : claims_check_audience(c->claims, rules, &c->error);
}

/* By its name; and where one issuer is many, by what the key set says of the key. Of a remembered
 * token that has been looked at. */
static ost_result check_issuer(check *c)
{
    const issuer *i = c->guard->issuers[c->issuer];
    ost_text iss = ost_claims_issuer(c->claims);
    const ost_json *tid = ost_claims_get(c->claims, "tid");
    ost_result result = issuer_check_name(i, iss, tid, &c->error);
    return result == OST_OK && c->key_issuer != NULL
               ? tenants_check_key(c->key_issuer, iss, tid, &c->error)
               : result;
}

/* What ost_claims_check looks at, step by step. */
static bool check_registered(check *c, const ost_claims_rules *rules)
{
    return check_passes(c, STEP_ISSUER, check_issuer(c)) &&
           check_passes(c, STEP_AUDIENCE, check_audience(c, rules)) &&
           check_passes(c, STEP_TIME, claims_check_times(c->claims, rules, c->now, &c->error)) &&
           (!rules->access_token_profile ||
            check_passes(c, STEP_TYPE, claims_check_profile(c->claims, rules, &c->error)));
}

/* A JWT that has been verified, of an issuer that wants to be asked about it all the same. It may
 * say little, so that only what it does say is checked first; but what it says of itself remains
 * true, whatever the issuer leaves out. */
static bool ask_about_jwt(check *c, const issuer *i)
{
    const ost_claims_rules rules = {
        .issuer = i->source.name, .insecure_any_audience = true, .leeway = i->source.leeway};
    bool goes_on = check_registered(c, &rules) && check_revoked(c, i) && check_kind(c) &&
                   (claims_client(c->claims).len == 0 || check_client(c, i));
    return goes_on && (c->refused != OST_OK || check_introspect(c));
}

/* After the policy: nobody has a list fetched by a token that is refused anyway. */
static bool check_status(check *c, const issuer *i, const ost_claims *claims)
{
    status_said said;
    if (claims == NULL || c->refused != OST_OK)
        return true;
    ost_result result = status_lists_check(i->status_lists, claims, c->now, &said, &c->error);
    c->retry_after = said.retry_after;
    c->ticket = said.ticket;
    c->wait = said.ticket != 0 && c->may_wait;
    return check_passes(c, STEP_STATUS, result);
}

static sender_call call_of(const check *c)
{
    return (sender_call){
        .rules = &c->guard->sender,
        .credentials = c->credentials,
        .claims = {c->claims, c->own},
        .token = c->token,
        .dpop_scheme = c->dpop_scheme,
        .wanted = c->policy->sender,
        .now = c->now,
        .arena = c->arena,
    };
}

/* What could not be remembered is for the operator to know: whether one key has had its share, or
 * there is not enough for all. */
static ost_result count_proof(check *c, ost_result result)
{
    if (result == OST_E_CEILING)
        counters_add(&c->guard->counters, COUNT_PROOF_OVER_SHARE);
    else if (result == OST_E_BUSY)
        counters_add(&c->guard->counters, COUNT_PROOF_NO_ROOM);
    return result == OST_E_CEILING ? OST_E_BUSY : result;
}

/* The proof comes after whatever may have to wait: once it has been looked at it is used up, unless
 * the token is refused anyway. */
static void check_proof(check *c, sender_call *call, const sender_binding *bound)
{
    call->rehearses = c->refused != OST_OK;
    ost_result result = sender_check_proof(call, bound, &c->dpop_nonce, &c->error);
    (void)check_passes(c, STEP_SENDER, count_proof(c, result));
}

void check_claims(check *c)
{
    const issuer *i = c->guard->issuers[c->issuer];
    const ost_claims_rules rules = {
        .issuer = i->source.name,
        .audiences = (const char *const *)i->audiences,
        .audience_count = i->audience_count,
        .insecure_any_audience = i->insecure_any_audience,
        .access_token_profile = i->access_token_profile,
        .leeway = i->source.leeway,
    };
    sender_binding bound = {0};
    if (i->introspector != NULL && introspector_wants_jwts(i->introspector) && !c->asked &&
        !ask_about_jwt(c, i))
        return;
    if (!check_registered(c, &rules) || !check_revoked(c, i) || !check_kind(c) ||
        !check_client(c, i))
        return;
    /* A thief of a bound token is not told what the route demands. */
    sender_call call = call_of(c);
    if (!check_passes(c, STEP_SENDER, sender_check_binding(&call, &bound, &c->error)) ||
        !check_passes(
            c, STEP_POLICY,
            policy_check(c->policy, c->claims, c->alg, c->now, i->source.leeway, &c->error)) ||
        !check_status(c, i, c->claims) || !check_status(c, i, c->own))
        return;
    check_proof(c, &call, &bound);
}
