/* SPDX-License-Identifier: Apache-2.0 */
/* Writing headers and signatures: RFC 7515 §5.1, RFC 7797 §3. What the reader would refuse is not
 * written. */
#include "jose/jws/jws_write.h"

#include "base/base64url.h"
#include "base/text.h"
#include "jose/compact.h"
#include "jose/jws/jws_message.h"
#include "jose/signature/signature.h"

const ost_jws_options jws_plain = {0};

ost_result jws_write_payload(ost_text payload, const ost_jws_options *options, ost_arena *arena,
                             signing_room *ret_room, ost_error *error)
{
    size_t most = options->detached ? OST_JWS_DETACHED_MAX : OST_JWS_JSON_MAX;
    if (payload.len > most)
        return ost_error_set(error, OST_E_CEILING, "a payload of %zu bytes", payload.len);
    ost_result result = signing_room_make(payload, !options->unencoded, arena, ret_room);
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "out of memory");
}

static ost_result make_header(const ost_jws_signer *signer, const ost_jws_options *options,
                              ost_arena *arena, ost_text *ret_header)
{
    ost_json_writer *writer = ost_json_writer_new(arena, HEADER_MAX);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    ost_json_member_string(writer, "alg", ost_alg_name(signer->alg));
    if (options->typ != NULL)
        ost_json_member_string(writer, "typ", options->typ);
    if (options->cty != NULL)
        ost_json_member_string(writer, "cty", options->cty);
    if (ost_key_kid(signer->key).len > 0)
        ost_json_member_text(writer, "kid", ost_key_kid(signer->key));
    if (options->embed_key) {
        ost_json_put_name(writer, OST_TEXT("jwk"));
        ost_result result = ost_key_export_public(signer->key, writer);
        if (result != OST_OK)
            return result;
    }
    if (options->unencoded) {
        ost_json_member_boolean(writer, "b64", false);
        ost_json_put_name(writer, OST_TEXT("crit"));
        ost_json_open_array(writer);
        ost_json_put_text(writer, OST_TEXT("b64"));
        ost_json_close_array(writer);
    }
    ost_json_close_object(writer);
    return ost_json_writer_finish(writer, ret_header);
}

/* Reads what was written as a reader would who accepts this algorithm. */
static ost_result read_back(ost_text encoded, const ost_jws_signer *signer, ost_arena *arena,
                            ost_error *error)
{
    const ost_jws_rules rules = {.algorithms = OST_ALG_BIT(signer->alg), .unencoded = true};
    jws_signature s = {.unprotected_header = signer->header};
    if (signer->header != NULL && !ost_json_is(signer->header, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_ARGUMENT, "an unprotected header that is not an object");
    ost_result result = compact_header(encoded, arena, &s.protected_header, error);
    if (result == OST_OK)
        result = jws_read_headers(&s, &rules, error);
    if (result == OST_E_TOKEN_FORMAT || result == OST_E_CRITICAL) {
        result = OST_E_ARGUMENT;
        if (error != NULL)
            error->code = result;
    }
    return result;
}

ost_result jws_write_signature(const signing_room *room, const ost_jws_signer *signer,
                               const ost_jws_options *options, ost_arena *arena,
                               written_signature *ret_written, ost_error *error)
{
    unsigned char bytes[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    ost_text header, encoded, signature;
    if (!alg_signs(signer->alg) || !ost_key_serves(signer->key, signer->alg)) {
        return ost_error_set(error, OST_E_KEY_USE, "the key does not sign with %s",
                             ost_alg_name(signer->alg));
    }
    ost_result result = make_header(signer, options, arena, &header);
    if (result == OST_OK)
        result = base64url_encode_to(arena, header, &encoded);
    if (result == OST_OK && encoded.len > HEADER_MAX)
        result = OST_E_CEILING;
    if (result != OST_OK)
        return ost_error_set(error, result, "the header could not be written");
    result = read_back(encoded, signer, arena, error);
    if (result != OST_OK)
        return result;
    result = signature_make(signer->key, signer->alg, signing_input(room, encoded), bytes, &size);
    if (result == OST_OK)
        result = base64url_encode_to(arena, (ost_text){(const char *)bytes, size}, &signature);
    if (result != OST_OK)
        return ost_error_set(error, result, "the signature could not be made");
    *ret_written = (written_signature){encoded, signature};
    return OST_OK;
}
