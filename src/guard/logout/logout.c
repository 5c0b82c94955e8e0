/* SPDX-License-Identifier: Apache-2.0 */
/* Receives logout tokens; see <ostiary/logout.h>. The way is that of access tokens, by the same
 * keys: its form, issuer, key, signature, and then what makes it a logout token. */
#include <ostiary/logout.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/shown.h"
#include "base/text.h"
#include "guard/guard_state.h"
#include "guard/logout/logout_claims.h"
#include "guard/logout/revoke.h"
#include "jose/alg.h"
#include "jose/key/key_state.h"

#define RETRY_AFTER 5 /* seconds; keys are fetched again by then */

typedef struct receipt {
    ost_guard *guard;
    const ost_logout_rules *rules;
    ost_text token;
    ost_arena *arena;
    int64_t now;
    size_t issuer;
    ost_text iss; /* as the token has it, and the issuer accepts it */
    const ost_json *tid;
    bool helps;     /* a fetch of keys is under way that could change the verdict */
    bool verified;  /* it is a good logout token */
    unsigned later; /* seconds, when it had better be sent again */
    ost_error *error;
} receipt;

/* ---- whose it is ---- */

static ost_result find_issuer(receipt *r)
{
    ost_unverified_token read;
    ost_result result = ost_jwt_read_unverified(r->token, r->arena, &read, r->error);
    if (result != OST_OK)
        return result;
    r->tid = ost_json_get(read.claims, "tid");
    if (!ost_json_text(ost_json_get(read.claims, "iss"), &r->iss))
        return ost_error_set(r->error, OST_E_ISSUER, "the token names no issuer");
    for (size_t k = 0; k < r->guard->issuer_count; k++) {
        const issuer *i = r->guard->issuers[k];
        if (!i->source.no_keys && issuer_check_name(i, r->iss, r->tid, NULL) == OST_OK) {
            r->issuer = k;
            return OST_OK;
        }
    }
    if (r->guard->issuer_count == 1) /* then it can be said what is expected */
        result = issuer_check_name(r->guard->issuers[0], r->iss, r->tid, r->error);
    if (result != OST_OK)
        return result;
    return ost_error_set(r->error, OST_E_ISSUER,
                         "the token is of issuer \"%.*s\", which is not trusted",
                         SHOWN(r->iss, 150));
}

/* ---- its signature ---- */

static ost_result verify_with(receipt *r, const ost_unverified_jws *jws, const ost_keyset *keys,
                              ost_text *ret_payload)
{
    const issuer *i = r->guard->issuers[r->issuer];
    const ost_key *key;
    const ost_text none = {0};
    ost_result result =
        ost_keyset_find(keys, i->source.symmetric ? none : jws->kid, jws->alg, &key);
    if (result == OST_OK)
        result = ost_jws_verify(jws, key, r->arena, ret_payload);
    if (result != OST_OK)
        return error_set_sentence(r->error, result);
    if (i->tenants.many && key->issuer != NULL)
        return tenants_check_key(key->issuer, r->iss, r->tid, r->error);
    return OST_OK;
}

static ost_result verify(receipt *r, ost_text *ret_payload)
{
    issuer *i = r->guard->issuers[r->issuer];
    ost_unverified_jws jws;
    published_place place;
    ost_result result =
        ost_jws_read_unverified(r->token, i->source.algorithms, r->arena, &jws, r->error);
    if (result == OST_OK)
        result = logout_claims_check_type(jws.typ, r->error);
    if (result != OST_OK)
        return result;
    const key_snapshot *snapshot = published_enter(&i->source.keys, &place);
    bool some = snapshot != NULL, usable = key_source_usable(&i->source, snapshot, monotonic_ms());
    result = usable ? verify_with(r, &jws, snapshot->keys, ret_payload) : OST_E_KEY_UNKNOWN;
    published_leave(&i->source.keys, place);
    if (!usable)
        key_source_explain(&i->source, some, r->error);
    if (result == OST_E_KEY_UNKNOWN) {
        r->helps = key_fetch_may_help(&i->source, jws.kid, usable, &r->later);
        if (!usable)
            r->later = RETRY_AFTER;
    }
    return result;
}

/* ---- what it says ---- */

static ost_result read_claims(receipt *r, ost_text payload, logout_claims *ret_claims)
{
    const issuer *i = r->guard->issuers[r->issuer];
    const char *iss = ost_arena_copy(r->arena, r->iss);
    const ost_claims *claims;
    const ost_claims_rules rules = {.issuer = iss,
                                    .audiences = r->rules->clients,
                                    .audience_count = r->rules->client_count,
                                    .leeway = i->source.leeway,
                                    .max_age = LOGOUT_AGE_MAX};
    if (iss == NULL)
        return error_set_sentence(r->error, OST_E_MEMORY);
    ost_result result = ost_claims_read(payload, r->arena, &claims, r->error);
    if (result == OST_OK)
        result = ost_claims_check(claims, &rules, r->now, r->error);
    return result == OST_OK ? logout_claims_read(claims, ret_claims, r->error) : result;
}

