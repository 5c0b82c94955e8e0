/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the JSON serializations of a JWS, general and flattened: RFC 7515 §7.2, §5.2. */
#include "base/base64url.h"
#include "base/text.h"
#include "jose/jws/jws_message.h"

static ost_result malformed(ost_error *error, const char *sentence)
{
    return ost_error_set(error, OST_E_TOKEN_FORMAT, "%s", sentence);
}

static ost_result read_protected(const ost_json *member, ost_arena *arena, jws_signature *s,
                                 ost_error *error)
{
    if (member == NULL)
        return OST_OK;
    /* What would be empty must be absent: §7.2.1. */
    if (!ost_json_text(member, &s->protected_encoded) || s->protected_encoded.len == 0)
        return malformed(error, "\"protected\" is not a string with something in it");
    return compact_header(s->protected_encoded, arena, &s->protected_header, error);
}

/* One entry of `signatures`, or the whole of a flattened one. */
static ost_result read_signature(const ost_json *entry, const ost_jws_rules *rules,
                                 ost_arena *arena, jws_signature *s, ost_error *error)
{
    if (!ost_json_is(entry, OST_JSON_OBJECT))
        return malformed(error, "a signature that is not an object");
    ost_result result = read_protected(ost_json_get(entry, "protected"), arena, s, error);
    if (result != OST_OK)
        return result;
    s->unprotected_header = ost_json_get(entry, "header");
    if (s->unprotected_header != NULL && !ost_json_is(s->unprotected_header, OST_JSON_OBJECT))
        return malformed(error, "\"header\" is not an object");
    if (s->protected_header == NULL && s->unprotected_header == NULL)
        return malformed(error, "a signature without a header");
    if (!ost_json_text(ost_json_get(entry, "signature"), &s->signature_encoded) ||
        s->signature_encoded.len == 0)
        return malformed(error, "\"signature\" is not a string with something in it");
    return jws_read_headers(s, rules, error);
}

static ost_result read_general(const ost_json *entries, const ost_jws_rules *rules,
                               ost_arena *arena, jws_message *message, ost_error *error)
{
    ost_result result = OST_OK;
    if (!ost_json_is(entries, OST_JSON_ARRAY) || ost_json_count(entries) == 0)
        return malformed(error, "\"signatures\" is not an array with something in it");
    if (ost_json_count(entries) > OST_JWS_SIGNATURES_MAX) {
        return ost_error_set(error, OST_E_CEILING, "%zu signatures, where %d may be",
                             ost_json_count(entries), OST_JWS_SIGNATURES_MAX);
    }
    const ost_json *entry = ost_json_first(entries);
    for (; result == OST_OK && entry != NULL; entry = ost_json_next(entry)) {
        result = read_signature(entry, rules, arena, &message->signatures[message->count], error);
        message->count++;
    }
    return result;
}

static ost_result read_members(const ost_json *document, const ost_jws_rules *rules,
                               ost_arena *arena, jws_message *message, ost_error *error)
{
    const ost_json *payload = ost_json_get(document, "payload");
    const ost_json *entries = ost_json_get(document, "signatures");
    if (payload != NULL && !ost_json_text(payload, &message->payload))
        return malformed(error, "\"payload\" is not a string");
    if (payload != NULL && message->payload.len == 0)
        message->payload = OST_TEXT(""); /* there, and empty */
    if (entries == NULL) {
        message->count = 1;
        return read_signature(document, rules, arena, &message->signatures[0], error);
    }
    /* §7.2.2: the members of a flattened one must not be there. */
    if (ost_json_get(document, "signature") != NULL || ost_json_get(document, "header") != NULL ||
        ost_json_get(document, "protected") != NULL)
        return malformed(error, "general and flattened at once");
    return read_general(entries, rules, arena, message, error);
}

ost_result ost_jws_json_verify(ost_text json, const ost_keyset *keys, const ost_jws_rules *rules,
                               ost_arena *arena, ost_verified_jws *ret_verified, ost_error *error)
{
    static const ost_json_limits limits = {OST_JWS_JSON_MAX, 12, 16384};
    jws_message message = {0};
    const ost_json *document;
    ost_error why = {0};
    if (keys == NULL || ret_verified == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no keys, or no place for the JWS");
    if (rules == NULL)
        rules = &jws_strictest;
    if (json.len > OST_JWS_JSON_MAX)
        return ost_error_set(error, OST_E_CEILING, "a JWS of %zu bytes", json.len);
    ost_result result = ost_json_read(json, &limits, arena, &document, &why);
    if (result == OST_E_MEMORY)
        return ost_error_set(error, result, "%s", why.detail);
    if (result != OST_OK)
        return malformed(error, why.detail);
    if (!ost_json_is(document, OST_JSON_OBJECT))
        return malformed(error, "a JWS is a JSON object");
    result = read_members(document, rules, arena, &message, error);
    if (result != OST_OK)
        return result;
    return jws_verify_message(&message, keys, rules, arena, ret_verified, error);
}
