/* SPDX-License-Identifier: Apache-2.0 */
/* See claims_write.h. */
#include "cli/tool/claims_write.h"

#include <ostiary/json.h>

#include "base/base64url.h"
#include "base/config/duration.h"
#include "base/context.h"
#include "base/error_sentence.h"
#include "base/json/json_file.h"
#include "base/text.h"
#include "cli/tool/tool_file.h"

#define CLAIMS_MAX 64

/* The claims under way, so that none is given twice. */
typedef struct claims_writer {
    ost_json_writer *writer;
    const ost_json *file; /* the claims of --claims; NULL: none */
    ost_text names[CLAIMS_MAX];
    size_t count;
    ost_error *error;
} claims_writer;

static ost_result begin_claim(claims_writer *w, ost_text name)
{
    for (size_t i = 0; i < w->count; i++) {
        if (text_equal(w->names[i], name))
            return ost_error_set(w->error, OST_E_ARGUMENT, "the claim \"%.*s\" is given twice",
                                 (int)name.len, name.data);
    }
    if (w->count == CLAIMS_MAX || name.len == 0)
        return ost_error_set(w->error, OST_E_ARGUMENT,
                             "a claim without a name, or more than %d claims", CLAIMS_MAX);
    w->names[w->count++] = name;
    ost_json_put_name(w->writer, name);
    return OST_OK;
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

/* Those of a file stand, unless --expires asks for new ones. */
static ost_result put_times(claims_writer *w, const option_values *values)
{
    uint64_t lifetime;
    const char *text = options_get(values, "expires");
    int64_t now = ost_now(NULL);
    bool kept_iat = text == NULL && ost_json_get(w->file, "iat") != NULL;
    bool kept_exp = text == NULL && ost_json_get(w->file, "exp") != NULL;
    if (!duration_read(text_of(text != NULL ? text : "5m"), &lifetime))
        return ost_error_set(w->error, OST_E_ARGUMENT,
                             "--expires: \"%.40s\" is not a duration such as 90, 5m, 12h or 30d",
                             text);
    ost_result result = kept_iat ? OST_OK : begin_claim(w, OST_TEXT("iat"));
    if (result == OST_OK && !kept_iat)
        ost_json_put_integer(w->writer, now);
    if (result == OST_OK && !kept_exp)
        result = begin_claim(w, OST_TEXT("exp"));
    if (result == OST_OK && !kept_exp)
        ost_json_put_integer(w->writer, now + (int64_t)lifetime);
    return result;
}

/* Without a text of its own it is random, so that no two tokens have the same. */
static ost_result put_id(claims_writer *w, const option_values *values, ost_arena *arena)
{
    const char *id = options_get(values, "jti");
    unsigned char bytes[16];
    ost_text random;
    if (id == NULL || id[0] != '\0')
        return put_named(w, "jti", id);
    ost_result result = context_random(NULL, bytes, sizeof bytes);
    if (result == OST_OK)
        result = base64url_encode_to(arena, text_of_bytes(bytes, sizeof bytes), &random);
    if (result != OST_OK)
        return error_set_sentence(w->error, result);
    result = begin_claim(w, OST_TEXT("jti"));
    if (result == OST_OK)
        ost_json_put_text(w->writer, random);
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
        return ost_error_set(w->error, OST_E_ARGUMENT, "\"%.60s\" is not NAME=VALUE", pair);
    ost_text value = text_slice(text, end + 1, text.len);
    ost_result result = begin_claim(w, text_slice(text, 0, end));
    if (result != OST_OK)
        return result;
    if (!json) {
        ost_json_put_text(w->writer, value);
        return OST_OK;
    }
    if (ost_json_read(value, NULL, arena, &parsed, NULL) != OST_OK)
        return ost_error_set(w->error, OST_E_ARGUMENT, "the value of \"%.60s\" is not JSON", pair);
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
    if (result == OST_OK)
        result = put_id(w, values, arena);
    for (size_t i = 0; result == OST_OK && (pair = options_nth(values, "claim", i)) != NULL; i++)
        result = put_pair(w, pair, false, arena);
    for (size_t i = 0; result == OST_OK && (pair = options_nth(values, "claim-json", i)) != NULL;
         i++)
        result = put_pair(w, pair, true, arena);
    return result;
}

/* What no option has said. */
static ost_result put_file(claims_writer *w)
{
    ost_result result = OST_OK;
    size_t given = w->count;
    const ost_json *claim = ost_json_first(w->file);
    for (; claim != NULL && result == OST_OK; claim = ost_json_next(claim)) {
        bool replaced = false;
        for (size_t i = 0; i < given; i++)
            replaced = replaced || text_equal(w->names[i], ost_json_name(claim));
        if (replaced)
            continue;
        result = begin_claim(w, ost_json_name(claim));
        if (result == OST_OK)
            ost_json_put_value(w->writer, claim);
    }
    return result;
}

static ost_result read_file(const option_values *values, ost_arena *arena,
                            const ost_json **ret_claims, ost_error *error)
{
    static const ost_json_limits limits = {TOOL_FILE_MAX, 12, 16384};
    const char *path = options_get(values, "claims");
    ost_error why = {0};
    ost_text text;
    *ret_claims = NULL;
    if (path == NULL)
        return OST_OK;
    ost_result result = tool_read(path, arena, &text, error);
    if (result != OST_OK)
        return result;
    result = json_file_read(text, &limits, arena, ret_claims, &why);
    if (result == OST_OK && !ost_json_is(*ret_claims, OST_JSON_OBJECT))
        result = ost_error_set(&why, OST_E_JSON, "claims are an object");
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "--claims: %s", why.detail);
}

ost_result claims_write(const option_values *values, ost_arena *arena, ost_text *ret_claims,
                        ost_error *error)
{
    claims_writer w = {.writer = ost_json_writer_new(arena, 0), .error = error};
    if (w.writer == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = read_file(values, arena, &w.file, error);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w.writer);
    result = put_claims(&w, values, arena);
    if (result == OST_OK)
        result = put_file(&w);
    ost_json_close_object(w.writer);
    if (result != OST_OK)
        return result;
    result = ost_json_writer_finish(w.writer, ret_claims);
    return error_set_sentence(error, result);
}