/* Seen once; what is remembered outlasts the token. */
static ost_result take_once(receipt *r, const logout_claims *claims)
{
    const unsigned margin = 300 + 1; /* no leeway is longer */
    ost_result result =
        proof_cache_add(r->guard->logouts, r->iss, claims->jti, claims->until + margin, r->now);
    if (result == OST_E_CONFLICT)
        return ost_error_set(r->error, OST_E_CONFLICT, "the token has been received before");
    if (result == OST_E_CEILING)
        return ost_error_set(r->error, OST_E_BUSY, "the issuer sends more than can be remembered");
    return result == OST_OK ? OST_OK : error_set_sentence(r->error, result);
}

static ost_result revoke(receipt *r, const logout_claims *claims)
{
    bool session = claims->sid.len > 0;
    const ost_revocation what = {
        .kind = session ? OST_REVOKED_SESSION : OST_REVOKED_SUBJECT,
        .value = session ? claims->sid : claims->sub,
        /* By the issuer's clock, which is that of the other tokens. */
        .not_before = session ? 0 : claims->iat + 1,
    };
    ost_result result = revoke_of(r->guard, r->issuer, &what, r->now);
    return result == OST_OK ? OST_OK : error_set_sentence(r->error, result);
}

static ost_result receive(receipt *r)
{
    ost_text payload;
    logout_claims claims;
    if (r->token.len == 0)
        return ost_error_set(r->error, OST_E_TOKEN_MISSING, "no logout token came");
    if (r->token.len > r->guard->max_token)
        return ost_error_set(r->error, OST_E_CEILING, "the token has %zu bytes, %zu are allowed",
                             r->token.len, r->guard->max_token);
    ost_result result = find_issuer(r);
    if (result == OST_OK)
        result = verify(r, &payload);
    if (result == OST_OK)
        result = read_claims(r, payload, &claims);
    r->verified = result == OST_OK;
    if (result == OST_OK)
        result = revoke(r, &claims); /* before it counts as received: it may fail, and come again */
    return result == OST_OK ? take_once(r, &claims) : result;
}

/* ---- the door ---- */

/* `in_force`: a ceiling of ours, not of the token's. */
static bool is_passing(ost_result result, bool in_force)
{
    return result == OST_E_MEMORY || result == OST_E_BUSY || result == OST_E_CRYPTO ||
           result == OST_E_SYSTEM || (result == OST_E_CEILING && in_force);
}

static ost_verdict judge(receipt *r, ost_result result, bool may_wait)
{
    if (result == OST_OK)
        return (ost_verdict){.decision = OST_ALLOW, .status = 200, .issuer = r->issuer};
    if (r->helps && may_wait)
        return (ost_verdict){.decision = OST_WAIT, .reason = result, .issuer = r->issuer};
    const char *words = ost_arena_copy(r->arena, text_of(r->error->detail));
    ost_text sentence = text_of(ost_result_sentence(result));
    ost_verdict verdict = {.decision = OST_REFUSE,
                           .reason = result,
                           .status = 400,
                           .message = sentence,
                           .explanation = words != NULL ? text_of(words) : sentence,
                           .issuer = r->issuer};
    unsigned later = is_passing(result, r->verified) || r->helps ? 1 : r->later;
    if (later > 0) {
        verdict.status = 503;
        verdict.message = OST_TEXT("The logout token cannot be checked now");
        verdict.retry_after = later;
    }
    return verdict;
}

static bool is_usable(const ost_logout_rules *rules)
{
    if (rules == NULL || rules->clients == NULL || rules->client_count == 0)
        return false;
    for (size_t i = 0; i < rules->client_count; i++) {
        if (rules->clients[i] == NULL || rules->clients[i][0] == '\0')
            return false;
    }
    return true;
}

void ost_guard_logout(ost_guard *guard, ost_text token, const ost_logout_rules *rules,
                      bool may_wait, ost_arena *arena, ost_verdict *ret_verdict)
{
    static const ost_verdict mistake = {
        .reason = OST_E_ARGUMENT,
        .status = 500,
        .message = OST_TEXT_INIT("Internal Server Error"),
        .explanation = OST_TEXT_INIT("the program named no guard, or no client"),
    };
    ost_error error = {0};
    if (ret_verdict == NULL)
        return;
    *ret_verdict = mistake;
    if (guard == NULL || !is_usable(rules))
        return;
    receipt r = {.guard = guard,
                 .rules = rules,
                 .token = token,
                 .arena = arena,
                 .now = ost_now(guard->context),
                 .error = &error};
    ost_result result = arena != NULL ? receive(&r) : error_set_sentence(&error, OST_E_MEMORY);
    if (result == OST_OK)
        counters_add(&guard->counters, COUNT_LOGOUT);
    *ret_verdict = judge(&r, result, may_wait);
    if (ret_verdict->decision == OST_REFUSE)
        counters_add(&guard->counters, COUNT_LOGOUT_REFUSED);
}

ost_result ost_guard_check_session(ost_guard *guard, const char *name, ost_text sid, ost_text sub,
                                   int64_t iat)
{
    if (guard == NULL || (name == NULL && guard->issuer_count != 1))
        return OST_E_ARGUMENT;
    for (size_t k = 0; k < guard->issuer_count; k++) {
        const issuer *i = guard->issuers[k];
        if (name == NULL || text_is(text_of(name), i->source.name))
            return revocations_check_session(i->revocations, sid, sub, iat,
                                             ost_now(guard->context));
    }
    return OST_E_ISSUER;
}
