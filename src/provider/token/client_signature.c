/* SPDX-License-Identifier: Apache-2.0 */
/* What clients sign; see client_signature.h. */
#include "provider/token/client_signature.h"

#include "provider/client/client_keys.h"
#include "provider/policy/policy_set.h"

#define RSA_BITS_MAX 4096 /* the client chooses its key, and the loop does the work */

static const ost_key *find_key(call *c, const realm_client *client, const ost_unverified_jws *jws)
{
    const ost_key *key = NULL;
    const ost_keyset *keys = client_key_set_signing(client_keys(c, client));
    if (keys == NULL && client->proof.single_key != NULL)
        key = ost_keyset_at(client->proof.single_key, 0);
    else if (keys == NULL || ost_keyset_find(keys, jws->kid, jws->alg, &key) != OST_OK)
        return NULL;
    bool fits = ost_key_serves(key, jws->alg) &&
                (ost_key_type_of(key) != OST_KEY_RSA || ost_key_bits(key) <= RSA_BITS_MAX);
    return fits ? key : NULL;
}

static bool is_hmac(ost_alg alg)
{
    return alg == OST_HS256 || alg == OST_HS384 || alg == OST_HS512;
}

static ost_result verify_by_secret(call *c, ost_text secret, const ost_unverified_jws *jws,
                                   ost_text *ret_payload)
{
    ost_key *key = NULL;
    ost_result result = ost_key_import_secret(secret, jws->alg, NULL, &key, NULL);
    if (result != OST_OK)
        return result;
    result = ost_jws_verify(jws, key, c->arena, ret_payload);
    ost_key_unref(key);
    return result;
}

ost_result client_signature_verify(call *c, const realm_client *client,
                                   const ost_unverified_jws *jws, ost_text *ret_payload)
{
    const client_proof *proof = &client->proof;
    const secret_rule *rule = &proof->by_secret;
    if (!is_hmac(jws->alg)) {
        const ost_key *key = find_key(c, client, jws);
        return key != NULL ? ost_jws_verify(jws, key, c->arena, ret_payload) : OST_E_KEY_UNKNOWN;
    }
    if (client->public_client || proof->secret.len == 0 || !secret_rule_holds(rule, c->now))
        return OST_E_KEY_UNKNOWN;
    ost_result result = verify_by_secret(c, proof->secret, jws, ret_payload);
    /* One that was made anew goes on for a time, where a policy of the realm says so. */
    bool before = result == OST_E_SIGNATURE && secret_rule_holds_before(rule, c->now) &&
                  policy_set_rotates(c->realm->policies);
    return before ? verify_by_secret(c, rule->before, jws, ret_payload) : result;
}
