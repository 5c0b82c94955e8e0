/* SPDX-License-Identifier: Apache-2.0 */
/* Checks ID tokens; see login_id_token.h. */
#include "login/login_id_token.h"

#include "base/array.h"
#include "base/text.h"
#include "guard/guard_keys.h"
#include "jose/digest.h"

static ost_result check_nonce(const ost_claims *claims, ost_text nonce, ost_error *error)
{
    if (!text_equal_secret(ost_claims_text(claims, "nonce"), nonce))
        return ost_error_set(error, OST_E_CLAIM_TYPE,
                             "the ID token's nonce is not the one of this login");
    return OST_OK;
}

/* "its sub Claim Value MUST be the same as in the ID Token issued when the original
 * authentication occurred" (§12.2). The older one comes out of a sealed cookie. */
static ost_result check_subject(const ost_claims *claims, ost_text older, ost_arena *arena,
                                ost_error *error)
{
    ost_unverified_token token;
    ost_text subject = {0};
    if (older.len == 0)
        return OST_OK;
    if (ost_jwt_read_unverified(older, arena, &token, NULL) != OST_OK ||
        !ost_json_text(ost_json_get(token.claims, "sub"), &subject) ||
        !text_equal(subject, ost_claims_subject(claims)))
        return ost_error_set(error, OST_E_CLAIM_TYPE,
                             "the ID token is of another user than the session's");
    return OST_OK;
}

/* Both MUST be there (§2). Without them the session would know nobody, and its first refresh, which
 * compares them, would end it. */
static ost_result check_required(const ost_claims *claims, ost_error *error)
{
    static const char *const names[] = {"sub", "iat"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const ost_json *claim = ost_claims_get(claims, names[i]);
        if (claim == NULL || ost_json_equals(claim, OST_TEXT("")))
            return ost_error_set(error, OST_E_CLAIM_MISSING, "the ID token has no %s", names[i]);
    }
    return OST_OK;
}

/* With several audiences the authorized party must be named, and it must be us whenever it is
 * (§3.1.3.7 items 4 and 5). */
static ost_result check_party(const char *client_id, const ost_claims *claims, ost_error *error)
{
    const ost_json *audience = ost_claims_get(claims, "aud");
    const ost_json *party = ost_claims_get(claims, "azp");
    bool several = ost_json_is(audience, OST_JSON_ARRAY) && ost_json_count(audience) > 1;
    if (party == NULL ? several : !ost_json_equals(party, text_of(client_id)))
        return ost_error_set(error, OST_E_CLIENT,
                             "the ID token was issued to another client than \"%s\"", client_id);
    return OST_OK;
}

/* at_hash binds the access token to the ID token (§3.1.3.8); optional in the code flow. */
static ost_result check_hash(const ost_claims *claims, const login_tokens *tokens, ost_arena *arena,
                             ost_error *error)
{
    ost_text hash = {0};
    const ost_json *claim = ost_claims_get(claims, "at_hash");
    if (claim == NULL)
        return OST_OK;
    ost_unverified_jws jws;
    ost_result result =
        ost_jws_read_unverified(tokens->id_token, OST_ALGS_DEFAULT, arena, &jws, error);
    if (result != OST_OK)
        return result;
    result = ost_json_text(claim, &hash) ? digest_half_check(tokens->access_token, jws.alg, hash)
                                         : OST_E_SIGNATURE;
    return result == OST_E_SIGNATURE ? ost_error_set(error, OST_E_CLAIM_TYPE,
                                                     "the ID token belongs to another access token")
                                     : result;
}

ost_result login_id_token_check(const ost_login *login, const char *client_id,
                                const login_tokens *tokens, ost_text nonce, ost_text older,
                                ost_arena *arena, ost_error *error)
{
    ost_keyset *keys = NULL;
    ost_result result = guard_keys(login->guard, text_of(login->issuer), &keys);
    if (result != OST_OK)
        return ost_error_set(error, result, "no keys of \"%s\" to check the ID token with",
                             login->issuer);
    const char *const audiences[] = {client_id};
    ost_claims_rules rules = {.audiences = audiences, .audience_count = 1};
    const ost_claims *claims = NULL;
    result = guard_keys_issuer(login->guard, text_of(login->issuer), keys, tokens->id_token, arena,
                               &rules.issuer, error);
    if (result == OST_OK)
        result = ost_jwt_verify(tokens->id_token, keys, &rules, ost_now(login->context), arena,
                                &claims, error);
    ost_keyset_unref(keys);
    if (result == OST_OK)
        result = check_required(claims, error);
    if (result == OST_OK && nonce.len > 0)
        result = check_nonce(claims, nonce, error);
    else if (result == OST_OK)
        result = check_subject(claims, older, arena, error);
    if (result == OST_OK)
        result = check_party(client_id, claims, error);
    if (result == OST_OK)
        result = check_hash(claims, tokens, arena, error);
    return result;
}
