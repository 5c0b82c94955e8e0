/* SPDX-License-Identifier: Apache-2.0 */
/* The check of one request: from its credentials to a verdict. The order is: size, form, header,
 * algorithm, issuer, key, signature; then, also for a remembered token, claims, kind, client, what
 * the token is bound to, the policy of the route, status, and the sender's proof. */
#include "base/b64token.h"
#include "base/context.h"
#include "base/text.h"
#include "guard/bearer.h"
#include "guard/claims_lookup.h"
#include "guard/explanation.h"
#include "guard/guard_state.h"
#include "guard/opaque.h"
#include "guard/policy_check.h"
#include "guard/token_kind.h"
#include "jose/alg.h"

#define JWE_DOTS 4 /* RFC 7516 §3.1: five parts */

/* One check under way. */
typedef struct check {
    ost_guard *guard;
    const ost_policy *policy;
    const ost_credentials *credentials;
    ost_arena *arena;
    int64_t now;
    bool may_wait;
    bool dpop_scheme;         /* it came by Authorization: DPoP */
    ost_text dpop_nonce;      /* for the client's next proof; NULL data: none */
    ost_text token;           /* as it came; this is what is remembered */
    ost_text signed_token;    /* what was in it, if it was encrypted */
    size_t issuer;            /* its index, once it is known */
    const ost_claims *claims; /* once the signature has been checked */
    const ost_claims *own;    /* a JWT's own, once the issuer's word stands in their place */
    ost_alg alg;
    bool no_keys;         /* refused because there is nothing to judge by */
    unsigned retry_after; /* not 0: refused because nobody can tell now */
    bool wait;            /* a fetch could change it */
    uint64_t ticket;      /* of what is waited for; 0: the issuer's keys */
    bool asked;           /* the claims are what the issuer said */
    ost_error error;      /* why not, once it is refused */
} check;

/* ---- a token that is not remembered ---- */

/* Which issuer the token names; it must be one of ours. */
static ost_result find_issuer(check *c, size_t *ret_index)
{
    ost_unverified_token read;
    ost_text name;
    ost_result result = ost_jwt_read_unverified(c->signed_token, c->arena, &read, &c->error);
    if (result != OST_OK)
        return result;
    if (!ost_json_text(ost_json_get(read.claims, "iss"), &name))
        return ost_error_set(&c->error, OST_E_ISSUER, "the token names no issuer");
    for (size_t k = 0; k < c->guard->issuer_count; k++) {
        if (text_is(name, c->guard->issuers[k]->source.name) &&
            !c->guard->issuers[k]->source.no_keys) {
            *ret_index = k;
            return OST_OK;
        }
    }
    return ost_error_set(&c->error, OST_E_ISSUER,
                         "the token is of issuer \"%.*s\", which is not trusted",
                         name.len < 150 ? (int)name.len : 150, name.data);
}

/* No key fits, or there are none: may a fetch change that? An unknown issuer never causes one. */
static ost_result consider_fetch(check *c, ost_text kid, bool have_keys)
{
    size_t index = c->issuer;
    ost_error kept = c->error;
    ost_result result = c->guard->issuer_count > 1 ? OST_OK : find_issuer(c, &index);
    if (result != OST_OK)
        return result;
    c->error = kept;
    c->no_keys = !have_keys;
    bool helps = key_fetch_may_help(&c->guard->issuers[index]->source, kid, have_keys);
    c->wait = helps && c->may_wait;
    /* Whoever cannot wait is not told that the token is bad: the next moment it may be good. */
    if (helps && !c->may_wait)
        c->retry_after = 1;
    return c->error.code;
}

/* Finds the key in the snapshot and checks the signature, while the snapshot is held. */
static ost_result verify_with(check *c, const key_snapshot *snapshot, const ost_unverified_jws *jws,
                              token_facts *facts)
{
    const issuer *i = c->guard->issuers[c->issuer];
    const ost_key *key;
    /* A secret has no kid: there is one for each algorithm. */
    const ost_text none = {0};
    ost_text kid = i->source.symmetric ? none : jws->kid;
    ost_result result = ost_keyset_find(snapshot->keys, kid, jws->alg, &key);
    if (result == OST_OK)
        result = ost_jws_verify(jws, key, c->arena, &facts->payload);
    if (result != OST_OK) {
        return ost_error_set(&c->error, result, "%s (issuer %.80s, kid %.*s, %s)",
                             ost_result_sentence(result), i->source.name,
                             jws->kid.len < 60 ? (int)jws->kid.len : 60,
                             jws->kid.len > 0 ? jws->kid.data : "none", ost_alg_name(jws->alg));
    }
    facts->issuer = c->issuer;
    facts->generation = snapshot->generation;
    facts->alg = jws->alg;
    return OST_OK;
}

