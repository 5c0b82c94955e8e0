/* Reading compact tokens (RFC 7515 §3.1, §5.2, §7.1) before anything is verified: strictly, and
 * without believing any of it. */
#include "alg.h"
#include "base64url.h"
#include "text.h"

#define MAX_TOKEN ((size_t)64 << 10)
#define MAX_HEADER ((size_t)8 << 10) /* bytes of JSON */
#define MAX_KID 256

static const ost_json_limits header_limits = {
    .max_bytes = MAX_HEADER, .max_depth = 8, .max_values = 256};

static ost_result read_object(ost_text encoded, const ost_json_limits *limits, ost_arena *arena,
                              const ost_json **ret_object, ost_error *ret_error)
{
    ost_text bytes;
    ost_error inner = {0};
    ost_result result = base64url_decode_to(arena, encoded, &bytes);
    if (result == OST_E_MEMORY)
        return ost_error_set(ret_error, result, "out of memory");
    if (result != OST_OK)
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "a part is not strict base64url");
    result = ost_json_read(bytes, limits, arena, ret_object, &inner);
    if (result == OST_E_MEMORY)
        return ost_error_set(ret_error, result, "out of memory");
    if (result != OST_OK)
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "a part is not strict JSON: %.200s",
                             inner.detail);
    if (!ost_json_is(*ret_object, OST_JSON_OBJECT))
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "a part is not a JSON object");
    return OST_OK;
}

/* Exactly three parts, none empty but perhaps the payload. */
static ost_result split(ost_text token, ost_text parts[3], ost_error *ret_error)
{
    if (token.len > MAX_TOKEN)
        return ost_error_set(ret_error, OST_E_CEILING, "the token has %zu bytes, %zu are allowed",
                             token.len, MAX_TOKEN);
    size_t first = text_find(token, '.', 0);
    size_t second = text_find(token, '.', first + 1);
    if (second >= token.len || text_find(token, '.', second + 1) != token.len)
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "a signed token has three parts");
    parts[0] = text_slice(token, 0, first);
    parts[1] = text_slice(token, first + 1, second - first - 1);
    parts[2] = text_slice(token, second + 1, token.len);
    if (parts[0].len == 0 || parts[2].len == 0)
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "the header or the signature is empty");
    return OST_OK;
}

/* A header parameter that must be a string when it is there. */
static ost_result optional_text(const ost_json *header, const char *name, ost_text *ret_text,
                                ost_error *ret_error)
{
    const ost_json *member = ost_json_get(header, name);
    *ret_text = (ost_text){0};
    if (member != NULL && !ost_json_text(member, ret_text))
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "\"%s\" is not a string", name);
    return OST_OK;
}

static ost_result check_header(const ost_json *header, ost_algs accepted, ost_unverified_jws *jws,
                               ost_error *ret_error)
{
    ost_text alg;
    /* RFC 7515 §4.1.11: what is critical and not understood makes the token invalid; nothing is
     * understood here. RFC 7797 §6 and §7 rule "b64" out for JWTs. */
    if (ost_json_get(header, "crit") != NULL || ost_json_get(header, "b64") != NULL)
        return ost_error_set(ret_error, OST_E_CRITICAL, "the header has \"crit\" or \"b64\"");
    if (!ost_json_text(ost_json_get(header, "alg"), &alg))
        return ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "\"alg\" is missing");
    jws->alg = ost_alg_of(alg);
    if (jws->alg == OST_ALG_NONE_SET ||
        ((accepted != 0 ? accepted : OST_ALGS_DEFAULT) & OST_ALG_BIT(jws->alg)) == 0)
        return ost_error_set(ret_error, OST_E_ALGORITHM, "alg \"%.*s\" is not accepted",
                             alg.len < 32 ? (int)alg.len : 32, alg.data);
    ost_result result = optional_text(header, "kid", &jws->kid, ret_error);
    if (result == OST_OK)
        result = optional_text(header, "typ", &jws->typ, ret_error);
    if (result == OST_OK && jws->kid.len > MAX_KID)
        result = ost_error_set(ret_error, OST_E_TOKEN_FORMAT, "the kid is over %d bytes", MAX_KID);
    return result;
}

ost_result ost_jws_read_unverified(ost_text token, ost_algs accepted, ost_arena *arena,
                                   ost_unverified_jws *ret_jws, ost_error *ret_error)
{
    ost_text parts[3];
    ost_unverified_jws jws = {.token = token};
    ost_result result = split(token, parts, ret_error);
    if (result == OST_OK)
        result = read_object(parts[0], &header_limits, arena, &jws.header, ret_error);
    if (result == OST_OK)
        result = check_header(jws.header, accepted, &jws, ret_error);
    if (result != OST_OK)
        return result;
    jws.signing_input = text_slice(token, 0, parts[0].len + 1 + parts[1].len);
    jws.payload_encoded = parts[1];
    jws.signature_encoded = parts[2];
    *ret_jws = jws;
    return OST_OK;
}

ost_result ost_jwt_read_unverified(ost_text token, ost_arena *arena,
                                   ost_unverified_token *ret_token, ost_error *ret_error)
{
    ost_text parts[3];
    ost_unverified_token read = {0};
    ost_result result = split(token, parts, ret_error);
    if (result == OST_OK)
        result = read_object(parts[0], &header_limits, arena, &read.header, ret_error);
    if (result == OST_OK)
        result = read_object(parts[1], NULL, arena, &read.claims, ret_error);
    if (result == OST_OK)
        *ret_token = read;
    return result;
}
