/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies what an issuer has signed; see issuer_statement.h. */
#include "guard/keys/issuer_statement.h"

#include "base/shown.h"
#include "base/text.h"

static ost_result verify(ost_text token, const char *typ, ost_algs accepted, const ost_keyset *keys,
                         ost_arena *arena, ost_text *ret_payload, ost_text *ret_kid,
                         ost_error *error)
{
    ost_unverified_jws jws;
    const ost_key *key;
    ost_result result = ost_jws_read_unverified(token, accepted, arena, &jws, error);
    if (result != OST_OK)
        return result;
    if (!ost_typ_is(jws.typ, typ))
        return ost_error_set(error, OST_E_TOKEN_TYPE, "its typ is \"%.*s\", not %s",
                             SHOWN(jws.typ, 60), typ);
    *ret_kid = jws.kid;
    if (keys == NULL)
        return ost_error_set(error, OST_E_KEY_UNKNOWN, "there are no keys to verify it");
    result = ost_keyset_find(keys, jws.kid, jws.alg, &key);
    if (result == OST_OK)
        result = ost_jws_verify(&jws, key, arena, ret_payload);
    if (result != OST_OK)
        return ost_error_set(error, result, "%s (kid %.*s)", ost_result_sentence(result),
                             SHOWN(jws.kid, 60));
    return OST_OK;
}

/* Codes of tokens must not come out of here: they would look like a verdict over the one that came
 * with the request. */
ost_result issuer_statement_read(ost_text token, const char *typ, ost_algs accepted,
                                 const ost_keyset *keys, ost_arena *arena,
                                 const ost_json **ret_object, ost_text *ret_kid, ost_error *error)
{
    ost_text payload;
    ost_error why = {0};
    const ost_json *object;
    ost_result result = verify(token, typ, accepted, keys, arena, &payload, ret_kid, &why);
    if (result == OST_OK)
        result = ost_json_read(payload, NULL, arena, &object, &why);
    if (result == OST_OK && !ost_json_is(object, OST_JSON_OBJECT))
        result = ost_error_set(&why, OST_E_REMOTE, "it is not an object");
    if (result != OST_OK)
        return ost_error_set(error, result == OST_E_KEY_UNKNOWN ? result : OST_E_REMOTE,
                             "signed by the issuer: %s", why.detail);
    *ret_object = object;
    return OST_OK;
}