static ost_result check_signature(check *c, const ost_unverified_jws *jws, token_facts *facts)
{
    issuer *i = c->guard->issuers[c->issuer];
    published_place place;
    ost_result result = OST_E_KEY_UNKNOWN;
    const key_snapshot *snapshot = published_enter(&i->source.keys, &place);
    bool some = snapshot != NULL, usable = key_source_usable(&i->source, snapshot, monotonic_ms());
    if (usable)
        result = verify_with(c, snapshot, jws, facts);
    published_leave(&i->source.keys, place);
    if (!usable)
        key_source_explain(&i->source, some, &c->error);
    if (result == OST_E_KEY_UNKNOWN)
        result = consider_fetch(c, jws->kid, usable);
    return result;
}

/* An encrypted token gives up the signed one that it holds; what is in that is a stranger's word
 * still, for anybody may have encrypted it. */
static ost_result decrypt(check *c)
{
    ost_decrypted outer;
    c->signed_token = c->token;
    if (c->guard->decryption_keys == NULL || text_count(c->token, '.') != JWE_DOTS)
        return OST_OK;
    ost_result result = ost_jwe_decrypt(c->token, c->guard->decryption_keys, &c->guard->decryption,
                                        c->arena, &outer, &c->error);
    if (result != OST_OK)
        return result;
    if (!ost_typ_is(outer.cty, "JWT")) {
        return ost_error_set(&c->error, OST_E_TOKEN_FORMAT,
                             "what is encrypted is not a token: its cty is not JWT");
    }
    c->signed_token = outer.content;
    return OST_OK;
}

/* With a single issuer `iss` need not be read before the signature is checked. */
static ost_result verify(check *c, token_facts *facts)
{
    ost_unverified_jws jws;
    if (c->token.len > c->guard->max_token) {
        return ost_error_set(&c->error, OST_E_CEILING, "the token has %zu bytes, %zu are allowed",
                             c->token.len, c->guard->max_token);
    }
    ost_result result = decrypt(c);
    if (result == OST_OK) {
        result = ost_jws_read_unverified(c->signed_token, c->guard->algorithms, c->arena, &jws,
                                         &c->error);
    }
    if (result == OST_OK && c->guard->issuer_count > 1)
        result = find_issuer(c, &c->issuer);
    if (result != OST_OK)
        return result;
    const issuer *i = c->guard->issuers[c->issuer];
    result = token_kind_check_header(jws.typ, i->access_token_profile, &c->error);
    if (result != OST_OK)
        return result;
    if (!alg_is_accepted(i->source.algorithms, jws.alg)) {
        return ost_error_set(&c->error, OST_E_ALGORITHM, "issuer %.100s may not use %s",
                             i->source.name, ost_alg_name(jws.alg));
    }
    return check_signature(c, &jws, facts);
}

/* ---- a remembered token ---- */

/* The signature has been checked before, by keys that are still the issuer's. */
static bool recall(check *c)
{
    published_place place;
    const remembered *known = c->guard->cache != NULL
                                  ? token_cache_get(c->guard->cache, c->token, c->now, c->arena)
                                  : NULL;
    if (known == NULL)
        return false;
    issuer *i = c->guard->issuers[known->facts.issuer];
    const key_snapshot *snapshot = published_enter(&i->source.keys, &place);
    bool current = key_source_usable(&i->source, snapshot, monotonic_ms()) &&
                   snapshot->generation == known->facts.generation;
    published_leave(&i->source.keys, place);
    if (!current)
        return false;
    c->issuer = known->facts.issuer;
    c->alg = known->facts.alg;
    c->claims = known->claims;
    return true;
}

/* ---- both ---- */

static ost_result check_revoked(check *c)
{
    return revocations_check(c->guard->issuers[c->issuer]->revocations, c->claims, c->now,
                             &c->error);
}

/* Puts what the issuer says of the token in the place of the claims. */
static ost_result ask(check *c)
{
    introspection said;
    ost_result result = introspector_ask(c->guard->issuers[c->issuer]->introspector, c->token,
                                         c->now, c->arena, &said, &c->error);
    c->retry_after = said.retry_after;
    c->ticket = said.ticket;
    c->wait = said.ticket != 0 && c->may_wait;
    c->asked = result == OST_OK;
    if (result == OST_OK) {
        c->own = c->claims;
        c->claims = said.claims;
    }
    return result;
}

