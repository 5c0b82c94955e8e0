/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jws …`: signs and verifies (RFC 7515), also JSON, detached and unencoded (RFC 7797). */
#include "base/text.h"
#include "cli/tool/key_attempt.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_file.h"
#include "cli/tool/tool_key.h"

static const ost_alg preferred[] = {OST_RS256, OST_PS256, OST_RS384, OST_RS512,  OST_PS384,
                                    OST_PS512, OST_ES256, OST_ES384, OST_ES512,  OST_EDDSA,
                                    OST_HS256, OST_HS384, OST_HS512, OST_ES256K, OST_ALG_UNSET};

static ost_result need_key(const option_values *values, ost_error *error)
{
    return options_has(values, "key") ? OST_OK
                                      : ost_error_set(error, OST_E_ARGUMENT, "--key is needed");
}

/* ---- sign ---- */

/* One key: compact, or JSON when it is asked for. Several: general JSON, and the n-th --alg is of
 * the n-th key. */
static ost_result sign_with(const option_values *values, ost_text payload, const tool_keys *keys,
                            ost_arena *arena, ost_error *error)
{
    const ost_jws_options options = {
        .typ = options_get(values, "type"),
        .cty = options_get(values, "content-type"),
        .detached = options_has(values, "detached"),
        .unencoded = options_has(values, "unencoded"),
        .general = options_has(values, "general"),
    };
    ost_jws_signer signers[TOOL_PARTIES_MAX];
    ost_text text;
    ost_result result = OST_OK;
    for (size_t i = 0; i < keys->count && result == OST_OK; i++) {
        signers[i] = (ost_jws_signer){.key = keys->keys[i]};
        result = tool_need_private(keys->keys[i], "sign", error);
        if (result == OST_OK)
            result = tool_alg(options_nth(values, "alg", i), keys->keys[i], preferred,
                              &signers[i].alg, error);
    }
    if (result != OST_OK)
        return result;
    bool json = keys->count > 1 || options_has(values, "json") || options.general;
    result = json ? ost_jws_json_sign(payload, signers, keys->count, &options, arena, &text, error)
                  : ost_jws_compact_sign(payload, signers[0].key, signers[0].alg, &options, arena,
                                         &text, error);
    return result == OST_OK ? tool_put_line(values, text, arena, error) : result;
}

static ost_result sign(const option_values *values, ost_arena *arena, ost_error *error)
{
    tool_keys keys;
    ost_text payload;
    ost_result result = need_key(values, error);
    if (result == OST_OK)
        result = tool_read(tool_operand(values), arena, &payload, error);
    if (result == OST_OK)
        result = tool_keys_meant(values, arena, &keys, error);
    if (result != OST_OK)
        return result;
    result = sign_with(values, payload, &keys, arena, error);
    tool_keys_free(&keys);
    return result;
}

static int run_sign(const option_values *values)
{
    return tool_run(values, "jws sign", sign);
}

static const option sign_options[] = {
    {"key", "FILE...", NULL, NULL, "private or shared key: JWK, JWK Set or PEM"},
    TOOL_KID_OPTION,
    {"alg", "ALG...", NULL, NULL, "the algorithm, in the keys' order (what the key is for)"},
    {"type", "TYP", NULL, NULL, "the header's typ"},
    {"content-type", "CTY", NULL, NULL, "the header's cty"},
    {"json", NULL, NULL, NULL, "as flattened JSON"},
    {"general", NULL, NULL, NULL, "as general JSON, as with several keys"},
    {"detached", NULL, NULL, NULL, "leave the payload out"},
    {"unencoded", NULL, NULL, NULL, "do not encode the payload: b64 false"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jws_sign = {
    .words = "jws sign",
    .operands = "[FILE]",
    .summary = "Sign a file, or standard input, as it is.",
    .options = sign_options,
    .max_operands = 1,
    .run = run_sign,
};

/* ---- verify ---- */

typedef struct verifying {
    ost_text jws;
    ost_jws_rules rules;
    ost_arena *arena;
    ost_verified_jws verified; /* the outcome */
} verifying;

static ost_result read_rules(const option_values *values, verifying *v, ost_error *error)
{
    v->rules = (ost_jws_rules){.detached = options_has(values, "payload"),
                               .unencoded = options_has(values, "unencoded")};
    ost_result result = tool_algs(values, &v->rules.algorithms, error);
    if (result == OST_OK && v->rules.detached)
        result = tool_read(options_get(values, "payload"), v->arena, &v->rules.payload, error);
    return result;
}

static ost_result verify_with(const ost_keyset *keys, void *user, ost_error *error)
{
    verifying *v = user;
    return text_starts(v->jws, "{")
               ? ost_jws_json_verify(v->jws, keys, &v->rules, v->arena, &v->verified, error)
               : ost_jws_compact_verify(v->jws, keys, &v->rules, v->arena, &v->verified, error);
}

static ost_result verify(const option_values *values, ost_arena *arena, ost_error *error)
{
    tool_keys keys;
    verifying v = {.arena = arena};
    ost_result result = need_key(values, error);
    if (result == OST_OK)
        result = tool_read_line(tool_operand(values), arena, &v.jws, error);
    if (result == OST_OK)
        result = read_rules(values, &v, error);
    if (result == OST_OK)
        result = tool_keys_named(values, "key", arena, &keys, error);
    if (result == OST_OK)
        result =
            tool_tell_key(key_attempt_each(&keys, v.jws, arena, verify_with, &v, error), error);
    return result == OST_OK ? tool_put(values, v.verified.payload, error) : result;
}

static int run_verify(const option_values *values)
{
    return tool_run(values, "jws verify", verify);
}

static const option verify_options[] = {
    {"key", "FILE...", NULL, NULL, "public or shared key: JWK, JWK Set, PEM or certificate"},
    {"alg", "ALG...", NULL, NULL, "accept this algorithm (what the keys are for)"},
    {"payload", "FILE", NULL, NULL, "the detached payload"},
    {"unencoded", NULL, NULL, NULL, "understand b64 false"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jws_verify = {
    .words = "jws verify",
    .operands = "[FILE]",
    .summary = "Verify a signature, compact or JSON, and write the payload.",
    .options = verify_options,
    .max_operands = 1,
    .run = run_verify,
};
