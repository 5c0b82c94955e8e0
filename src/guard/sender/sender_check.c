/* SPDX-License-Identifier: Apache-2.0 */
/* Sender-constrained tokens; see sender.h. A confirmation that is not understood is not passed
 * over: the client that bound the token wanted it checked. */
#include "guard/sender/sender_check.h"

#include <string.h>

#include "base/base64url.h"
#include "base/error_sentence.h"
#include "base/or_default.h"
#include "base/shown.h"
#include "base/text.h"
#include "guard/sender/dpop_proof.h"
#include "guard/sender/request_url.h"

#define LIFETIME 60
#define LEEWAY 10
#define SECONDS_MAX 300
#define SECRET_MIN 32
#define PROOFS ((size_t)1 << 20)
#define PROOFS_MAX ((size_t)1 << 28)
#define DIGEST_LEN 43 /* SHA-256 in base64url */
#define ASYMMETRIC                                                                                 \
    (OST_ALGS_DEFAULT | OST_ALG_BIT(OST_ES256K) | OST_ALG_BIT(OST_ED25519) | OST_ALG_BIT(OST_ED448))

/* ---- configuration ---- */

static void write_algs(sender_rules *rules)
{
    size_t len = 0;
    for (int alg = OST_RS256; alg <= OST_ED448; alg++) {
        if ((rules->algorithms & OST_ALG_BIT(alg)) == 0)
            continue;
        ost_text name = text_of(ost_alg_name((ost_alg)alg));
        if (len + name.len + 2 > sizeof rules->algs)
            break;
        if (len > 0)
            rules->algs[len++] = ' ';
        memcpy(rules->algs + len, name.data, name.len);
        len += name.len;
    }
    rules->algs[len] = '\0';
}

ost_result sender_rules_init(sender_rules *rules, const ost_dpop_rules *config,
                             const ost_context *context, ost_error *error)
{
    if ((config->algorithms & ~(ost_algs)ASYMMETRIC) != 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "DPoP proofs are signed by asymmetric algorithms");
    if (config->lifetime > SECONDS_MAX || config->leeway > SECONDS_MAX)
        return ost_error_set(error, OST_E_CONFIG, "DPoP proofs are good for %d seconds at most",
                             SECONDS_MAX);
    if (config->nonce_secret.data != NULL && config->nonce_secret.len < SECRET_MIN)
        return ost_error_set(error, OST_E_CONFIG, "the secret of DPoP nonces has %d bytes",
                             SECRET_MIN);
    if (config->proofs > PROOFS_MAX)
        return ost_error_set(error, OST_E_CONFIG, "at most %zu DPoP proofs are remembered",
                             PROOFS_MAX);
    if (config->replays.note == NULL && config->replays.user != NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "a store of DPoP proofs has nothing to note them");
    rules->algorithms = config->algorithms != 0 ? config->algorithms : OST_ALGS_DEFAULT;
    rules->lifetime = OR_DEFAULT(config->lifetime, LIFETIME);
    rules->leeway = OR_DEFAULT(config->leeway, LEEWAY);
    rules->require_nonce = config->require_nonce;
    rules->replays = config->replays;
    write_algs(rules);
    ost_result result = dpop_nonce_init(&rules->nonces, config->nonce_secret, context);
    if (result == OST_OK)
        result = proof_cache_new(context, OR_DEFAULT(config->proofs, PROOFS), &rules->proofs);
    if (result == OST_OK)
        result = proof_keys_new(context, &rules->keys);
    return error_set_sentence(error, result);
}

void sender_rules_clear(sender_rules *rules)
{
    proof_cache_free(rules->proofs);
    proof_keys_free(rules->keys);
    wipe(rules, sizeof *rules);
}

/* ---- what the token is bound to ---- */

/* One more of a kind; two of them would have to be the same. */
static bool take_binding(ost_text *binding, ost_text value)
{
    if (value.len != DIGEST_LEN || (binding->data != NULL && !text_equal(*binding, value)))
        return false;
    *binding = value;
    return true;
}

/* Keycloak 26 writes beside cnf.jkt what its key proves: "DPoP", or what we know no proof of. */
static bool is_kind_of_jkt(const ost_json *at)
{
    return text_is(ost_json_name(at), "kc-jkt-type") && ost_json_equals(at, OST_TEXT("DPoP"));
}

