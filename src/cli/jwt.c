/* `ostiary jwt …`: makes tokens out of claims, and verifies them (RFC 7519). */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "tool.h"
#include "tool_file.h"
#include "tool_key.h"

#define CLAIMS_MAX 64

static const ost_alg preferred[] = {OST_RS256, OST_PS256, OST_RS384, OST_RS512,       OST_PS384,
                                    OST_PS512, OST_ES256, OST_ES384, OST_ES512,       OST_EDDSA,
                                    OST_HS256, OST_HS384, OST_HS512, OST_ALG_NONE_SET};

/* ---- sign ---- */

/* "90", "90s", "5m", "12h", "30d": seconds. */
static bool read_duration(const char *text, uint64_t *ret_seconds)
{
    static const struct {
        char unit;
        uint64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    ost_text number = text_of(text);
    uint64_t factor = 1;
    for (size_t i = 0; number.len > 0 && i < 4; i++) {
        if (number.data[number.len - 1] == units[i].unit) {
            factor = units[i].seconds;
            number.len--;
            break;
        }
    }
    if (!text_to_unsigned(number, 100000000, ret_seconds))
        return false;
    *ret_seconds *= factor;
    return true;
}

/* The claims under way, so that none is given twice. */
typedef struct claims_writer {
    ost_json_writer *writer;
    ost_text names[CLAIMS_MAX];
    size_t count;
    ost_error *ret_error;
} claims_writer;

static ost_result begin_claim(claims_writer *w, ost_text name)
{
    for (size_t i = 0; i < w->count; i++) {
        if (text_equal(w->names[i], name))
            return ost_error_set(w->ret_error, OST_E_ARGUMENT, "the claim \"%.*s\" is given twice",
                                 (int)name.len, name.data);
    }
    if (w->count == CLAIMS_MAX || name.len == 0)
        return ost_error_set(w->ret_error, OST_E_ARGUMENT,
                             "a claim without a name, or more than %d claims", CLAIMS_MAX);
    w->names[w->count++] = name;
    ost_json_put_name(w->writer, name);
    return OST_OK;
}

static ost_result put_times(claims_writer *w, const option_values *values)
{
    uint64_t lifetime;
    const char *text = options_get(values, "expires");
    int64_t now = ost_now(NULL);
    if (!read_duration(text != NULL ? text : "5m", &lifetime))
        return ost_error_set(w->ret_error, OST_E_ARGUMENT,
                             "--expires: \"%.40s\" is no duration such as 90, 5m, 12h or 30d",
                             text);
    ost_result result = begin_claim(w, OST_TEXT("iat"));
    if (result != OST_OK)
        return result;
    ost_json_put_integer(w->writer, now);
    result = begin_claim(w, OST_TEXT("exp"));
    if (result == OST_OK)
        ost_json_put_integer(w->writer, now + (int64_t)lifetime);
    return result;
}

static ost_result put_named(claims_writer *w, const char *name, const char *value)
{
    if (value == NULL)
        return OST_OK;
    ost_result result = begin_claim(w, text_of(name));
    if (result == OST_OK)
        ost_json_put_text(w->writer, text_of(value));
    return result;
}

/* One audience is a string, several are an array (RFC 7519 §4.1.3). */
static ost_result put_audiences(claims_writer *w, const option_values *values)
{
    const char *name;
    if (options_nth(values, "audience", 1) == NULL)
        return put_named(w, "aud", options_get(values, "audience"));
    ost_result result = begin_claim(w, OST_TEXT("aud"));
    if (result != OST_OK)
        return result;
    ost_json_open_array(w->writer);
    for (size_t i = 0; (name = options_nth(values, "audience", i)) != NULL; i++)
        ost_json_put_text(w->writer, text_of(name));
    ost_json_close_array(w->writer);
    return OST_OK;
}

/* "name=value"; with `json` the value is JSON. */
static ost_result put_pair(claims_writer *w, const char *pair, bool json, ost_arena *arena)
{
    ost_text text = text_of(pair);
    size_t end = text_find(text, '=', 0);
    const ost_json *parsed;
    if (end == text.len)
        return ost_error_set(w->ret_error, OST_E_ARGUMENT, "\"%.60s\" is not NAME=VALUE", pair);
    ost_text value = text_slice(text, end + 1, text.len);
    ost_result result = begin_claim(w, text_slice(text, 0, end));
    if (result != OST_OK)
        return result;
    if (!json) {
        ost_json_put_text(w->writer, value);
        return OST_OK;
    }
    if (ost_json_read(value, NULL, arena, &parsed, NULL) != OST_OK)
        return ost_error_set(w->ret_error, OST_E_ARGUMENT, "the value of \"%.60s\" is not JSON",
                             pair);
    ost_json_put_value(w->writer, parsed);
    return OST_OK;
}

static ost_result put_claims(claims_writer *w, const option_values *values, ost_arena *arena)
{
    const char *pair;
    ost_result result = put_named(w, "iss", options_get(values, "issuer"));
    if (result == OST_OK)
        result = put_named(w, "sub", options_get(values, "subject"));
    if (result == OST_OK)
        result = put_audiences(w, values);
    if (result == OST_OK)
        result = put_times(w, values);
    for (size_t i = 0; result == OST_OK && (pair = options_nth(values, "claim", i)) != NULL; i++)
        result = put_pair(w, pair, false, arena);
    for (size_t i = 0; result == OST_OK && (pair = options_nth(values, "claim-json", i)) != NULL;
         i++)
        result = put_pair(w, pair, true, arena);
    return result;
}

static ost_result make_claims(const option_values *values, ost_arena *arena, ost_text *ret_claims,
                              ost_error *ret_error)
{
    claims_writer w = {.writer = ost_json_writer_new(arena, 0), .ret_error = ret_error};
    if (w.writer == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_json_open_object(w.writer);
    ost_result result = put_claims(&w, values, arena);
    ost_json_close_object(w.writer);
    if (result != OST_OK)
        return result;
    result = ost_json_writer_finish(w.writer, ret_claims);
    return result == OST_OK ? OST_OK
                            : ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
}

static ost_result sign(const option_values *values, ost_arena *arena, ost_error *ret_error)
{
    tool_keys keys;
    ost_key *key;
    ost_alg alg;
    ost_text claims, token;
    const char *type = options_get(values, "type");
    if (!options_has(values, "key"))
        return ost_error_set(ret_error, OST_E_ARGUMENT, "--key is needed");
    ost_result result = make_claims(values, arena, &claims, ret_error);
    if (result == OST_OK)
        result =
            tool_keys_read(options_get(values, "key"), OST_ALG_NONE_SET, arena, &keys, ret_error);
    if (result != OST_OK)
        return result;
    result = tool_keys_choose(&keys, options_get(values, "kid"), &key, ret_error);
    if (result == OST_OK)
        result = tool_alg(options_get(values, "alg"), key, preferred, &alg, ret_error);
    if (result == OST_OK) {
        result = ost_jws_sign(claims, key, alg, type != NULL ? type : "JWT", arena, &token);
        if (result != OST_OK)
            ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
    }
    tool_keys_free(&keys);
    return result == OST_OK ? tool_put_line(values, token, arena, ret_error) : result;
}

static int run_sign(const option_values *values)
{
    return tool_run(values, "jwt sign", sign);
}

static const option sign_options[] = {
    {"key", "FILE", NULL, NULL, "private or shared key: JWK, JWK Set or PEM"},
    TOOL_KID_OPTION,
    {"alg", "ALG", NULL, NULL, "the algorithm (what the key is for)"},
    {"type", "TYP", NULL, NULL, "the header's typ (JWT)"},
    {"issuer", "URL", NULL, NULL, "iss"},
    {"subject", "TEXT", NULL, NULL, "sub"},
    {"audience", "TEXT", NULL, NULL, "aud; repeatable"},
    {"expires", "DURATION", NULL, NULL, "from now: 90, 5m, 12h, 30d (5m)"},
    {"claim", "NAME=TEXT", NULL, NULL, "any other claim; repeatable"},
    {"claim-json", "NAME=JSON", NULL, NULL, "the same with a value in JSON; repeatable"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwt_sign = {
    .words = "jwt sign",
    .operands = "",
    .summary = "Make a token out of claims.",
    .options = sign_options,
    .run = run_sign,
};

/* ---- verify ---- */

static ost_result read_set(const option_values *values, const char *name, ost_text kid,
                           ost_arena *arena, ost_keyset **ret_set, ost_error *ret_error)
{
    tool_keys keys;
    ost_result result =
        tool_keys_read(options_get(values, name), OST_ALG_NONE_SET, arena, &keys, ret_error);
    if (result != OST_OK)
        return result;
    tool_keys_adopt(&keys, kid);
    result = ost_keyset_new(keys.keys, keys.count, ret_set);
    tool_keys_free(&keys);
    return result == OST_OK ? OST_OK
                            : ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
}

/* Which key the token asks for; empty when it does not say, or is no token. */
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
                              const ost_keyset *private_keys, ost_arena *arena,
                              ost_error *ret_error)
{
    const char *audiences[CLAIMS_MAX];
    ost_claims_rules rules = {
        .issuer = options_get(values, "issuer"),
        .audiences = audiences,
        .insecure_any_audience = options_has(values, "insecure-any-audience"),
        .type = options_get(values, "type"),
        .access_token_profile = options_has(values, "access-token-profile"),
        .algorithms = OST_ALGS_SIGNATURE, /* the keys decide */
    };
    const ost_claims *claims;
    const char *name;
    while (rules.audience_count < CLAIMS_MAX &&
           (name = options_nth(values, "audience", rules.audience_count)) != NULL)
        audiences[rules.audience_count++] = name;
    int64_t now = ost_now(NULL);
    ost_result result = private_keys != NULL
                            ? ost_jwt_verify_nested(token, private_keys, NULL, keys, &rules, now,
                                                    arena, &claims, ret_error)
                            : ost_jwt_verify(token, keys, &rules, now, arena, &claims, ret_error);
    if (result == OST_E_CONFIG)
        return OST_E_ARGUMENT;
    if (result != OST_OK)
        return result;
    return tool_put_line(values, ost_json_source(ost_claims_json(claims)), arena, ret_error);
}

static ost_result verify(const option_values *values, ost_arena *arena, ost_error *ret_error)
{
    ost_keyset *keys = NULL, *private_keys = NULL;
    ost_text token;
    if (!options_has(values, "key"))
        return ost_error_set(ret_error, OST_E_ARGUMENT, "--key is needed");
    ost_result result = tool_read_line(tool_operand(values), arena, &token, ret_error);
    if (result == OST_OK)
        result = read_set(values, "key", kid_of(token, arena), arena, &keys, ret_error);
    if (result == OST_OK && options_has(values, "decryption-key"))
        result = read_set(values, "decryption-key", kid_of_encrypted(token, arena), arena,
                          &private_keys, ret_error);
    if (result == OST_OK)
        result = verify_with(values, token, keys, private_keys, arena, ret_error);
    ost_keyset_unref(keys);
    ost_keyset_unref(private_keys);
    return result;
}

static int run_verify(const option_values *values)
{
    return tool_run(values, "jwt verify", verify);
}

static const option verify_options[] = {
    {"key", "FILE", NULL, NULL, "public or shared key: JWK, JWK Set, PEM or certificate"},
    {"decryption-key", "FILE", NULL, NULL, "private key of a token that is encrypted, too"},
    {"issuer", "URL", NULL, NULL, "who must have issued it"},
    {"audience", "TEXT", NULL, NULL, "whom it must be for: one of these; repeatable"},
    {"insecure-any-audience", NULL, NULL, NULL, "do not look at aud"},
    {"type", "TYP", NULL, NULL, "the typ that the header must have"},
    {"access-token-profile", NULL, NULL, NULL, "ask for all that RFC 9068 asks for"},
    TOOL_OUTPUT_OPTIONS,
    {0},
};
const command command_jwt_verify = {
    .words = "jwt verify",
    .operands = "[FILE]",
    .summary = "Verify a token and what it claims, and write the claims.",
    .options = verify_options,
    .max_operands = 1,
    .run = run_verify,
};
