/* SPDX-License-Identifier: Apache-2.0 */
/* What an identity provider says about somebody, judged: its ID token (OpenID Connect Core
 * §3.1.3.7), userinfo (§5.3.2), and the access token of another Keycloak; see broker_job.h. */
#include "base/json/json_member.h"
#include "base/text.h"
#include "jose/digest.h"
#include "jose/jwt/numeric_date.h"
#include "provider/broker/broker_job.h"
#include "provider/broker/broker_mapper.h"
#include "provider/broker/claim_path.h"
#include "provider/client/client_keys.h"

#define UPSTREAM_LEEWAY 30 /* seconds, where none is configured */

const ost_keyset *broker_keys(call *c, const upstream *u)
{
    if (u->keys_url != NULL)
        return client_key_set_signing(client_keys_published(c, u->keys_url));
    return u->single_key != NULL ? u->single_key : client_key_set_signing(u->key_set);
}

static bool fail_token(call *c, const char *what, const ost_error *error)
{
    return broker_fail(c, ost_arena_format(c->arena, "%s: %s", what, error->detail));
}

/* ---- the ID token ---- */

/* With several audiences the authorized party must be named, and it must be us whenever it is. */
static bool is_our_party(const upstream *u, const ost_claims *claims)
{
    const ost_json *audience = ost_claims_get(claims, "aud");
    const ost_json *party = ost_claims_get(claims, "azp");
    bool several = ost_json_is(audience, OST_JSON_ARRAY) && ost_json_count(audience) > 1;
    return party == NULL ? !several : ost_json_equals(party, text_of(u->client_id));
}

/* at_hash binds the access token to the ID token. */
static bool check_hash(call *c)
{
    const broker_job *job = c->job;
    const ost_json *claim = ost_claims_get(job->claims, "at_hash");
    ost_unverified_jws jws;
    ost_text hash;
    if (claim == NULL)
        return true;
    return (ost_json_text(claim, &hash) &&
            ost_jws_read_unverified(job->id_token, OST_ALGS_DEFAULT, c->arena, &jws, NULL) ==
                OST_OK &&
            digest_half_check(job->access_token, jws.alg, hash) == OST_OK) ||
           broker_fail(c, "the ID token belongs to another access token");
}

/* What is stored and looked up has to be found again as it is. */
static bool is_good_id(ost_text id)
{
    for (size_t i = 0; i < id.len; i++) {
        if ((unsigned char)id.data[i] < ' ' || id.data[i] == 0x7f)
            return false;
    }
    return id.len > 0 && id.len <= UPSTREAM_ID_MAX && text_is_utf8(id);
}

/* What else is signed with the same keys is no ID token: Keycloak's tokens tell by a claim what
 * they are, logout tokens have events. */
static bool is_id_token(const ost_claims *claims)
{
    ost_text typ = ost_claims_text(claims, "typ");
    return (typ.len == 0 || text_is(typ, "ID")) && ost_claims_get(claims, "events") == NULL;
}

/* Who has to prove who they are now has not done so there by a session of before. */
static bool check_auth_time(call *c)
{
    const broker_job *job = c->job;
    const ost_json *claim = ost_claims_get(job->claims, "auth_time");
    int64_t leeway = job->upstream->leeway > 0 ? job->upstream->leeway : UPSTREAM_LEEWAY, time;
    if (claim == NULL) /* whoever was asked there has signed in just now */
        return !job->login.request.prompt_none || job->login.request.fresh_since == 0 ||
               broker_fail(c, "the ID token does not say how old the login there is");
    if (!numeric_date_read(claim, &time) || time > c->now + leeway)
        return broker_fail(c, "the ID token's auth_time is none");
    return time >= job->login.request.fresh_since - leeway ||
           broker_fail(c, "the login there is older than it may be");
}

static bool check_claims(call *c)
{
    const broker_job *job = c->job;
    const ost_claims *claims = job->claims;
    const upstream *u = job->upstream;
    if (!text_equal_secret(ost_claims_text(claims, "nonce"), job->nonce))
        return broker_fail(c, "the ID token's nonce is not the one of this login");
    if (!is_id_token(claims))
        return broker_fail(c, "what came as ID token is another one");
    if (!is_good_id(ost_claims_subject(claims)))
        return broker_fail(c, "the ID token's sub is missing, too long, or no text");
    if (ost_claims_get(claims, "iat") == NULL)
        return broker_fail(c, "the ID token has no iat");
    if (!is_our_party(u, claims))
        return broker_fail(c, "the ID token was issued to another client");
    if (u->hosted.len > 0 && !text_equal_ignoring_case(ost_claims_text(claims, "hd"), u->hosted))
        return broker_fail(c, "the account is of another hosted domain");
    if (u->filter_claim.len > 0 &&
        !broker_mapper_fits(claim_path_find(ost_claims_json(claims), u->filter_claim, c->arena),
                            u->filter, true))
        return broker_fail(c, "the ID token's claim is not what claimFilterValue wants");
    return check_auth_time(c) && check_hash(c);
}

