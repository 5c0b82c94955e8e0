/* SPDX-License-Identifier: Apache-2.0 */
/* How clients want to be answered; see client_answer.h. */
#include "provider/proof/client_answer.h"

#include "base/text.h"
#include "provider/proof/attribute.h"

/* The word is Keycloak's. */
static bool asks_for_nothing(ost_text name)
{
    return name.len == 0 || text_is(name, "unsigned");
}

static void read_signature(const ost_json *client, const char *name, client_answers *a,
                           ost_alg *ret_alg)
{
    ost_text value = attribute_text(client, name);
    if (asks_for_nothing(value))
        return;
    *ret_alg = ost_alg_of(value);
    if (*ret_alg == OST_ALG_UNSET || (OST_ALG_BIT(*ret_alg) & OST_ALGS_DEFAULT) == 0)
        a->barred = name;
}

/* The content encryption is A128CBC-HS256 where nothing is said (OpenID Connect Registration §2).
 */
static void read_encryption(const ost_json *client, const char *alg, const char *enc,
                            client_answers *a, client_answer *answer)
{
    ost_text name = attribute_text(client, alg), enc_name = attribute_text(client, enc);
    if (name.len == 0)
        return;
    answer->encryption = ost_alg_of(name);
    if (answer->encryption == OST_ALG_UNSET ||
        (OST_ALG_BIT(answer->encryption) & CLIENT_ANSWER_ALGS) == 0)
        a->barred = alg;
    answer->enc = enc_name.len > 0 ? ost_enc_of(enc_name) : OST_A128CBC_HS256;
    if (answer->enc == OST_ENC_UNSET)
        a->barred = enc;
}

client_answers client_answers_load(const ost_json *client)
{
    client_answers a = {0};
    read_encryption(client, "id.token.encrypted.response.alg", "id.token.encrypted.response.enc",
                    &a, &a.id_token);
    read_signature(client, "user.info.response.signature.alg", &a, &a.userinfo.signature);
    read_encryption(client, "user.info.encrypted.response.alg", "user.info.encrypted.response.enc",
                    &a, &a.userinfo);
    read_signature(client, "authorization.signed.response.alg", &a, &a.authorization.signature);
    read_encryption(client, "authorization.encrypted.response.alg",
                    "authorization.encrypted.response.enc", &a, &a.authorization);
    return a;
}

bool client_answers_are_encrypted(const client_answers *a)
{
    return a->id_token.encryption != OST_ALG_UNSET || a->userinfo.encryption != OST_ALG_UNSET ||
           a->authorization.encryption != OST_ALG_UNSET;
}
