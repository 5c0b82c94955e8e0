/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as JWTs; see answer_token.h. */
#include "provider/token/answer_token.h"

#include "provider/client/client_keys.h"

bool answer_sign(call *c, ost_text claims, ost_alg alg, const char *typ, ost_text *ret_token)
{
    const ost_key *key = key_ring_signer(c->entry->keys, alg);
    ost_result result =
        key != NULL ? ost_jws_sign(claims, key, alg, typ, c->arena, ret_token) : OST_E_KEY_UNKNOWN;
    if (result == OST_E_BUSY) /* the signing process is being started anew */
        return call_refuse_busy(c);
    return result == OST_OK || call_refuse(c, 500, "server_error", NULL);
}

static const ost_key *find_key(call *c, const realm_client *client, ost_alg alg)
{
    const ost_keyset *keys = client_key_set_encryption(client_keys(c, client));
    for (size_t i = 0; keys != NULL && i < ost_keyset_count(keys); i++) {
        if (ost_key_serves(ost_keyset_at(keys, i), alg))
            return ost_keyset_at(keys, i);
    }
    return NULL;
}

bool answer_encrypt(call *c, const realm_client *client, const client_answer *answer,
                    ost_text content, const char *cty, ost_text *ret_token)
{
    if (answer->encryption == OST_ALG_UNSET) {
        *ret_token = content;
        return true;
    }
    const ost_jwe_options options = {.cty = cty};
    const ost_key *key = find_key(c, client, answer->encryption);
    if (key == NULL)
        return call_refuse(c, 400, "unauthorized_client",
                           call_format(c, "The client has no key to encrypt for it with %s",
                                       ost_alg_name(answer->encryption)));
    return ost_jwe_encrypt(content, key, answer->encryption, answer->enc, &options, c->arena,
                           ret_token, NULL) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}