/* Adds what the claims say. */
static ost_result read_binding(const ost_claims *claims, sender_binding *bound, ost_error *error)
{
    const ost_json *cnf = claims != NULL ? ost_claims_get(claims, "cnf") : NULL;
    if (cnf == NULL)
        return OST_OK;
    bool named = false;
    const ost_json *at = ost_json_first(cnf);
    for (; at != NULL; at = ost_json_next(at)) {
        if (is_kind_of_jkt(at))
            continue;
        bool is_jkt = text_is(ost_json_name(at), "jkt");
        bool is_x5t = text_is(ost_json_name(at), "x5t#S256");
        ost_text value;
        if ((!is_jkt && !is_x5t) || !ost_json_text(at, &value) ||
            !take_binding(is_jkt ? &bound->jkt : &bound->x5t, value))
            return ost_error_set(error, OST_E_SENDER,
                                 "the token is bound (cnf) in a way that cannot be checked: %.*s",
                                 SHOWN(ost_json_source(cnf), 60));
        named = true;
    }
    if (!named)
        return ost_error_set(error, OST_E_SENDER, "the token is bound (cnf) to nothing: %.*s",
                             SHOWN(ost_json_source(cnf), 60));
    return OST_OK;
}

static ost_result check_wanted(ost_sender wanted, const sender_binding *bound, ost_error *error)
{
    bool dpop = bound->jkt.data != NULL, mtls = bound->x5t.data != NULL;
    switch (wanted) {
    case OST_SENDER_ANY:
        return OST_OK;
    case OST_SENDER_BOUND:
        if (dpop || mtls)
            return OST_OK;
        return ost_error_set(error, OST_E_SENDER,
                             "this route takes sender-constrained tokens, this one is not");
    case OST_SENDER_DPOP:
        if (dpop)
            return OST_OK;
        return ost_error_set(error, OST_E_SENDER,
                             "this route takes tokens bound to a DPoP key, this one is not");
    case OST_SENDER_MTLS:
        if (mtls)
            return OST_OK;
        return ost_error_set(error, OST_E_SENDER,
                             "this route takes tokens bound to a certificate, this one is not");
    }
    return ost_error_set(error, OST_E_SENDER, "this route asks for an unknown kind of sender");
}

/* ---- DPoP ---- */

static ost_result check_nonce(const sender_call *call, const dpop_proof *proof, ost_text *ret_nonce,
                              ost_error *error)
{
    if (!call->rules->require_nonce)
        return OST_OK;
    dpop_nonce_state state = dpop_nonce_check(&call->rules->nonces, proof->nonce, call->now);
    if (state == DPOP_NONCE_CURRENT)
        return OST_OK;
    ost_text fresh = dpop_nonce_now(&call->rules->nonces, call->now, call->arena);
    if (fresh.data == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    *ret_nonce = fresh;
    if (state == DPOP_NONCE_OLD)
        return OST_OK;
    return ost_error_set(error, OST_E_PROOF_NONCE, "the proof has %s",
                         proof->nonce.data == NULL ? "no nonce"
                                                   : "a nonce that is too old or not of this API");
}

/* Of a program's own store: whatever else it says, the proof is not accepted. */
static ost_result store_result(ost_result result)
{
    bool known = result == OST_OK || result == OST_E_CONFLICT || result == OST_E_CEILING;
    return known ? result : OST_E_BUSY;
}

static ost_result remember(const sender_call *call, const dpop_proof *proof, ost_text jkt,
                           ost_error *error)
{
    int64_t until = proof->iat + (int64_t)call->rules->lifetime;
    const ost_replay_store *replays = &call->rules->replays;
    ost_result result;
    if (call->use_proof != NULL)
        result = call->use_proof(call->user, jkt, proof->jti, until);
    else if (replays->note != NULL)
        result = store_result(replays->note(replays->user, jkt, proof->jti, until, call->now));
    else
        result = proof_cache_add(call->rules->proofs, jkt, proof->jti, until, call->now);
    if (result == OST_E_CONFLICT)
        return ost_error_set(error, OST_E_PROOF, "the proof has been shown before (jti %.*s)",
                             SHOWN(proof->jti, 60));
    if (result == OST_E_BUSY)
        return ost_error_set(error, OST_E_BUSY, "no further DPoP proof can be remembered");
    if (result == OST_E_CEILING) {
        (void)!ost_error_set(error, OST_E_BUSY,
                             "the key of this token has shown so many DPoP proofs that others "
                             "would find no room (thumbprint %.*s)",
                             SHOWN(jkt, 60));
        return result;
    }
    return error_set_sentence(error, result);
}

static ost_result make_demand(const sender_call *call, ost_text jkt, dpop_demand *ret,
                              ost_error *error)
{
    const ost_credentials *came = call->credentials;
    dpop_demand demand = {
        .method = came->method,
        .token = call->token,
        .jkt = jkt,
        .algorithms = call->rules->algorithms,
        .keys = call->rules->keys,
        .now = call->now,
        .lifetime = call->rules->lifetime,
        .leeway = call->rules->leeway,
    };
    if (came->method.len == 0 || came->url.len == 0)
        return ost_error_set(
            error, OST_E_SENDER,
            "DPoP proofs cannot be checked here: the API does not know under which "
            "URL it is reached (--base-url)");
    ost_result result = request_url_normalize(came->url, call->arena, &demand.url);
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "out of memory");
    if (result != OST_OK)
        return ost_error_set(error, OST_E_PROOF, "the request's URL is none: %.*s",
                             SHOWN(came->url, 60));
    *ret = demand;
    return OST_OK;
}

