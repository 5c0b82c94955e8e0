/* The check of one request: from its credentials to a verdict, in the order that
 * docs/development/verification.md gives. */
#include "bearer.h"
#include "context.h"
#include "guard_state.h"
#include "policy.h"
#include "text.h"

/* One check under way. */
typedef struct check {
    ost_guard *guard;
    const ost_policy *policy;
    ost_arena *arena;
    int64_t now;
    bool may_wait;
    ost_text token;
    ost_error error;     /* why not, once it is refused */
    remembered verified; /* the signature is good: whose, and over what */
    bool no_keys;        /* refused because there is nothing to judge by */
    bool wait;           /* a fetch could change it */
    ost_text kid;
} check;

size_t guard_reason_index(ost_result reason)
{
    static const ost_result order[] = {
#define CODE(name, number, category, sentence) name,
        OST_RESULTS(CODE)
#undef CODE
    };
    _Static_assert(sizeof order / sizeof order[0] <= GUARD_REASONS, "room for every reason");
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (order[i] == reason)
            return i;
    }
    return 0;
}

/* The issuer that the token names. With a single one there is no need to look: `iss` is compared
 * after the signature, and before anything is fetched. */
static ost_result find_issuer(check *c, bool look, size_t *ret_index)
{
    ost_unverified_token read;
    ost_text name;
    if (!look && c->guard->issuer_count == 1) {
        *ret_index = 0;
        return OST_OK;
    }
    ost_result result = ost_jwt_read_unverified(c->token, c->arena, &read, &c->error);
    if (result != OST_OK)
        return result;
    if (!ost_json_text(ost_json_get(read.claims, "iss"), &name))
        return ost_error_set(&c->error, OST_E_ISSUER, "the token names no issuer");
    for (size_t k = 0; k < c->guard->issuer_count; k++) {
        if (text_is(name, c->guard->issuers[k]->name)) {
            *ret_index = k;
            return OST_OK;
        }
    }
    return ost_error_set(&c->error, OST_E_ISSUER, "issuer \"%.*s\" is not trusted",
                         name.len < 150 ? (int)name.len : 150, name.data);
}

/* Finds the key in the snapshot and checks the signature, while the snapshot is held. */
static ost_result verify_with(check *c, const issuer *i, const key_snapshot *snapshot,
                              const ost_unverified_jws *jws)
{
    const ost_key *key;
    ost_result result = ost_keyset_find(snapshot->keys, jws->kid, jws->alg, &key);
    if (result == OST_OK)
        result = ost_jws_verify(jws, key, c->arena, &c->verified.payload);
    if (result == OST_OK) {
        c->verified.generation = snapshot->generation;
        c->verified.alg = jws->alg;
        return OST_OK;
    }
    return ost_error_set(&c->error, result, "%s (issuer %.80s, kid %.*s, %s)",
                         ost_result_sentence(result), i->name,
                         jws->kid.len < 60 ? (int)jws->kid.len : 60,
                         jws->kid.len > 0 ? jws->kid.data : "none", ost_alg_name(jws->alg));
}

/* No key fits, or there are none: may a fetch change that? */
static ost_result consider_fetch(check *c, size_t index, bool have_keys)
{
    size_t named;
    ost_error kept = c->error;
    /* An unknown issuer never causes a fetch, nor one of somebody else's tokens. */
    ost_result result = find_issuer(c, true, &named);
    if (result != OST_OK)
        return result;
    issuer *i = c->guard->issuers[index];
    c->error = kept;
    c->no_keys = !have_keys;
    if (c->may_wait && key_fetch_may_help(i, c->kid, have_keys))
        c->wait = true;
    else if (!c->may_wait && have_keys)
        key_fetch_remember(i, c->kid);
    return c->error.code;
}

static ost_result verify(check *c)
{
    ost_unverified_jws jws;
    published_place place;
    size_t index;
    if (c->token.len > c->guard->max_token)
        return ost_error_set(&c->error, OST_E_CEILING, "the token has %zu bytes, %zu are allowed",
                             c->token.len, c->guard->max_token);
    ost_result result =
        ost_jws_read_unverified(c->token, c->guard->algorithms, c->arena, &jws, &c->error);
    if (result == OST_OK)
        result = policy_check_header_type(jws.typ, &c->error);
    if (result == OST_OK)
        result = find_issuer(c, false, &index);
    if (result != OST_OK)
        return result;
    issuer *i = c->guard->issuers[index];
    if ((i->algorithms & OST_ALG_BIT(jws.alg)) == 0)
        return ost_error_set(&c->error, OST_E_ALGORITHM, "issuer %.100s may not use %s", i->name,
                             ost_alg_name(jws.alg));
    c->kid = jws.kid;
    c->verified.issuer = index;
    const key_snapshot *snapshot = published_enter(&i->keys, &place);
    bool usable = issuer_keys_usable(i, snapshot, monotonic_ms());
    if (usable)
        result = verify_with(c, i, snapshot, &jws);
    else
        result = ost_error_set(&c->error, OST_E_KEY_UNKNOWN,
                               "the keys of issuer %.150s have not been obtained", i->name);
    published_leave(&i->keys, place);
    if (result == OST_E_KEY_UNKNOWN)
        result = consider_fetch(c, index, usable);
    return result;
}

