/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jwt verify`: verifies a token and what it claims (RFC 7519). */
#include "base/error_sentence.h"
#include "base/text.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_file.h"
#include "cli/tool/tool_key.h"
#include "jose/key/keyset_read.h"

#define AUDIENCES_MAX 64

static ost_result read_set(const option_values *values, const char *name, ost_text kid,
                           ost_arena *arena, ost_keyset **ret_set, ost_error *error)
{
    tool_keys keys;
    ost_result result = tool_keys_named(values, name, arena, &keys, error);
    if (result != OST_OK)
        return result;
    tool_keys_adopt(&keys, kid);
    result = keyset_gather(keys.keys, keys.count, ret_set);
    tool_keys_free(&keys);
    return error_set_sentence(error, result);
}

/* Which key the token asks for; empty when it does not say, or is not a token. */
static ost_text kid_of(ost_text token, ost_arena *arena)
{
    ost_unverified_jws read;
    ost_result result = ost_jws_read_unverified(token, OST_ALGS_SIGNATURE, arena, &read, NULL);
    return result == OST_OK ? read.kid : (ost_text){0};
}

static ost_text kid_of_encrypted(ost_text token, ost_arena *arena)
{
    ost_unverified_jwe read;
    ost_result result = ost_jwe_read_unverified(token, NULL, arena, &read, NULL);
    return result == OST_OK ? read.kid : (ost_text){0};
}

static ost_result verify_with(const option_values *values, ost_text token, const ost_keyset *keys,
                              const ost_keyset *private_keys, ost_arena *arena, ost_error *error)
{
    const char *audiences[AUDIENCES_MAX];
    ost_claims_rules rules = {
        .issuer = options_get(values, "issuer"),
        .audiences = audiences,
        .insecure_any_audience = options_has(values, "insecure-any-audience"),
        .type = options_get(values, "type"),
        .access_token_profile = options_has(values, "access-token-profile"),
    };
    uint64_t now, leeway;
    const ost_claims *claims;
    const char *name;
    while (rules.audience_count < AUDIENCES_MAX &&
           (name = options_nth(values, "audience", rules.audience_count)) != NULL)
        audiences[rules.audience_count++] = name;
    ost_result result = tool_algs(values, &rules.algorithms, error);
    if (result == OST_OK)
        result = options_number(values, "now", (uint64_t)ost_now(NULL), 0, (uint64_t)1 << 53, &now,
                                error);
    if (result == OST_OK)
        result = options_number(values, "leeway", 30, 0, 86400, &leeway, error);
    if (result != OST_OK)
        return result;
    rules.leeway = (unsigned)leeway;
    rules.no_leeway = leeway == 0;
    result = private_keys != NULL
                 ? ost_jwt_verify_nested(token, private_keys, NULL, keys, &rules, (int64_t)now,
                                         arena, &claims, error)
                 : ost_jwt_verify(token, keys, &rules, (int64_t)now, arena, &claims, error);
    if (result == OST_E_CONFIG)
        return OST_E_ARGUMENT;
    if (result != OST_OK)
        return tool_tell_key(result, error);
    return tool_put_json_text(values, ost_json_source(ost_claims_json(claims)), arena, error);
}

static ost_result verify(const option_values *values, ost_arena *arena, ost_error *error)
{
    ost_keyset *keys = NULL, *private_keys = NULL;
    ost_text token;
    if (!options_has(values, "key"))
        return ost_error_set(error, OST_E_ARGUMENT, "--key is needed");
    ost_result result = tool_read_line(tool_operand(values), arena, &token, error);
    if (result == OST_OK)
        result = read_set(values, "key", kid_of(token, arena), arena, &keys, error);
    if (result == OST_OK && options_has(values, "decryption-key"))
        result = read_set(values, "decryption-key", kid_of_encrypted(token, arena), arena,
                          &private_keys, error);
    if (result == OST_OK)
        result = verify_with(values, token, keys, private_keys, arena, error);
    ost_keyset_unref(keys);
    ost_keyset_unref(private_keys);
    return result;
}

static int run(const option_values *values)
{
    return tool_run(values, "jwt verify", verify);
}

static const option options[] = {
    {"key", "FILE...", NULL, NULL, "public or shared key: JWK, JWK Set, PEM or certificate"},
    {"decryption-key", "FILE...", NULL, NULL, "private key of a token that is encrypted, too"},
    {"alg", "ALG...", NULL, NULL, "accept this algorithm (what the keys are for)"},
    {"issuer", "URL", NULL, NULL, "who must have issued it"},
    {"audience", "TEXT...", NULL, NULL, "whom it must be for: one of these"},
    {"insecure-any-audience", NULL, NULL, NULL, "do not look at aud"},
    {"type", "TYP", NULL, NULL, "the typ that the header must have"},
    {"access-token-profile", NULL, NULL, NULL, "ask for all that RFC 9068 asks for"},
    {"leeway", "SECONDS", NULL, NULL, "by which clocks may differ (30)"},
    {"now", "SECONDS", NULL, NULL, "the time, since 1970 (the clock's)"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwt_verify = {
    .words = "jwt verify",
    .operands = "[FILE]",
    .summary = "Verify a token and what it claims, and write the claims.",
    .options = options,
    .max_operands = 1,
    .run = run,
};
