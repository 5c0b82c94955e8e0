/* A signed JWT from end to end (RFC 7519 §7.2), for callers with keys of their own. */
#include <ostiary/jose.h>

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
    if (result == OST_OK)
        result = ost_jws_verify(&jws, key, arena, &payload);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
    result = ost_claims_read(payload, arena, &claims, ret_error);
    if (result == OST_OK)
        result = ost_claims_check(claims, rules, now, ret_error);
    if (result == OST_OK)
        *ret_claims = claims;
    return result;
}
