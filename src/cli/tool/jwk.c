/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jwk …`: makes, converts and names keys (RFC 7517). */
#include <stdio.h>
#include <string.h>

#include "base/error_sentence.h"
#include "base/text.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_key.h"
#include "jose/key/key_state.h"

static ost_result write_key(const option_values *values, const ost_key *key, bool private,
                            ost_arena *arena, ost_error *error)
{
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = tool_key_put(key, private, writer, error);
    return result == OST_OK ? tool_put_json(values, writer, arena, error) : result;
}

/* Reads the operand's keys and has `work` done with the one that is meant. */
static ost_result with_key(const option_values *values, ost_arena *arena, ost_error *error,
                           ost_result (*work)(const option_values *values, ost_key *key,
                                              ost_arena *arena, ost_error *error))
{
    tool_keys keys;
    ost_key *key;
    ost_alg alg = OST_ALG_UNSET;
    const char *name = options_get(values, "alg");
    if (name != NULL && (alg = ost_alg_of(text_of(name))) == OST_ALG_UNSET)
        return ost_error_set(error, OST_E_ARGUMENT, TOOL_NO_ALGORITHM, name);
    ost_result result = tool_keys_whole(tool_operand(values), alg, arena, &keys, error);
    if (result != OST_OK)
        return result;
    result = tool_keys_choose(&keys, options_get(values, "kid"), &key, error);
    if (result == OST_OK)
        result = work(values, key, arena, error);
    tool_keys_free(&keys);
    return result;
}

/* ---- generate ---- */

static ost_result generate(const option_values *values, ost_arena *arena, ost_error *error)
{
    const char *name = options_get(values, "alg"), *curve = options_get(values, "curve");
    const char *kid = options_get(values, "kid");
    uint64_t bits;
    ost_key *key;
    if (name == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "--alg is needed");
    ost_alg alg = ost_alg_of(text_of(name));
    if (alg == OST_ALG_UNSET)
        return ost_error_set(error, OST_E_ARGUMENT, TOOL_NO_ALGORITHM, name);
    ost_result result = options_number(values, "bits", 0, 128, 16384, &bits, error);
    if (result == OST_OK && curve != NULL && bits != 0)
        result = ost_error_set(error, OST_E_ARGUMENT, "a curve has its size");
    if (result == OST_OK)
        result = curve != NULL ? ost_key_generate_curve(alg, curve, kid, &key, error)
                               : ost_key_generate(alg, (unsigned)bits, kid, &key, error);
    if (result != OST_OK && result != OST_E_ARGUMENT && bits > 0 && bits < 2048)
        return ost_error_set(error, OST_E_ARGUMENT, "--bits: RSA keys have 2048 and more");
    if (result != OST_OK)
        return result;
    result = write_key(values, key, true, arena, error);
    ost_key_unref(key);
    return result;
}

static int run_generate(const option_values *values)
{
    return tool_run(values, "jwk generate", generate);
}

static const option generate_options[] = {
    {"alg", "ALG", NULL, NULL,
     "what it is for: RS256, ES256, EdDSA, HS256, RSA-OAEP-256, ECDH-ES, …"},
    {"curve", "CRV", NULL, NULL, "Ed448 for EdDSA; P-256, P-384, P-521, X25519, X448 for ECDH-ES"},
    {"bits", "N", NULL, NULL, "of an RSA key (2048), or of a key for dir (256)"},
    {"kid", "KID", NULL, NULL, "its id (its thumbprint)"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwk_generate = {
    .words = "jwk generate",
    .operands = "",
    .summary = "Make a new private or shared key, as a JWK.",
    .options = generate_options,
    .run = run_generate,
};

/* ---- public, convert ---- */

static ost_result public_work(const option_values *values, ost_key *key, ost_arena *arena,
                              ost_error *error)
{
    return write_key(values, key, false, arena, error);
}

static ost_result show_public(const option_values *values, ost_arena *arena, ost_error *error)
{
    return with_key(values, arena, error, public_work);
}

static int run_public(const option_values *values)
{
    return tool_run(values, "jwk public", show_public);
}

static const option public_options[] = {TOOL_KID_OPTION, TOOL_OUTPUT_OPTIONS, {0}};
const command command_jwk_public = {
    .words = "jwk public",
    .operands = "[FILE]",
    .summary = "Write the public half of a key.",
    .options = public_options,
    .max_operands = 1,
    .run = run_public,
};

/* Keys that come as PEM have no id, and in a set they need one. */
static ost_result name_key(const option_values *values, ost_key *key, ost_error *error)
{
    char thumbprint[44];
    const char *kid = options_get(values, "new-kid");
    ost_result result = OST_OK;
    if (kid != NULL && strcmp(kid, "thumbprint") == 0) {
        result = ost_key_thumbprint(key, thumbprint);
        kid = thumbprint;
    }
    if (kid != NULL && result == OST_OK)
        result = key_set_kid(key, text_of(kid));
    return result == OST_OK
               ? OST_OK
               : ost_error_set(error, result, "--new-kid: %s", ost_result_sentence(result));
}

static ost_result convert_work(const option_values *values, ost_key *key, ost_arena *arena,
                               ost_error *error)
{
    bool private = ost_key_is_private(key) && !options_has(values, "public");
    const char *to = options_get(values, "to");
    ost_text pem;
    ost_result result = name_key(values, key, error);
    if (result != OST_OK)
        return result;
    if (to == NULL || strcmp(to, "jwk") == 0)
        return write_key(values, key, private, arena, error);
    if (strcmp(to, "pem") != 0)
        return ost_error_set(error, OST_E_ARGUMENT, "--to: \"%.40s\" is neither jwk nor pem", to);
    result = private ? ost_key_export_pkcs8(key, OST_KEY_PEM, arena, &pem)
                     : ost_key_export_spki(key, OST_KEY_PEM, arena, &pem);
    if (result != OST_OK)
        return ost_error_set(error, result, "there is no PEM for a key of this type");
    return tool_put(values, pem, error);
}

static ost_result convert(const option_values *values, ost_arena *arena, ost_error *error)
{
    return with_key(values, arena, error, convert_work);
}

static int run_convert(const option_values *values)
{
    return tool_run(values, "jwk convert", convert);
}

static const option convert_options[] = {
    {"to", "FORM", NULL, NULL, "jwk or pem: SPKI and PKCS #8 (jwk)"},
    {"public", NULL, NULL, NULL, "the public half only"},
    {"alg", "ALG", NULL, NULL, "what a key that comes as PEM is for"},
    {"new-kid", "KID", NULL, NULL, "give it this id; \"thumbprint\": its thumbprint"},
    TOOL_KID_OPTION,
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwk_convert = {
    .words = "jwk convert",
    .operands = "[FILE]",
    .summary = "Convert a key: JWK, PEM or certificate to JWK or PEM.",
    .options = convert_options,
    .max_operands = 1,
    .run = run_convert,
};

/* ---- thumbprint ---- */

static ost_result thumbprint_work(const option_values *values, ost_key *key, ost_arena *arena,
                                  ost_error *error)
{
    char thumbprint[44];
    ost_text uri = {0};
    bool as_uri = options_has(values, "uri");
    ost_result result = as_uri ? ost_key_thumbprint_uri(key, 256, arena, &uri)
                               : ost_key_thumbprint(key, thumbprint);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    return tool_put_line(values, as_uri ? uri : text_of(thumbprint), arena, error);
}

static ost_result thumbprint(const option_values *values, ost_arena *arena, ost_error *error)
{
    return with_key(values, arena, error, thumbprint_work);
}

static int run_thumbprint(const option_values *values)
{
    return tool_run(values, "jwk thumbprint", thumbprint);
}

static const option thumbprint_options[] = {
    {"uri", NULL, NULL, NULL, "as a URI of RFC 9278"},
    TOOL_KID_OPTION,
    {0},
};
const command command_jwk_thumbprint = {
    .words = "jwk thumbprint",
    .operands = "[FILE]",
    .summary = "Print the SHA-256 thumbprint of a key (RFC 7638).",
    .options = thumbprint_options,
    .max_operands = 1,
    .run = run_thumbprint,
};