/* The signature has been checked before, by keys that are still the issuer's. */
static bool recall(check *c)
{
    published_place place;
    if (c->guard->cache == NULL ||
        !token_cache_get(c->guard->cache, c->token, c->arena, &c->verified))
        return false;
    issuer *i = c->guard->issuers[c->verified.issuer];
    const key_snapshot *snapshot = published_enter(&i->keys, &place);
    bool current = issuer_keys_usable(i, snapshot, monotonic_ms()) &&
                   snapshot->generation == c->verified.generation;
    published_leave(&i->keys, place);
    return current;
}

/* Everything that is looked at on every request. */
static ost_result check_claims(check *c, const ost_claims **ret_claims)
{
    const issuer *i = c->guard->issuers[c->verified.issuer];
    const ost_claims *claims;
    const ost_claims_rules rules = {
        .issuer = i->name,
        .audiences = i->audiences,
        .audience_count = i->audience_count,
        .insecure_any_audience = i->insecure_any_audience,
        .leeway = i->leeway,
    };
    ost_result result = ost_claims_read(c->verified.payload, c->arena, &claims, &c->error);
    if (result == OST_OK)
        result = ost_claims_check(claims, &rules, c->now, &c->error);
    if (result == OST_OK)
        result = policy_check_token(i, claims, &c->error);
    if (result == OST_OK)
        result = policy_check(c->policy, claims, c->verified.alg, c->now, i->leeway, &c->error);
    if (result == OST_OK)
        *ret_claims = claims;
    else if (c->error.code != result)
        ost_error_set(&c->error, result, "%s", ost_result_sentence(result));
    return result;
}

static ost_result judge(check *c, ost_identity **ret_identity)
{
    const ost_claims *claims;
    bool recalled = recall(c);
    atomic_fetch_add_explicit(recalled ? &c->guard->counters.cache_hits
                                       : &c->guard->counters.cache_misses,
                              1, memory_order_relaxed);
    ost_result result = recalled ? OST_OK : verify(c);
    if (result == OST_OK)
        result = check_claims(c, &claims);
    if (result != OST_OK)
        return result;
    if (!recalled && c->guard->cache != NULL)
        token_cache_put(c->guard->cache, c->token, &c->verified, ost_claims_expiry(claims), c->now);
    ost_identity *identity = ost_arena_alloc(c->arena, sizeof *identity);
    if (identity == NULL)
        return ost_error_set(&c->error, OST_E_MEMORY, "out of memory");
    identity->claims = claims;
    *ret_identity = identity;
    return OST_OK;
}

static void refuse(check *c, ost_verdict *ret_verdict)
{
    if (c->wait)
        *ret_verdict = (ost_verdict){
            .decision = OST_WAIT, .reason = c->error.code, .issuer = c->verified.issuer};
    else if (c->no_keys || c->error.code == OST_E_MEMORY || c->error.code == OST_E_CRYPTO)
        refusal_no_keys(&c->error, c->arena, ret_verdict);
    else
        refusal_token(&c->guard->style, &c->error, c->policy, c->arena, ret_verdict);
}

static void count(ost_guard *guard, const ost_verdict *verdict)
{
    atomic_ullong *counter = &guard->counters.refused[guard_reason_index(verdict->reason)];
    if (verdict->decision == OST_ALLOW)
        counter = &guard->counters.allowed;
    else if (verdict->decision == OST_WAIT)
        counter = &guard->counters.waited;
    else if (verdict->reason == OST_OK)
        counter = &guard->counters.no_token;
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void ost_guard_check(ost_guard *guard, const ost_policy *policy, const ost_credentials *credentials,
                     bool may_wait, ost_arena *arena, ost_verdict *ret_verdict)
{
    check c = {.guard = guard, .policy = policy, .arena = arena, .may_wait = may_wait};
    ost_identity *identity;
    if (policy->open) {
        *ret_verdict = (ost_verdict){.decision = OST_ALLOW, .status = 200};
        return;
    }
    switch (bearer_find(credentials, &c.token)) {
    case BEARER_NONE:
        refusal_no_token(&guard->style, arena, ret_verdict);
        break;
    case BEARER_MALFORMED:
        refusal_bad_request(&guard->style, arena, ret_verdict);
        break;
    case BEARER_TOKEN:
        c.now = ost_now(guard->context);
        if (judge(&c, &identity) == OST_OK)
            *ret_verdict =
                (ost_verdict){.decision = OST_ALLOW, .status = 200, .identity = identity};
        else
            refuse(&c, ret_verdict);
        break;
    }
    count(guard, ret_verdict);
}
