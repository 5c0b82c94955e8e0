/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWS that are not tokens: with a detached payload (RFC 7515, appendix F), or one that is
 * not encoded (RFC 7797 §5). */
#include "base/base64url.h"
#include "base/text.h"
#include "jose/jws/jws_message.h"
#include "jose/jws/jws_write.h"

/* RFC 7797 §5.2: a dot would be the end of the payload; other bytes would not survive everywhere.
 */
static bool is_plain(ost_text payload)
{
    for (size_t i = 0; i < payload.len; i++) {
        unsigned char byte = (unsigned char)payload.data[i];
        if (byte < 0x20 || byte > 0x7e || byte == '.')
            return false;
    }
    return true;
}

static ost_result read_compact(ost_text token, const ost_jws_rules *rules, ost_arena *arena,
                               jws_message *message, ost_error *error)
{
    jws_signature *s = &message->signatures[0];
    compact_parts parts;
    ost_result result = compact_split(token, &parts, error);
    if (result == OST_OK && parts.signature.len == 0)
        result = ost_error_set(error, OST_E_TOKEN_FORMAT, "there is no signature");
    if (result == OST_OK)
        result = compact_header(parts.header, arena, &s->protected_header, error);
    if (result != OST_OK)
        return result;
    s->protected_encoded = parts.header;
    s->signature_encoded = parts.signature;
    message->count = 1;
    if (parts.payload.len > 0 || !rules->detached)
        message->payload = parts.payload;
    result = jws_read_headers(s, rules, error);
    if (result == OST_OK && s->unencoded && !is_plain(message->payload)) {
        result = ost_error_set(error, OST_E_TOKEN_FORMAT, "the payload is not of printable ASCII");
    }
    return result;
}

ost_result ost_jws_compact_verify(ost_text token, const ost_keyset *keys,
                                  const ost_jws_rules *rules, ost_arena *arena,
                                  ost_verified_jws *ret_verified, ost_error *error)
{
    jws_message message = {0};
    if (keys == NULL || ret_verified == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no keys, or no place for the JWS");
    if (rules == NULL)
        rules = &jws_strictest;
    ost_result result = read_compact(token, rules, arena, &message, error);
    if (result != OST_OK)
        return result;
    return jws_verify_message(&message, keys, rules, arena, ret_verified, error);
}

static ost_result assemble(const written_signature *made, ost_text payload, ost_arena *arena,
                           ost_text *ret_token)
{
    const char *token = ost_arena_format(arena, "%.*s.%.*s.%.*s", (int)made->header.len,
                                         made->header.data, (int)payload.len, payload.data,
                                         (int)made->signature.len, made->signature.data);
    if (token == NULL)
        return OST_E_MEMORY;
    *ret_token = text_of(token);
    return ret_token->len <= TOKEN_MAX ? OST_OK : OST_E_CEILING;
}

ost_result ost_jws_compact_sign(ost_text payload, const ost_key *key, ost_alg alg,
                                const ost_jws_options *options, ost_arena *arena,
                                ost_text *ret_token, ost_error *error)
{
    const ost_jws_signer signer = {.key = key, .alg = alg};
    signing_room room;
    written_signature made;
    ost_text token;
    if (ret_token == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the token");
    if (options == NULL)
        options = &jws_plain;
    if (options->unencoded && !options->detached && !is_plain(payload)) {
        return ost_error_set(error, OST_E_ARGUMENT,
                             "only printable ASCII without dots can stay unencoded");
    }
    ost_result result = jws_write_payload(payload, options, arena, &room, error);
    if (result == OST_OK)
        result = jws_write_signature(&room, &signer, options, arena, &made, error);
    if (result != OST_OK)
        return result;
    result = assemble(&made, options->detached ? OST_TEXT("") : room.payload, arena, &token);
    if (result != OST_OK)
        return ost_error_set(error, result, "the token could not be written");
    *ret_token = token;
    return OST_OK;
}
