/* SPDX-License-Identifier: Apache-2.0 */
/* Making DPoP proofs; see prover.h. */
#include "prover.h"

#include <stdio.h>
#include <string.h>

#include "base/base64url.h"
#include "forge.h"

const char *prover_jwk(ost_arena *arena, const ost_key *key)
{
    ost_text text;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_non_null(writer);
    assert_int_equal(ost_key_export_public(key, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    return text.data;
}

const char *prover_thumbprint(ost_arena *arena, const ost_key *key)
{
    char thumbprint[44];
    assert_int_equal(ost_key_thumbprint(key, thumbprint), OST_OK);
    return ost_arena_copy(arena, text_of(thumbprint));
}

ost_text prover_token(fixture *f, const ost_key *key, const char *more)
{
    const char *claims = ost_arena_format(f->arena, "{" GOOD_CLAIMS ",\"cnf\":{\"jkt\":\"%s\"}%s}",
                                          prover_thumbprint(f->arena, key), more);
    return fixture_token(f, claims);
}

static const char * or (const char *given, const char *otherwise)
{
    return given != NULL ? given : otherwise;
}

static const char *hash_of(ost_arena *arena, ost_text token)
{
    unsigned char hash[32];
    ost_text encoded;
    assert_int_equal(ost_sha256(token, hash), OST_OK);
    assert_int_equal(base64url_encode_to(arena, text_of_bytes(hash, sizeof hash), &encoded),
                     OST_OK);
    return ost_arena_copy(arena, encoded);
}

static const char *claims_of(fixture *f, ost_text token, const proof_parts *parts)
{
    static unsigned number;
    const char *jti = parts->jti;
    const char *nonce = "";
    if (jti == NULL)
        jti = ost_arena_format(f->arena, "proof-%u", number++);
    if (parts->nonce != NULL)
        nonce = ost_arena_format(f->arena, ",\"nonce\":\"%s\"", parts->nonce);
    return ost_arena_format(
        f->arena, "{\"jti\":\"%s\",\"htm\":\"%s\",\"htu\":\"%s\",\"iat\":%lld,\"ath\":\"%s\"%s}",
        jti, or (parts->htm, "GET"), or (parts->htu, PROVER_URL),
        (long long)(parts->iat != 0 ? parts->iat : f->now),
        or (parts->ath, hash_of(f->arena, token)), nonce);
}

ost_text prover_proof(fixture *f, ost_text token, proof_parts parts)
{
    const ost_key *key = parts.key != NULL ? parts.key : f->ec;
    const char *alg = ost_key_type_of(key) == OST_KEY_RSA ? "RS256" : "ES256";
    const char *jwk = or (parts.jwk, prover_jwk(f->arena, key));
    const char *header = ost_arena_format(f->arena, "{\"typ\":\"%s\",\"alg\":\"%s\",\"jwk\":%s}",
                                          or (parts.typ, "dpop+jwt"), alg, jwk);
    const char *claims = or (parts.claims, claims_of(f, token, &parts));
    assert_non_null(header);
    assert_non_null(claims);
    return forge(f->arena, or (parts.header, header), claims, key, FORGE_PKCS1);
}

ost_verdict prover_check(fixture *f, ost_guard *guard, const ost_policy *policy, const char *scheme,
                         ost_text token, const ost_text *proofs, size_t count)
{
    const char *value = ost_arena_format(f->arena, "%s %.*s", scheme, (int)token.len, token.data);
    const ost_text authorization = text_of(value);
    const ost_credentials credentials = {
        .authorization = &authorization,
        .authorization_count = 1,
        .method = OST_TEXT("GET"),
        .url = OST_TEXT(PROVER_URL),
        .dpop = proofs,
        .dpop_count = count,
    };
    ost_verdict verdict;
    ost_guard_check(guard, policy, &credentials, false, f->arena, &verdict);
    return verdict;
}

ost_verdict prover_show(fixture *f, ost_guard *guard, const ost_policy *policy, ost_text token,
                        ost_text proof)
{
    return prover_check(f, guard, policy, "DPoP", token, &proof, 1);
}

ost_verdict prover_try(fixture *f, ost_text token, proof_parts parts)
{
    return prover_show(f, f->guard, &fixture_any, token, prover_proof(f, token, parts));
}

void prover_refused(ost_verdict verdict, ost_result reason)
{
    if (verdict.decision != OST_REFUSE || verdict.reason != reason || verdict.status != 401) {
        fail_msg("%s, %d, %.*s", ost_result_name(verdict.reason), verdict.status,
                 (int)verdict.explanation.len, verdict.explanation.data);
    }
    assert_null(verdict.identity);
}

void prover_allowed(ost_verdict verdict)
{
    if (verdict.decision != OST_ALLOW) {
        fail_msg("%s: %.*s", ost_result_name(verdict.reason), (int)verdict.explanation.len,
                 verdict.explanation.data);
    }
    assert_non_null(verdict.identity);
}