/* A JWT that has been verified, of an issuer that wants to be asked about it all the same. It may
 * say little, so that only what it does say is checked first; but what it says of itself remains
 * true, whatever the issuer leaves out. */
static ost_result ask_about_jwt(check *c)
{
    const issuer *i = c->guard->issuers[c->issuer];
    const ost_claims_rules rules = {
        .issuer = i->source.name, .insecure_any_audience = true, .leeway = i->source.leeway};
    ost_result result = ost_claims_check(c->claims, &rules, c->now, &c->error);
    if (result == OST_OK)
        result = check_revoked(c);
    if (result == OST_OK)
        result = token_kind_check_claims(c->claims, &c->error);
    if (result == OST_OK && claims_client(c->claims).len > 0)
        result = issuer_check_client(i, c->claims, &c->error);
    return result == OST_OK ? ask(c) : result;
}

/* After the policy: nobody has a list fetched by a token that is refused anyway. */
static ost_result check_status(check *c, const ost_claims *claims)
{
    status_said said;
    ost_result result = status_lists_check(c->guard->issuers[c->issuer]->status_lists, claims,
                                           c->now, &said, &c->error);
    c->retry_after = said.retry_after;
    c->ticket = said.ticket;
    c->wait = said.ticket != 0 && c->may_wait;
    return result;
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

/* Everything that is looked at on every request. */
static ost_result check_claims(check *c)
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
    ost_result result = OST_OK;
    sender_binding bound;
    if (i->introspector != NULL && introspector_wants_jwts(i->introspector) && !c->asked)
        result = ask_about_jwt(c);
    if (result == OST_OK)
        result = ost_claims_check(c->claims, &rules, c->now, &c->error);
    if (result == OST_OK)
        result = check_revoked(c);
    if (result == OST_OK)
        result = token_kind_check_claims(c->claims, &c->error);
    if (result == OST_OK)
        result = issuer_check_client(i, c->claims, &c->error);
    /* Whoever has stolen a bound token is not told what the route demands. */
    const sender_call call = call_of(c);
    if (result == OST_OK)
        result = sender_check_binding(&call, &bound, &c->error);
    if (result == OST_OK)
        result = policy_check(c->policy, c->claims, c->alg, c->now, i->source.leeway, &c->error);
    if (result == OST_OK)
        result = check_status(c, c->claims);
    if (result == OST_OK && c->own != NULL)
        result = check_status(c, c->own);
    /* After whatever may have to wait: a proof that has been looked at is used up. */
    if (result == OST_OK)
        result = sender_check_proof(&call, &bound, &c->dpop_nonce, &c->error);
    return result;
}

/* Reads, verifies and checks a token that was not remembered, and remembers it when it is good. */
static ost_result check_anew(check *c)
{
    token_facts facts = {0};
    ost_result result = verify(c, &facts);
    if (result != OST_OK)
        return result;
    size_t before = ost_arena_used(c->arena);
    result = ost_claims_read(facts.payload, c->arena, &c->claims, &c->error);
    if (result != OST_OK)
        return result;
    size_t claims_bytes = ost_arena_used(c->arena) - before;
    int64_t expiry = ost_claims_expiry(c->claims);
    c->alg = facts.alg;
    result = check_claims(c);
    if (result == OST_OK && c->guard->cache != NULL) {
        facts.expiry = expiry;
        (void)!token_cache_put(c->guard->cache, c->token, &facts, claims_bytes, c->now);
    }
    return result;
}

/* A token that only the issuer can tell about. */
static ost_result check_opaque(check *c)
{
    if (c->token.len > c->guard->max_token)
        return ost_error_set(&c->error, OST_E_CEILING, "the token has %zu bytes, %zu are allowed",
                             c->token.len, c->guard->max_token);
    if (!text_is_b64token(c->token))
        return ost_error_set(&c->error, OST_E_TOKEN_FORMAT, "the token has foreign characters");
    ost_result result = ask(c);
    return result == OST_OK ? check_claims(c) : result;
}

/* A token that speaks for itself. */
static ost_result check_jwt(check *c)
{
    bool recalled = recall(c);
    counters_add(&c->guard->counters, recalled ? COUNT_CACHE_HIT : COUNT_CACHE_MISS);
    return recalled ? check_claims(c) : check_anew(c);
}

/* ---- the verdict ---- */

/* A program that does not tell method and URL cannot take DPoP. Tokens that are bound to a
 * certificate are bearer tokens by their scheme (RFC 8705 §3). */
