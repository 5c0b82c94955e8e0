/* SPDX-License-Identifier: Apache-2.0 */
/* From a token to claims that may be believed: its size, form, header, algorithm, issuer, key and
 * signature, or what is remembered of these, or its issuer's word. */
#include "base/b64token.h"
#include "base/context.h"
#include "base/shown.h"
#include "base/text.h"
#include "guard/check/check_words.h"
#include "guard/token_kind.h"
#include "jose/alg.h"
#include "jose/key/key_state.h"

#define JWE_DOTS 4 /* RFC 7516 §3.1: five parts */

/* ---- reading ---- */

static ost_result check_size(check *c)
{
    if (c->token.len <= c->guard->max_token)
        return OST_OK;
    return ost_error_set(&c->error, OST_E_CEILING, "the token has %zu bytes, %zu are allowed",
                         c->token.len, c->guard->max_token);
}

/* An encrypted token gives up the signed one that it holds; what is in that is a stranger's word
 * still, for anybody may have encrypted it. */
static bool decrypt(check *c)
{
    ost_decrypted outer;
    c->signed_token = c->token;
    if (c->guard->decryption_keys == NULL || text_count(c->token, '.') != JWE_DOTS)
        return true;
    ost_result result = ost_jwe_decrypt(c->token, c->guard->decryption_keys, &c->guard->decryption,
                                        c->arena, &outer, &c->error);
    if (result == OST_OK && !ost_typ_is(outer.cty, "JWT"))
        result = ost_error_set(&c->error, OST_E_TOKEN_FORMAT,
                               "what is encrypted is not a token: its cty is not JWT");
    if (result == OST_OK)
        c->signed_token = outer.content;
    return check_passes(c, STEP_DECRYPTION, result) && result == OST_OK;
}

/* Whether it is the header that is wrong, or all of it. */
static check_step step_of_reading(check *c, ost_result result)
{
    ost_unverified_token read;
    if (result == OST_E_ALGORITHM)
        return STEP_ALGORITHM;
    if (result == OST_E_CRITICAL)
        return STEP_HEADER;
    bool is_token = !text_ends(c->signed_token, ".") &&
                    ost_jwt_read_unverified(c->signed_token, c->arena, &read, NULL) == OST_OK;
    return is_token ? STEP_HEADER : STEP_FORM;
}

/* False: there is nothing to verify. */
static bool read_token(check *c, ost_unverified_jws *ret_jws)
{
    if (!check_passes(c, STEP_SIZE, check_size(c)) || !decrypt(c))
        return false;
    ost_result result = ost_jws_read_unverified(c->signed_token, c->guard->algorithms, c->arena,
                                                ret_jws, &c->error);
    if (c->trace != NULL)
        trace_reading(c, result == OST_OK ? ret_jws : NULL);
    if (result == OST_OK)
        return check_passes(c, STEP_FORM, OST_OK) && check_passes(c, STEP_ALGORITHM, OST_OK);
    (void)check_passes(c, step_of_reading(c, result), result);
    if (c->trace != NULL)
        (void)check_passes(c, STEP_FORM, c->trace->readable);
    return false;
}

/* ---- the issuer and its key ---- */

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
    const ost_json *tid = ost_json_get(read.claims, "tid");
    size_t count = c->guard->issuer_count, found = count;
    for (size_t k = 0; k < count; k++) {
        const issuer *i = c->guard->issuers[k];
        bool better = found == count || !i->tenants.many; /* one of its own before one of many */
        if (better && !i->source.no_keys && issuer_check_name(i, name, tid, NULL) == OST_OK)
            found = k;
    }
    if (found < count) {
        *ret_index = found;
        return OST_OK;
    }
    result = count == 1 ? issuer_check_name(c->guard->issuers[0], name, tid, &c->error) : OST_OK;
    if (result != OST_OK) /* of one issuer it can be said what is expected */
        return result;
    return ost_error_set(&c->error, OST_E_ISSUER,
                         "the token is of issuer \"%.*s\", which is not trusted", SHOWN(name, 150));
}

static check_step step_of_issuer(ost_result result)
{
    return result == OST_E_ISSUER ? STEP_ISSUER : STEP_FORM;
}

/* No key fits, or there are none: may a fetch change that? An unknown issuer never causes one. */
static void consider_fetch(check *c, ost_text kid, bool have_keys)
{
    size_t index = c->issuer;
    ost_error kept = c->error;
    ost_result result = c->guard->issuer_count > 1 ? OST_OK : find_issuer(c, &index);
    if (result != OST_OK) {
        (void)check_passes(c, step_of_issuer(result), result);
        if (c->trace != NULL)
            c->error = kept;
        return;
    }
    c->error = kept;
    c->no_keys = !have_keys;
    unsigned later;
    bool helps = key_fetch_may_help(&c->guard->issuers[index]->source, kid, have_keys, &later);
    c->wait = helps && c->may_wait;
    /* A caller that cannot wait is not told that the token is bad: the next moment it may be good.
     * Nor is one whose key may be new while strangers have used up the fetches. */
    c->retry_after = helps && !c->may_wait ? 1 : later;
}

