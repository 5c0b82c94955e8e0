/* SPDX-License-Identifier: Apache-2.0 */
/* What a client's authorization requests have to be; see client_request.h. */
#include "provider/proof/client_request.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/attribute.h"

/* Settings that make requests safer and that are not there. */
static const char *find_bar(const ost_json *client)
{
    static const char *const bars[] = {"request.object.encryption.alg",
                                       "request.object.encryption.enc"};
    for (size_t i = 0; i < ARRAY_LEN(bars); i++) {
        ost_text value = attribute_text(client, bars[i]);
        if (value.len > 0 && !text_is(value, "any"))
            return bars[i];
    }
    return NULL;
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
    return (client_request){
        .pushed_only =
            text_says_true(attribute_text(client, "require.pushed.authorization.requests")),
        .object_required = required.len > 0 && !text_is(required, "not required"),
        .value_only = text_is(required, "request only"),
        .reference_only = text_is(required, "request_uri only"),
        .uris = attribute_text(client, "request.uris"),
        .object_algorithms =
            load_algorithms(attribute_text(client, "request.object.signature.alg")),
        .barred = find_bar(client),
    };
}
