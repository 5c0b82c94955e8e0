/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a compact token apart (RFC 7515 §5.2 steps 1–4, RFC 7519 §7.2 steps 1–5). */
#include "jose/compact.h"

#include "base/base64url.h"
#include "base/text.h"

/* Together with the decoded token these stay within 1 MiB of arena, the bound that
 * <ostiary/jose.h> states. */
static const ost_json_limits header_limits = {HEADER_MAX, 8, 512};
static const ost_json_limits claims_limits = {TOKEN_MAX, 16, 8192};

ost_result compact_split(ost_text token, compact_parts *ret_parts, ost_error *error)
{
    if (token.len > TOKEN_MAX) {
        return ost_error_set(error, OST_E_CEILING, "a token of %zu bytes, where %zu may be",
                             token.len, TOKEN_MAX);
    }
    size_t first = text_find(token, '.', 0);
    size_t second = first < token.len ? text_find(token, '.', first + 1) : token.len;
    if (second == token.len || text_find(token, '.', second + 1) != token.len) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT,
                             "the token does not have the three parts of a signed one");
    }
    if (first == 0)
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the header is empty");
    *ret_parts = (compact_parts){
        .header = text_slice(token, 0, first),
        .payload = text_slice(token, first + 1, second - first - 1),
        .signature = text_slice(token, second + 1, token.len),
        .signing_input = text_slice(token, 0, second),
    };
    return OST_OK;
}

/* The reader's reasons become a malformed token; only a lack of memory stays what it is. */
static ost_result read_object(ost_text text, const char *part, const ost_json_limits *limits,
                              ost_arena *arena, const ost_json **ret_object, ost_error *error)
{
    ost_error why = {0};
    const ost_json *object;
    ost_result result = ost_json_read(text, limits, arena, &object, &why);
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "%s: %s", part, why.detail);
    if (result != OST_OK)
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "%s: %s", part, why.detail);
    if (!ost_json_is(object, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "%s: not a JSON object", part);
    *ret_object = object;
    return OST_OK;
}

/* The usual slip: the whole value of the field Authorization stands where the token belongs. */
static const char *scheme_hint(ost_text encoded)
{
    ost_text scheme = text_slice(encoded, 0, text_find(encoded, ' ', 0));
    bool named =
        scheme.len < encoded.len && (text_equal_ignoring_case(scheme, OST_TEXT("Bearer")) ||
                                     text_equal_ignoring_case(scheme, OST_TEXT("DPoP")));
    return named ? ": the scheme before a token is no part of it" : "";
}

ost_result compact_header(ost_text encoded, ost_arena *arena, const ost_json **ret_header,
                          ost_error *error)
{
    ost_text text;
    if (encoded.len > HEADER_MAX) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "a header of %zu bytes, where %zu may be",
                             encoded.len, HEADER_MAX);
    }
    ost_result result = base64url_decode_to(arena, encoded, &text);
    if (result == OST_E_BASE64)
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the header is not strict base64url%s",
                             scheme_hint(encoded));
    if (result != OST_OK)
        return ost_error_set(error, result, "out of memory");
    return read_object(text, "header", &header_limits, arena, ret_header, error);
}

ost_result compact_claims(ost_text payload, ost_arena *arena, const ost_json **ret_claims,
                          ost_error *error)
{
    return read_object(payload, "claims", &claims_limits, arena, ret_claims, error);
}
