/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Web Tokens in one call (RFC 7519 §7.2), nested ones too, and a look at one without any
 * check.
 */
#include "base/base64url.h"
#include "base/shown.h"
#include "base/text.h"
#include "jose/compact.h"

static ost_result no_key(ost_result result, const ost_unverified_jws *jws, ost_error *error)
{
    return ost_error_set(error, result, "the token asks for kid \"%.*s\", algorithm %s",
                         SHOWN(jws->kid, 64), ost_alg_name(jws->alg));
}

static ost_result check_type(ost_text typ, const ost_claims_rules *rules, ost_error *error)
{
    const char *expected = rules->type;
    if (expected == NULL && rules->access_token_profile)
        expected = "at+jwt";
    if (expected == NULL || ost_typ_is(typ, expected))
        return OST_OK;
    return ost_error_set(error, OST_E_TOKEN_TYPE, "expected type \"%.64s\", the token's is %.*s",
                         expected, SHOWN(typ, 64));
}

ost_result ost_jwt_verify(ost_text token, const ost_keyset *keys, const ost_claims_rules *rules,
                          int64_t now, ost_arena *arena, const ost_claims **ret_claims,
                          ost_error *error)
{
    ost_unverified_jws jws;
    const ost_key *key;
    const ost_claims *claims;
    ost_text payload;
    if (keys == NULL || rules == NULL || ret_claims == NULL)
        return ost_error_set(error, OST_E_ARGUMENT,
                             "no keys, no rules, or no place for the claims");
    ost_result result = ost_jws_read_unverified(token, rules->algorithms, arena, &jws, error);
    if (result == OST_OK)
        result = check_type(jws.typ, rules, error);
    if (result != OST_OK)
        return result;
    result = ost_keyset_find(keys, jws.kid, jws.alg, &key);
    if (result != OST_OK)
        return no_key(result, &jws, error);
    result = ost_jws_verify(&jws, key, arena, &payload);
    if (result != OST_OK)
        return ost_error_set(error, result, "the signature was not accepted");
    result = ost_claims_read(payload, arena, &claims, error);
    if (result == OST_OK)
        result = ost_claims_check(claims, rules, now, error);
    if (result == OST_OK)
        *ret_claims = claims;
    return result;
}

/* What is not a signed token is refused by its form: an encrypted one within, claims that were
 * never signed. */
ost_result ost_jwt_verify_nested(ost_text token, const ost_keyset *private_keys,
                                 const ost_jwe_rules *jwe_rules, const ost_keyset *keys,
                                 const ost_claims_rules *rules, int64_t now, ost_arena *arena,
                                 const ost_claims **ret_claims, ost_error *error)
{
    ost_decrypted outer;
    ost_result result = ost_jwe_decrypt(token, private_keys, jwe_rules, arena, &outer, error);
    if (result != OST_OK)
        return result;
    if (!ost_typ_is(outer.cty, "JWT"))
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the encrypted content is not a token");
    return ost_jwt_verify(outer.content, keys, rules, now, arena, ret_claims, error);
}

ost_result ost_jwt_read_unverified(ost_text token, ost_arena *arena,
                                   ost_unverified_token *ret_token, ost_error *error)
{
    compact_parts parts;
    ost_unverified_token read;
    ost_text payload;
    if (ret_token == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the token");
    ost_result result = compact_split(token, &parts, error);
    if (result == OST_OK)
        result = compact_header(parts.header, arena, &read.header, error);
    if (result != OST_OK)
        return result;
    result = base64url_decode_to(arena, parts.payload, &payload);
    if (result == OST_E_BASE64)
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the claims are not strict base64url");
    if (result != OST_OK)
        return ost_error_set(error, result, "out of memory");
    result = compact_claims(payload, arena, &read.claims, error);
    if (result == OST_OK)
        *ret_token = read;
    return result;
}