/* ---- the access token of another Keycloak ---- */

/* It has the roles that its ID token lacks. What is none of its JWTs, about this user and made for
 * us, is passed over. */
static const ost_json *read_access(call *c, const ost_keyset *keys)
{
    const broker_job *job = c->job;
    const upstream *u = job->upstream;
    const ost_claims *claims;
    const ost_claims_rules rules = {
        .issuer = u->issuer, .insecure_any_audience = true, .leeway = u->leeway};
    bool good = ost_jwt_verify(job->access_token, keys, &rules, c->now, c->arena, &claims, NULL) ==
                    OST_OK &&
                text_is(ost_claims_text(claims, "azp"), u->client_id) &&
                text_equal(ost_claims_subject(claims), ost_claims_subject(job->claims)) &&
                text_is(ost_claims_text(claims, "typ"), "Bearer");
    return good ? ost_claims_json(claims) : NULL;
}

bool broker_token_check(call *c)
{
    broker_job *job = c->job;
    const upstream *u = job->upstream;
    const char *const audiences[] = {u->client_id};
    const ost_claims_rules rules = {
        .issuer = u->issuer, .audiences = audiences, .audience_count = 1, .leeway = u->leeway};
    ost_error error = {0};
    const ost_keyset *keys = broker_keys(c, u);
    if (keys == NULL)
        return broker_fail(c, "its keys are not at hand");
    if (ost_jwt_verify(job->id_token, keys, &rules, c->now, c->arena, &job->claims, &error) !=
        OST_OK)
        return fail_token(c, "the ID token is not good", &error);
    if (!check_claims(c))
        return false;
    if (u->access_claims)
        job->access = read_access(c, keys);
    return true;
}

/* ---- userinfo ---- */

/* "If signed, the UserInfo Response SHOULD contain the Claims iss (issuer) and aud (audience)"
 * (§5.3.2): where it has them, they are its provider's and ours. */
static bool check_signed(call *c, const ost_json *claims)
{
    const upstream *u = ((const broker_job *)c->job)->upstream;
    const ost_json *issuer = ost_json_get(claims, "iss"), *audience = ost_json_get(claims, "aud");
    const ost_json *at =
        ost_json_is(audience, OST_JSON_ARRAY) ? ost_json_first(audience) : audience;
    if (issuer != NULL && !ost_json_equals(issuer, text_of(u->issuer)))
        return broker_fail(c, "userinfo is signed by another issuer");
    while (at != NULL && at != audience && !ost_json_equals(at, text_of(u->client_id)))
        at = ost_json_next(at);
    return audience == NULL || (at != NULL && ost_json_equals(at, text_of(u->client_id))) ||
           broker_fail(c, "userinfo is signed for another client");
}

/* It has no times: what it says is as old as the access token that it was asked with. */
static bool read_signed(call *c)
{
    broker_job *job = c->job;
    const ost_keyset *keys = broker_keys(c, job->upstream);
    const ost_key *key;
    ost_unverified_jws jws;
    ost_text payload;
    if (keys == NULL)
        return broker_fail(c, "its keys are not at hand");
    if (ost_jws_read_unverified(job->question.answer, OST_ALGS_DEFAULT, c->arena, &jws, NULL) !=
            OST_OK ||
        ost_keyset_find(keys, jws.kid, jws.alg, &key) != OST_OK ||
        ost_jws_verify(&jws, key, c->arena, &payload) != OST_OK ||
        ost_json_read(payload, NULL, c->arena, &job->userinfo, NULL) != OST_OK)
        return broker_fail(c, "userinfo's signature is not good");
    return check_signed(c, job->userinfo);
}

bool broker_userinfo_read(call *c)
{
    broker_job *job = c->job;
    const upstream_question *q = &job->question;
    if (q->result != OST_OK)
        return broker_fail(c, "userinfo could not be asked");
    if (q->status == 200 && q->is_jwt && !read_signed(c))
        return false;
    if (q->status != 200 || !(q->is_jwt || q->is_json) ||
        (q->is_json && ost_json_read(q->answer, NULL, c->arena, &job->userinfo, NULL) != OST_OK) ||
        !ost_json_is(job->userinfo, OST_JSON_OBJECT))
        return broker_fail(c, "userinfo answered with something else than JSON");
    /* "The sub Claim in the UserInfo Response MUST be verified to exactly match" (§5.3.2). */
    return ost_json_equals(ost_json_get(job->userinfo, "sub"), ost_claims_subject(job->claims)) ||
           broker_fail(c, "userinfo is about somebody else than the ID token");
}