static refusal_schemes schemes_of(const check *c)
{
    ost_sender wanted = c->policy->sender;
    bool able = c->credentials->method.len > 0 && c->credentials->url.len > 0;
    return (refusal_schemes){
        .bearer = wanted != OST_SENDER_DPOP,
        .dpop = wanted == OST_SENDER_DPOP || (able && wanted != OST_SENDER_MTLS),
        .came_by_dpop = c->dpop_scheme,
    };
}

static void allow(check *c, ost_verdict *ret_verdict)
{
    ost_identity *identity = ost_arena_alloc(c->arena, sizeof *identity);
    if (identity == NULL) {
        refusal_token(&c->guard->style, schemes_of(c), OST_E_MEMORY, (ost_text){0}, c->policy,
                      c->arena, ret_verdict);
        return;
    }
    identity->claims = c->claims;
    *ret_verdict = (ost_verdict){.decision = OST_ALLOW, .status = 200, .identity = identity};
}

static void refuse(check *c, ost_result reason, ost_verdict *ret_verdict)
{
    if (c->wait) {
        *ret_verdict = (ost_verdict){
            .decision = OST_WAIT, .reason = reason, .issuer = c->issuer, .ticket = c->ticket};
        return;
    }
    if (c->error.code != reason) /* whoever refused it gave no words */
        ost_error_set(&c->error, reason, "%s", ost_result_sentence(reason));
    ost_text explanation =
        explanation_of(&c->error, c->guard->issuers[c->issuer], c->claims, c->arena);
    if (c->no_keys)
        refusal_no_keys(reason, explanation, ret_verdict);
    else if (c->retry_after > 0)
        refusal_no_answer(reason, explanation, c->retry_after, ret_verdict);
    else
        refusal_token(&c->guard->style, schemes_of(c), reason, explanation, c->policy, c->arena,
                      ret_verdict);
}

/* A token that is allowed is a b64token by its nature; only for a refused one it is worth finding
 * out whether the request was malformed. */
static void check_token(check *c, bool from_header, ost_verdict *ret_verdict)
{
    c->now = ost_now(c->guard->context);
    ost_result result =
        opaque_find(c->guard, c->token, &c->issuer) ? check_opaque(c) : check_jwt(c);
    if (result == OST_OK)
        allow(c, ret_verdict);
    else if (from_header && !text_is_b64token(c->token))
        refusal_bad_request(&c->guard->style, schemes_of(c), c->arena, ret_verdict);
    else
        refuse(c, result, ret_verdict);
    ret_verdict->dpop_nonce = c->dpop_nonce;
}

static counter counter_of_verdict(const ost_verdict *verdict)
{
    if (verdict->decision == OST_ALLOW)
        return COUNT_ALLOWED;
    if (verdict->decision == OST_WAIT)
        return COUNT_WAITED;
    return verdict->reason == OST_E_TOKEN_MISSING ? COUNT_NO_TOKEN : counter_of(verdict->reason);
}

void ost_guard_check(ost_guard *guard, const ost_policy *policy, const ost_credentials *credentials,
                     bool may_wait, ost_arena *arena, ost_verdict *ret_verdict)
{
    static const ost_verdict mistake = {
        .reason = OST_E_ARGUMENT,
        .status = 500,
        .message = {"Internal Server Error", 21},
        .explanation = {"the program named no guard, policy or credentials", 49},
    };
    check c = {.guard = guard,
               .policy = policy,
               .credentials = credentials,
               .arena = arena,
               .may_wait = may_wait};
    if (ret_verdict == NULL)
        return;
    if (guard == NULL || policy == NULL || credentials == NULL) {
        *ret_verdict = mistake;
        return;
    }
    if (policy->open) {
        *ret_verdict = (ost_verdict){.decision = OST_ALLOW, .status = 200};
        return;
    }
    switch (bearer_find(credentials, &c.token)) {
    case BEARER_NONE:
        refusal_no_token(&guard->style, schemes_of(&c), arena, ret_verdict);
        break;
    case BEARER_MALFORMED:
        refusal_bad_request(&guard->style, schemes_of(&c), arena, ret_verdict);
        break;
    case BEARER_DPOP:
        c.dpop_scheme = true;
        check_token(&c, true, ret_verdict);
        break;
    case BEARER_TOKEN:
        check_token(&c, credentials->authorization_count > 0, ret_verdict);
        break;
    }
    counters_add(&guard->counters, counter_of_verdict(ret_verdict));
}
