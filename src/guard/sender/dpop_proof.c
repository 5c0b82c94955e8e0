/* SPDX-License-Identifier: Apache-2.0 */
/* Checking a DPoP proof: RFC 9449 §4.2, §4.3; see dpop_proof.h. The order is from cheap to dear:
 * the key's thumbprint must be the token's before its signature is worth looking at. */
#include "guard/sender/dpop_proof.h"

#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/error_sentence.h"
#include "base/shown.h"
#include "base/text.h"
#include "guard/sender/request_url.h"
#include "jose/jwt/numeric_date.h"

#define DIGEST_LEN 43     /* SHA-256 in base64url */
#define RSA_BITS_MAX 4096 /* a client chooses its key, and this API does the work */

static bool is_our_own_trouble(ost_result result)
{
    return result == OST_E_MEMORY || result == OST_E_CRYPTO || result == OST_E_SYSTEM;
}

/* Whatever is wrong with the proof is one error; its words stay. */
static ost_result refuse_proof(ost_result result, const char *what, ost_error *error)
{
    char seen[sizeof error->detail] = "";
    if (is_our_own_trouble(result))
        return error_set_sentence(error, result);
    if (error != NULL && error->code == result)
        (void)text_to_string(text_of(error->detail), seen, sizeof seen);
    return ost_error_set(error, OST_E_PROOF, "%s: %s", what,
                         seen[0] != '\0' ? seen : ost_result_sentence(result));
}

/* ---- the key ---- */

/* The members that only private and symmetric keys have (RFC 7518 §6). */
static bool has_secret(const ost_json *jwk)
{
    static const char *const secret[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < ARRAY_LEN(secret); i++) {
        if (ost_json_get(jwk, secret[i]) != NULL)
            return true;
    }
    return false;
}

/* A proof's key. */
typedef struct proof_key {
    ost_key *key;
    char thumbprint[44];
    ost_text jwk; /* as it stands in the header */
    bool known;   /* a good proof by it came before */
} proof_key;

static ost_result import_key(const ost_json *jwk, proof_key *found, ost_error *error)
{
    if (has_secret(jwk))
        return ost_error_set(error, OST_E_PROOF, "the proof's jwk is not a public key");
    ost_result result = ost_key_import_json(jwk, &found->key, error);
    if (result == OST_OK)
        result = ost_key_thumbprint(found->key, found->thumbprint);
    if (result != OST_OK)
        return refuse_proof(result, "the proof's jwk", error);
    if (ost_key_type_of(found->key) == OST_KEY_RSA && ost_key_bits(found->key) > RSA_BITS_MAX)
        return ost_error_set(error, OST_E_PROOF, "the proof's jwk has %u bits, %d are taken",
                             ost_key_bits(found->key), RSA_BITS_MAX);
    return OST_OK;
}

/* The only key that is ever taken out of what somebody sends. It proves nothing by itself: its
 * thumbprint is the one in the token, which the issuer has signed. found->key is the caller's to
 * give back, also when it is refused. */
