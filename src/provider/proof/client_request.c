/* SPDX-License-Identifier: Apache-2.0 */
/* What a client's authorization requests have to be; see client_request.h. */
#include "provider/proof/client_request.h"

#include "base/text.h"
#include "provider/proof/attribute.h"

/* What they may be encrypted with; *ret_barred: the attribute that asks for what is not there. */
static ost_jwe_rules load_encryption(const ost_json *client, const char **ret_barred)
{
    static const char alg[] = "request.object.encryption.alg";
    static const char enc[] = "request.object.encryption.enc";
    ost_jwe_rules rules = {.algorithms = CLIENT_REQUEST_ALGS};
    ost_text key = attribute_text(client, alg), content = attribute_text(client, enc);
    if (key.len > 0 && !text_is(key, "any")) {
        ost_alg one = ost_alg_of(key);
        rules.algorithms = one != OST_ALG_UNSET ? OST_ALG_BIT(one) & CLIENT_REQUEST_ALGS : 0;
        if (rules.algorithms == 0)
            *ret_barred = alg;
    }
    if (content.len > 0 && !text_is(content, "any")) {
        ost_enc one = ost_enc_of(content);
        if (one == OST_ENC_UNSET)
            *ret_barred = enc;
        else
            rules.encs = OST_ENC_BIT(one);
    }
    return rules;
}

/* "none" and what is unknown leave no algorithm; unsigned objects prove nothing. */
static ost_algs load_algorithms(ost_text name)
{
    const ost_algs all =
        OST_ALGS_DEFAULT | OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512);
    if (name.len == 0 || text_is(name, "any"))
        return all;
    ost_alg alg = ost_alg_of(name);
    return alg != OST_ALG_UNSET ? OST_ALG_BIT(alg) & all : 0;
}

client_request client_request_load(const ost_json *client)
{
    ost_text required = attribute_text(client, "request.object.required");
    const char *barred = NULL;
    ost_jwe_rules encryption = load_encryption(client, &barred);
    return (client_request){
        .pushed_only =
            text_says_true(attribute_text(client, "require.pushed.authorization.requests")),
        .object_required = required.len > 0 && !text_is(required, "not required"),
        .value_only = text_is(required, "request only"),
        .reference_only = text_is(required, "request_uri only"),
        .uris = attribute_text(client, "request.uris"),
        .object_algorithms =
            load_algorithms(attribute_text(client, "request.object.signature.alg")),
        .encryption = encryption,
        .barred = barred,
    };
}