static ost_result check_dpop(const sender_call *call, ost_text jkt, ost_text *ret_nonce,
                             ost_error *error)
{
    const ost_credentials *came = call->credentials;
    dpop_demand demand;
    dpop_proof proof;
    if (came->dpop_count != 1 || came->dpop == NULL)
        return ost_error_set(error, OST_E_PROOF, "%s DPoP proof came with the token",
                             came->dpop_count == 0 ? "no" : "more than one");
    ost_result result = make_demand(call, jkt, &demand, error);
    if (result == OST_OK)
        result = dpop_proof_check(text_trim(came->dpop[0]), &demand, call->arena, &proof, error);
    if (result == OST_OK)
        result = check_nonce(call, &proof, ret_nonce, error);
    if (result == OST_OK && !call->rehearses)
        result = remember(call, &proof, jkt, error);
    return result;
}

/* ---- mutual TLS ---- */

static ost_result check_certificate(const sender_call *call, ost_text x5t, ost_error *error)
{
    ost_text der = call->credentials->certificate;
    unsigned char hash[32];
    char seen[DIGEST_LEN];
    if (der.len == 0)
        return ost_error_set(error, OST_E_SENDER,
                             "the token is bound to a certificate, and none came");
    ost_result result = ost_sha256(der, hash);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    base64url_encode(hash, sizeof hash, seen);
    if (text_equal_secret(x5t, (ost_text){seen, DIGEST_LEN}))
        return OST_OK;
    return ost_error_set(error, OST_E_SENDER,
                         "the token is bound to certificate %.*s, the client's is %.*s",
                         SHOWN(x5t, 60), DIGEST_LEN, seen);
}

/* ---- both ---- */

ost_result sender_check_binding(const sender_call *call, sender_binding *ret_binding,
                                ost_error *error)
{
    sender_binding bound = {0};
    ost_result result = read_binding(call->claims[0], &bound, error);
    if (result == OST_OK)
        result = read_binding(call->claims[1], &bound, error);
    if (result == OST_OK)
        result = check_wanted(call->wanted, &bound, error);
    if (result != OST_OK)
        return result;
    if (call->dpop_scheme && bound.jkt.data == NULL)
        return ost_error_set(error, OST_E_SENDER,
                             "the token came by the scheme DPoP and is bound to no key (cnf.jkt)");
    if (!call->dpop_scheme && bound.jkt.data != NULL)
        return ost_error_set(error, OST_E_SENDER,
                             "the token is bound to a DPoP key and came as a bearer token");
    *ret_binding = bound;
    return bound.x5t.data != NULL ? check_certificate(call, bound.x5t, error) : OST_OK;
}

ost_result sender_check_proof(const sender_call *call, const sender_binding *bound,
                              ost_text *ret_nonce, ost_error *error)
{
    return bound->jkt.data != NULL ? check_dpop(call, bound->jkt, ret_nonce, error) : OST_OK;
}
