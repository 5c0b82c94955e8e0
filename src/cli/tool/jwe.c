/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary jwe …`: encrypts and decrypts (RFC 7516). */
#include "base/text.h"
#include "cli/tool/key_attempt.h"
#include "cli/tool/tool.h"
#include "cli/tool/tool_file.h"
#include "cli/tool/tool_key.h"
#include "jose/key/key_state.h"

static const ost_alg preferred[] = {OST_RSA_OAEP_256,
                                    OST_RSA_OAEP,
                                    OST_RSA_OAEP_384,
                                    OST_RSA_OAEP_512,
                                    OST_ECDH_ES_A256KW,
                                    OST_ECDH_ES_A192KW,
                                    OST_ECDH_ES_A128KW,
                                    OST_ECDH_ES,
                                    OST_A256KW,
                                    OST_A192KW,
                                    OST_A128KW,
                                    OST_A256GCMKW,
                                    OST_A192GCMKW,
                                    OST_A128GCMKW,
                                    OST_DIR,
                                    OST_PBES2_HS512_A256KW,
                                    OST_PBES2_HS384_A192KW,
                                    OST_PBES2_HS256_A128KW,
                                    OST_ALG_UNSET};

/* The password in the file named, as a key for `alg`. */
static ost_result read_password(const option_values *values, ost_alg alg, ost_arena *arena,
                                tool_keys *ret_keys, ost_error *error)
{
    ost_text password;
    ost_result result =
        tool_read_line(options_get(values, "password-file"), arena, &password, error);
    if (result == OST_OK)
        result = ost_key_import_secret(password, alg, NULL, &ret_keys->keys[0], error);
    if (result == OST_OK)
        ret_keys->count = 1;
    return result;
}

static ost_result need_one_key(const option_values *values, ost_error *error)
{
    if (options_has(values, "key") != options_has(values, "password-file"))
        return OST_OK;
    return ost_error_set(error, OST_E_ARGUMENT, "either --key or --password-file is needed");
}

/* ---- encrypt ---- */

static ost_result choose_enc(const option_values *values, ost_alg alg, const ost_key *key,
                             ost_enc *ret_enc, ost_error *error)
{
    const char *name = options_get(values, "enc");
    *ret_enc = OST_A256GCM;
    if (name != NULL) {
        *ret_enc = ost_enc_of(text_of(name));
        if (*ret_enc == OST_ENC_UNSET)
            return ost_error_set(error, OST_E_ARGUMENT, "--enc: \"%.40s\" encrypts no content",
                                 name);
    } else if (alg == OST_DIR && key->content != NULL) {
        *ret_enc = ost_enc_of(text_of(key->content));
    } else if (alg == OST_DIR) { /* the key's length decides */
        unsigned bits = ost_key_bits(key);
        *ret_enc = bits == 128   ? OST_A128GCM
                   : bits == 192 ? OST_A192GCM
                   : bits == 384 ? OST_A192CBC_HS384
                   : bits == 512 ? OST_A256CBC_HS512
                                 : OST_A256GCM;
    }
    return OST_OK;
}

/* One key: compact, or JSON when it is asked for. Several: general JSON, and the n-th --alg is of
 * the n-th key. */
static ost_result encrypt_for(const option_values *values, ost_text content, const tool_keys *keys,
                              ost_arena *arena, ost_error *error)
{
    ost_jwe_options options = {
        .typ = options_get(values, "type"),
        .cty = options_get(values, "content-type"),
        .deflate = options_has(values, "deflate"),
    };
    ost_recipient recipients[TOOL_PARTIES_MAX];
    ost_enc enc;
    ost_text text;
    uint64_t rounds = 0;
    ost_result result = options_number(values, "rounds", 0, 1000, 1000000, &rounds, error);
    options.pbes2_count = (unsigned)rounds;
    for (size_t i = 0; i < keys->count && result == OST_OK; i++) {
        recipients[i] = (ost_recipient){.key = keys->keys[i]};
        result = tool_alg(options_nth(values, "alg", i), keys->keys[i], preferred,
                          &recipients[i].alg, error);
    }
    if (result == OST_OK)
        result = choose_enc(values, recipients[0].alg, recipients[0].key, &enc, error);
    if (result != OST_OK)
        return result;
    bool json = keys->count > 1 || options_has(values, "json");
    result = json ? ost_jwe_json_encrypt(content, recipients, keys->count, enc, &options, arena,
                                         &text, error)
                  : ost_jwe_encrypt(content, recipients[0].key, recipients[0].alg, enc, &options,
                                    arena, &text, error);
    return result == OST_OK ? tool_put_line(values, text, arena, error) : result;
}

/* A token is encrypted without the line feed that stands behind it in a file. */
static ost_result read_content(const option_values *values, ost_arena *arena, ost_text *ret_content,
                               ost_error *error)
{
    const char *type = options_get(values, "content-type");
    bool token = type != NULL && text_equal_ignoring_case(text_of(type), OST_TEXT("JWT"));
    return token ? tool_read_line(tool_operand(values), arena, ret_content, error)
                 : tool_read(tool_operand(values), arena, ret_content, error);
}

static ost_result encrypt(const option_values *values, ost_arena *arena, ost_error *error)
{
    tool_keys keys = {.count = 0};
    ost_text content;
    const char *name = options_get(values, "alg");
    ost_alg password_alg = name != NULL ? ost_alg_of(text_of(name)) : OST_PBES2_HS512_A256KW;
    ost_result result = need_one_key(values, error);
    if (result == OST_OK)
        result = read_content(values, arena, &content, error);
    if (result == OST_OK)
        result = options_has(values, "key")
                     ? tool_keys_meant(values, arena, &keys, error)
                     : read_password(values, password_alg, arena, &keys, error);
    if (result != OST_OK)
        return result;
    result = encrypt_for(values, content, &keys, arena, error);
    tool_keys_free(&keys);
    return result;
}

static int run_encrypt(const option_values *values)
{
    return tool_run(values, "jwe encrypt", encrypt);
}

static const option encrypt_options[] = {
    {"key", "FILE...", NULL, NULL, "public or shared key: JWK, JWK Set or PEM"},
    {"password-file", "FILE", NULL, NULL, "a password (PBES2) instead of a key"},
    {"rounds", "N", NULL, NULL, "rounds of PBES2, 1000 to 1000000 (300000)"},
    TOOL_KID_OPTION,
    {"alg", "ALG...", NULL, NULL,
     "how the content's key is encrypted, in the keys' order (what the key is for)"},
    {"enc", "ENC", NULL, NULL, "how the content is encrypted (A256GCM)"},
    {"type", "TYP", NULL, NULL, "the header's typ"},
    {"content-type", "CTY", NULL, NULL, "the header's cty: JWT for a nested token"},
    {"deflate", NULL, NULL, NULL, "compress; the length then tells about the content"},
    {"json", NULL, NULL, NULL, "as flattened JSON; with several keys it is general JSON"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwe_encrypt = {
    .words = "jwe encrypt",
    .operands = "[FILE]",
    .summary = "Encrypt a file, or standard input.",
    .options = encrypt_options,
    .max_operands = 1,
    .run = run_encrypt,
};

/* ---- decrypt ---- */

typedef struct decrypting {
    ost_text jwe;
    ost_jwe_rules rules;
    ost_arena *arena;
    ost_decrypted decrypted; /* the outcome */
} decrypting;

static ost_result read_rules(const option_values *values, ost_jwe_rules *ret_rules,
                             ost_error *error)
{
    uint64_t inflate;
    ost_result result = options_number(values, "inflate-max", 0, 1, 16 << 20, &inflate, error);
    if (result != OST_OK)
        return result;
    ret_rules->inflate_max = inflate;
    if (options_has(values, "insecure-rsa1-5"))
        ret_rules->algorithms = OST_ALGS_ENCRYPTION | OST_ALG_BIT(OST_INSECURE_RSA1_5);
    return OST_OK;
}

static ost_result decrypt_with(const ost_keyset *keys, void *user, ost_error *error)
{
    decrypting *d = user;
    return text_starts(d->jwe, "{")
               ? ost_jwe_json_decrypt(d->jwe, keys, &d->rules, d->arena, &d->decrypted, error)
               : ost_jwe_decrypt(d->jwe, keys, &d->rules, d->arena, &d->decrypted, error);
}

static ost_result decrypt_by_key(const option_values *values, decrypting *d, ost_error *error)
{
    tool_keys keys;
    ost_result result = tool_keys_named(values, "key", d->arena, &keys, error);
    for (size_t i = 0; result == OST_OK && i < keys.count; i++) {
        result = tool_need_private(keys.keys[i], "decrypt", error);
        if (result != OST_OK)
            tool_keys_free(&keys);
    }
    return result == OST_OK ? key_attempt_each(&keys, d->jwe, d->arena, decrypt_with, d, error)
                            : result;
}

static bool fits_not(ost_result result)
{
    return result == OST_E_KEY_UNKNOWN || result == OST_E_KEY_USE;
}

/* A password serves whichever of its algorithms the message names. */
static ost_result decrypt_by_password(const option_values *values, decrypting *d, ost_error *error)
{
    ost_text password;
    ost_result result =
        tool_read_line(options_get(values, "password-file"), d->arena, &password, error);
    if (result != OST_OK)
        return result;
    result = OST_E_KEY_UNKNOWN;
    for (ost_alg alg = OST_PBES2_HS256_A128KW; fits_not(result) && alg <= OST_PBES2_HS512_A256KW;
         alg++) {
        tool_keys keys = {.count = 1};
        *error = (ost_error){0};
        result = ost_key_import_secret(password, alg, NULL, &keys.keys[0], error);
        if (result == OST_OK)
            result = key_attempt_each(&keys, d->jwe, d->arena, decrypt_with, d, error);
    }
    return fits_not(result)
               ? ost_error_set(error, result, "the message is not encrypted with a password")
               : result;
}

static ost_result decrypt(const option_values *values, ost_arena *arena, ost_error *error)
{
    decrypting d = {.arena = arena};
    ost_result result = need_one_key(values, error);
    if (result == OST_OK)
        result = read_rules(values, &d.rules, error);
    if (result == OST_OK)
        result = tool_read_line(tool_operand(values), arena, &d.jwe, error);
    if (result == OST_OK)
        result = options_has(values, "key") ? decrypt_by_key(values, &d, error)
                                            : decrypt_by_password(values, &d, error);
    return result == OST_OK ? tool_put(values, d.decrypted.content, error) : result;
}

static int run_decrypt(const option_values *values)
{
    return tool_run(values, "jwe decrypt", decrypt);
}

static const option decrypt_options[] = {
    {"key", "FILE...", NULL, NULL, "private or shared key: JWK, JWK Set or PEM"},
    {"password-file", "FILE", NULL, NULL, "a password (PBES2) instead of a key"},
    {"inflate-max", "BYTES", NULL, NULL, "accept compressed content up to this (none)"},
    {"insecure-rsa1-5", NULL, NULL, NULL, "accept RSA1_5"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwe_decrypt = {
    .words = "jwe decrypt",
    .operands = "[FILE]",
    .summary = "Decrypt a message, compact or JSON.",
    .options = decrypt_options,
    .max_operands = 1,
    .run = run_decrypt,
};
