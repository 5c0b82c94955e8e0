/* JSON Web Tokens in one call (RFC 7519 §7.2), and a look at one without any check. */
#include "base64url.h"
#include "compact.h"
#include "shown.h"

static ost_result no_key(ost_result result, const ost_unverified_jws *jws, ost_error *ret_error)
{
    return ost_error_set(ret_error, result, "the token asks for kid \"%.*s\", algorithm %s",
                         SHOWN(jws->kid, 64), ost_alg_name(jws->alg));
}

ost_result ost_jwt_verify(ost_text token, const ost_keyset *keys, const ost_claims_rules *rules,
                          int64_t now, ost_arena *arena, const ost_claims **ret_claims,
                          ost_error *ret_error)
{
    ost_unverified_jws jws;
    const ost_key *key;
    const ost_claims *claims;
    ost_text payload;
    ost_result result = ost_jws_read_unverified(token, rules->algorithms, arena, &jws, ret_error);
    if (result != OST_OK)
        return result;
    result = ost_keyset_find(keys, jws.kid, jws.alg, &key);
    if (result != OST_OK)
        return no_key(result, &jws, ret_error);
    result = ost_jws_verify(&jws, key, arena, &payload);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "the signature was not accepted");
    result = ost_claims_read(payload, arena, &claims, ret_error);
    if (result == OST_OK)
        result = ost_claims_check(claims, rules, now, ret_error);
    if (result == OST_OK)
        *ret_claims = claims;
    return result;
}

ost_result ost_jwt_read_unverified(ost_text token, ost_arena *arena,
                                   ost_unverified_token *ret_token, ost_error *ret_error)
{
    compact_parts parts;
    ost_unverified_token read;
    ost_text payload;
    ost_result result = compact_split(token, &parts, ret_error);
    if (result == OST_OK)
        result = compact_header(parts.header, arena, &read.header, ret_error);
    if (result != OST_OK)
        return result;
    result = base64url_decode_to(arena, parts.payload, &payload);
    if (result == OST_E_BASE64)
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "the claims are not strict base64url");
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "out of memory");
    result = compact_claims(payload, arena, &read.claims, ret_error);
    if (result == OST_OK)
        *ret_token = read;
    return result;
}
