/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jwt sign`: makes tokens out of claims (RFC 7519). */
#include "base/error_sentence.h"
#include "base/text.h"
#include "cli/tool/claims_write.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_key.h"

static const ost_alg preferred[] = {OST_RS256, OST_PS256, OST_RS384, OST_RS512,    OST_PS384,
                                    OST_PS512, OST_ES256, OST_ES384, OST_ES512,    OST_EDDSA,
                                    OST_HS256, OST_HS384, OST_HS512, OST_ALG_UNSET};

static ost_result sign(const option_values *values, ost_arena *arena, ost_error *error)
{
    tool_keys keys;
    ost_key *key;
    ost_alg alg;
    ost_text claims, token;
    const char *type = options_get(values, "type");
    if (!options_has(values, "key"))
        return ost_error_set(error, OST_E_ARGUMENT, "--key is needed");
    ost_result result = claims_write(values, arena, &claims, error);
    if (result == OST_OK)
        result = tool_keys_read(options_get(values, "key"), OST_ALG_UNSET, arena, &keys, error);
    if (result != OST_OK)
        return result;
    result = tool_keys_choose(&keys, options_get(values, "kid"), &key, error);
    if (result == OST_OK)
        result = tool_need_private(key, "sign", error);
    if (result == OST_OK)
        result = tool_alg(options_get(values, "alg"), key, preferred, &alg, error);
    if (result == OST_OK) {
        result = ost_jws_sign(claims, key, alg, type != NULL ? type : "JWT", arena, &token);
        if (result != OST_OK)
            error_set_sentence(error, result);
    }
    tool_keys_free(&keys);
    return result == OST_OK ? tool_put_line(values, token, arena, error) : result;
}

static int run(const option_values *values)
{
    return tool_run(values, "jwt sign", sign);
}

static const option options[] = {
    {"key", "FILE", NULL, NULL, "private or shared key: JWK, JWK Set or PEM"},
    TOOL_KID_OPTION,
    {"alg", "ALG", NULL, NULL, "the algorithm (what the key is for)"},
    {"type", "TYP", NULL, NULL, "the header's typ (JWT)"},
    {"issuer", "URL", NULL, NULL, "iss"},
    {"subject", "TEXT", NULL, NULL, "sub"},
    {"audience", "TEXT...", NULL, NULL, "aud"},
    {"expires", "DURATION", NULL, NULL, "from now: 90, 5m, 12h, 30d (5m)"},
    {"jti", "[TEXT]", NULL, NULL, "jti (random)"},
    {"claim", "NAME=TEXT...", NULL, NULL, "any other claim"},
    {"claim-json", "NAME=JSON...", NULL, NULL, "the same with a value in JSON"},
    {"claims", "FILE", NULL, NULL, "a JSON object of claims; what the options say goes before it"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwt_sign = {
    .words = "jwt sign",
    .operands = "",
    .summary = "Make a token out of claims.",
    .options = options,
    .run = run,
};
