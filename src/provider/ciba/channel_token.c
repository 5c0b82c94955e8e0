/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of the authentication channel; see channel_token.h. */
#include "provider/ciba/channel_token.h"

#include "base/text.h"
#include "provider/realm/realm_key.h"
#include "provider/session/bearer_token.h"
#include "provider/token/answer_token.h"

bool channel_token_make(call *c, ost_text id, ost_text user_id, int64_t expires,
                        ost_text *ret_token)
{
    ost_text claims;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", expires);
    ost_json_member_integer(w, "iat", c->now);
    ost_json_member_text(w, "jti", id);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "aud", c->issuer);
    ost_json_member_text(w, "sub", user_id);
    ost_json_member_string(w, "typ", "Bearer");
    ost_json_member_string(w, "azp", c->client->client_id);
    ost_json_member_boolean(w, CHANNEL_CLAIM, true);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &claims) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return answer_sign(c, claims, c->realm->signature_alg, "JWT", ret_token);
}

ost_result channel_token_read(call *c, ost_text token, ost_text *ret_id, ost_text *ret_client)
{
    const char *const audiences[] = {c->issuer};
    const ost_claims_rules rules = {
        .issuer = c->issuer,
        .audiences = audiences,
        .audience_count = 1,
        .leeway = NODES_APART,
        .algorithms = REALM_KEY_ALGS,
    };
    const ost_claims *claims;
    ost_result result = ost_jwt_verify(token, key_ring_verifiers(c->entry->keys), &rules, c->now,
                                       c->arena, &claims, NULL);
    if (result != OST_OK)
        return result;
    if (ost_claims_expiry(claims) <= c->now)
        return OST_E_EXPIRED;
    ost_text id = ost_claims_text(claims, "jti");
    if (ost_claims_get(claims, CHANNEL_CLAIM) == NULL || id.len == 0)
        return OST_E_TOKEN_TYPE;
    *ret_id = id;
    *ret_client = ost_claims_text(claims, "azp");
    return OST_OK;
}