/* Finds the key in the snapshot and checks the signature, while the snapshot is held. */
static ost_result verify_with(check *c, const key_snapshot *snapshot, const ost_unverified_jws *jws,
                              token_facts *facts, check_step *ret_step)
{
    const issuer *i = c->guard->issuers[c->issuer];
    const ost_key *key;
    /* A secret has no kid: there is one for each algorithm. */
    const ost_text none = {0};
    ost_text kid = i->source.symmetric ? none : jws->kid;
    ost_result result = ost_keyset_find(snapshot->keys, kid, jws->alg, &key);
    if (result == OST_OK) {
        *ret_step = STEP_SIGNATURE;
        if (c->trace != NULL)
            trace_chosen(c, key);
        result = ost_jws_verify(jws, key, c->arena, &facts->payload);
    }
    if (result != OST_OK) {
        return ost_error_set(&c->error, result, "%s (issuer %.80s, kid %.*s, %s)",
                             ost_result_sentence(result), i->source.name,
                             SHOWN(jws->kid.len > 0 ? jws->kid : OST_TEXT("none"), 60),
                             ost_alg_name(jws->alg));
    }
    if (i->tenants.many && key->issuer != NULL) {
        c->key_issuer = ost_arena_copy(c->arena, text_of(key->issuer));
        if (c->key_issuer == NULL)
            return ost_error_set(&c->error, OST_E_MEMORY, "out of memory");
    }
    facts->issuer = c->issuer;
    facts->generation = snapshot->generation;
    facts->alg = jws->alg;
    return OST_OK;
}

static bool verify_signature(check *c, const ost_unverified_jws *jws, token_facts *facts)
{
    issuer *i = c->guard->issuers[c->issuer];
    published_place place;
    check_step step = STEP_KEY;
    ost_result result = OST_E_KEY_UNKNOWN;
    const key_snapshot *snapshot = published_enter(&i->source.keys, &place);
    bool some = snapshot != NULL, usable = key_source_usable(&i->source, snapshot, monotonic_ms());
    if (c->trace != NULL && usable)
        trace_keys(c, snapshot->keys, &snapshot->left_out);
    if (usable)
        result = verify_with(c, snapshot, jws, facts, &step);
    published_leave(&i->source.keys, place);
    if (!usable)
        key_source_explain(&i->source, some, &c->error);
    if (result == OST_E_KEY_UNKNOWN)
        consider_fetch(c, jws->kid, usable);
    if (step == STEP_SIGNATURE)
        (void)check_passes(c, STEP_KEY, OST_OK);
    c->verified = result == OST_OK;
    return check_passes(c, step, result) && result == OST_OK;
}

/* With a single issuer `iss` need not be read before the signature is checked. True: the payload is
 * the issuer's. */
static bool verify(check *c, token_facts *facts)
{
    ost_unverified_jws jws;
    if (!read_token(c, &jws))
        return false;
    if (c->guard->issuer_count > 1) {
        ost_result result = find_issuer(c, &c->issuer);
        if (result != OST_OK) {
            (void)check_passes(c, step_of_issuer(result), result);
            return false;
        }
    }
    const issuer *i = c->guard->issuers[c->issuer];
    c->alg = jws.alg;
    ost_result result = token_kind_check_header(jws.typ, i->access_token_profile, &c->error);
    if (!check_passes(c, STEP_HEADER, result))
        return false;
    if (!alg_is_accepted(i->source.algorithms, jws.alg)) {
        result = ost_error_set(&c->error, OST_E_ALGORITHM, "issuer %.100s may not use %s",
                               i->source.name, ost_alg_name(jws.alg));
        if (!check_passes(c, STEP_ALGORITHM, result))
            return false;
    }
    return verify_signature(c, &jws, facts);
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
    c->verified = true;
    return true;
}

/* ---- all of it ---- */

/* Claims that are no JSON are no token; claims of wrong types are. */
static check_step step_of_claims(ost_result result)
{
    return result == OST_E_CLAIM_MISSING || result == OST_E_CLAIM_TYPE ? STEP_TIME : STEP_FORM;
}

static void check_anew(check *c)
{
    token_facts facts = {0};
    if (!verify(c, &facts) && !trace_payload(c, &facts.payload))
        return;
    size_t before = ost_arena_used(c->arena);
    ost_result result = ost_claims_read(facts.payload, c->arena, &c->claims, &c->error);
    if (result != OST_OK) {
        (void)check_passes(c, step_of_claims(result), result);
        return;
    }
    size_t claims_bytes = ost_arena_used(c->arena) - before;
    int64_t expiry = ost_claims_expiry(c->claims);
    check_claims(c);
    if (c->refused == OST_OK && c->guard->cache != NULL) {
        facts.expiry = expiry;
        (void)!token_cache_put(c->guard->cache, c->token, &facts, claims_bytes, c->now);
    }
}

void check_token_jwt(check *c)
{
    bool recalled = recall(c);
    counters_add(&c->guard->counters, recalled ? COUNT_CACHE_HIT : COUNT_CACHE_MISS);
    if (recalled)
        check_claims(c);
    else
        check_anew(c);
}

void check_token_opaque(check *c)
{
    ost_result result = OST_OK;
    if (!check_passes(c, STEP_SIZE, check_size(c)))
        return;
    if (!text_is_b64token(c->token))
        result = ost_error_set(&c->error, OST_E_TOKEN_FORMAT, "the token has foreign characters");
    if (check_passes(c, STEP_FORM, result) && c->refused == OST_OK && check_introspect(c))
        check_claims(c);
}