static ost_result read_key(const ost_unverified_jws *jws, const dpop_demand *demand,
                           proof_key *found, ost_error *error)
{
    const ost_json *jwk = ost_json_get(jws->header, "jwk");
    if (!ost_json_is(jwk, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_PROOF, "the proof's header has no jwk");
    found->jwk = ost_json_source(jwk);
    if (demand->keys != NULL)
        found->key = proof_keys_get(demand->keys, found->jwk, found->thumbprint);
    found->known = found->key != NULL;
    ost_result result = found->known ? OST_OK : import_key(jwk, found, error);
    if (result == OST_OK && !demand->for_token &&
        !text_equal_secret(demand->jkt, (ost_text){found->thumbprint, DIGEST_LEN}))
        result =
            ost_error_set(error, OST_E_SENDER, "the token is bound to key %.*s, the proof is by %s",
                          SHOWN(demand->jkt, 60), found->thumbprint);
    return result;
}

static ost_result verify(const ost_unverified_jws *jws, const dpop_demand *demand,
                         const proof_key *found, ost_arena *arena, ost_text *ret_payload,
                         ost_error *error)
{
    if (!ost_key_serves(found->key, jws->alg))
        return refuse_proof(OST_E_KEY_USE, "the proof's signature", error);
    ost_result result = ost_jws_verify(jws, found->key, arena, ret_payload);
    if (result != OST_OK)
        return refuse_proof(result, "the proof's signature", error);
    if (demand->keys != NULL && !found->known)
        proof_keys_put(demand->keys, found->jwk, found->key, found->thumbprint);
    return OST_OK;
}

/* ---- its claims ---- */

static ost_result check_url(const ost_json *claims, const dpop_demand *demand, ost_arena *arena,
                            ost_error *error)
{
    ost_text htu, normal;
    if (!ost_json_text(ost_json_get(claims, "htu"), &htu))
        return ost_error_set(error, OST_E_PROOF, "the proof has no htu");
    ost_result result = request_url_normalize(htu, arena, &normal);
    if (result == OST_E_MEMORY)
        return refuse_proof(result, "htu", error);
    if (result != OST_OK || !text_equal(normal, demand->url)) {
        return ost_error_set(error, OST_E_PROOF,
                             "the proof is for the URL (htu) %.*s, this one is %.*s",
                             SHOWN(htu, 60), SHOWN(demand->url, 60));
    }
    return OST_OK;
}

static ost_result check_time(const ost_json *claims, const dpop_demand *demand, dpop_proof *proof,
                             ost_error *error)
{
    if (!numeric_date_read(ost_json_get(claims, "iat"), &proof->iat))
        return ost_error_set(error, OST_E_PROOF, "the proof has no time (iat)");
    if (proof->iat > demand->now + demand->leeway ||
        proof->iat + (int64_t)demand->lifetime < demand->now) {
        return ost_error_set(error, OST_E_PROOF,
                             "the proof was made %lld seconds ago, %u are accepted, and %u ahead",
                             (long long)(demand->now - proof->iat), demand->lifetime,
                             demand->leeway);
    }
    return OST_OK;
}

static ost_result check_token(const ost_json *claims, const dpop_demand *demand, ost_error *error)
{
    unsigned char hash[32];
    char expected[DIGEST_LEN];
    if (demand->for_token)
        return OST_OK;
    ost_result result = ost_sha256(demand->token, hash);
    if (result != OST_OK)
        return refuse_proof(result, "ath", error);
    base64url_encode(hash, sizeof hash, expected);
    if (!ost_json_equals(ost_json_get(claims, "ath"), (ost_text){expected, DIGEST_LEN}))
        return ost_error_set(error, OST_E_PROOF, "the proof is not for this token (ath)");
    return OST_OK;
}

static ost_result check_claims(const ost_json *claims, const dpop_demand *demand, ost_arena *arena,
                               dpop_proof *proof, ost_error *error)
{
    const ost_json *nonce = ost_json_get(claims, "nonce");
    ost_text htm;
    if (!ost_json_text(ost_json_get(claims, "jti"), &proof->jti) || proof->jti.len == 0 ||
        proof->jti.len > DPOP_PROOF_ID_MAX)
        return ost_error_set(error, OST_E_PROOF, "the proof has no jti of 1 to 256 bytes");
    if (nonce != NULL && !ost_json_text(nonce, &proof->nonce))
        return ost_error_set(error, OST_E_PROOF, "the proof's nonce is not a string");
    if (!ost_json_text(ost_json_get(claims, "htm"), &htm) || !text_equal(htm, demand->method)) {
        return ost_error_set(error, OST_E_PROOF, "the proof is not for the method (htm) %.*s",
                             SHOWN(demand->method, 60));
    }
    ost_result result = check_url(claims, demand, arena, error);
    if (result == OST_OK)
        result = check_time(claims, demand, proof, error);
    if (result == OST_OK)
        result = check_token(claims, demand, error);
    return result;
}

/* ---- all of it ---- */

static ost_result check_payload(ost_text payload, const dpop_demand *demand, const proof_key *found,
                                ost_arena *arena, dpop_proof *ret_proof, ost_error *error)
{
    static const ost_json_limits limits = {DPOP_PROOF_MAX, 8, 256};
    const ost_json *claims;
    dpop_proof proof = {0};
    memcpy(proof.thumbprint, found->thumbprint, sizeof proof.thumbprint);
    ost_result result = ost_json_read(payload, &limits, arena, &claims, error);
    if (result != OST_OK)
        return refuse_proof(result, "the proof's payload", error);
    if (!ost_json_is(claims, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_PROOF, "the proof's payload is not a JSON object");
    result = check_claims(claims, demand, arena, &proof, error);
    if (result == OST_OK)
        *ret_proof = proof;
    return result;
}

ost_result dpop_proof_check(ost_text proof, const dpop_demand *demand, ost_arena *arena,
                            dpop_proof *ret_proof, ost_error *error)
{
    proof_key found = {0};
    ost_unverified_jws jws;
    ost_text payload;
    if (proof.len > DPOP_PROOF_MAX)
        return ost_error_set(error, OST_E_PROOF, "the proof has %zu bytes, %d are read", proof.len,
                             DPOP_PROOF_MAX);
    ost_result result = ost_jws_read_unverified(proof, demand->algorithms, arena, &jws, error);
    if (result != OST_OK)
        return refuse_proof(result, "the proof", error);
    if (!ost_typ_is(jws.typ, "dpop+jwt"))
        return ost_error_set(error, OST_E_PROOF, "the proof's typ is \"%.*s\", not dpop+jwt",
                             SHOWN(jws.typ, 60));
    result = read_key(&jws, demand, &found, error);
    if (result == OST_OK)
        result = verify(&jws, demand, &found, arena, &payload, error);
    ost_key_unref(found.key);
    return result == OST_OK ? check_payload(payload, demand, &found, arena, ret_proof, error)
                            : result;
}
