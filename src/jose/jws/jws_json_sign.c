/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the JSON serializations of a JWS, general and flattened: RFC 7515 §7.2. */
#include <string.h>

#include "base/text.h"
#include "jose/compact.h"
#include "jose/jws/jws_write.h"

static void put_signature(ost_json_writer *writer, const written_signature *made,
                          const ost_json *unprotected)
{
    ost_json_member_text(writer, "protected", made->header);
    if (unprotected != NULL)
        ost_json_member_value(writer, "header", unprotected);
    ost_json_member_text(writer, "signature", made->signature);
}

static ost_result write_document(const signing_room *room, const written_signature *made,
                                 const ost_jws_signer *signers, size_t count,
                                 const ost_jws_options *options, ost_arena *arena,
                                 ost_text *ret_json)
{
    ost_json_writer *writer = ost_json_writer_new(arena, OST_JWS_JSON_MAX);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    if (!options->detached)
        ost_json_member_text(writer, "payload", room->payload);
    if (count == 1 && !options->general) {
        put_signature(writer, &made[0], signers[0].header);
    } else {
        ost_json_put_name(writer, OST_TEXT("signatures"));
        ost_json_open_array(writer);
        for (size_t i = 0; i < count; i++) {
            ost_json_open_object(writer);
            put_signature(writer, &made[i], signers[i].header);
            ost_json_close_object(writer);
        }
        ost_json_close_array(writer);
    }
    ost_json_close_object(writer);
    return ost_json_writer_finish(writer, ret_json);
}

/* What is not encoded stands in a JSON string as it is. */
static bool fits_a_string(ost_text payload)
{
    return text_is_utf8(payload) && text_find(payload, '\0', 0) == payload.len;
}

ost_result ost_jws_json_sign(ost_text payload, const ost_jws_signer *signers, size_t count,
                             const ost_jws_options *options, ost_arena *arena, ost_text *ret_json,
                             ost_error *error)
{
    written_signature made[OST_JWS_SIGNATURES_MAX];
    signing_room room;
    if (options == NULL)
        options = &jws_plain;
    if (ret_json == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the JWS");
    if (signers == NULL || count == 0 || count > OST_JWS_SIGNATURES_MAX)
        return ost_error_set(error, OST_E_ARGUMENT, "%zu signers", count);
    if (options->unencoded && !options->detached && !fits_a_string(payload))
        return ost_error_set(error, OST_E_ARGUMENT, "the payload is not text without NUL");
    ost_result result = jws_write_payload(payload, options, arena, &room, error);
    for (size_t i = 0; result == OST_OK && i < count; i++)
        result = jws_write_signature(&room, &signers[i], options, arena, &made[i], error);
    if (result != OST_OK)
        return result;
    result = write_document(&room, made, signers, count, options, arena, ret_json);
    if (result != OST_OK)
        return ost_error_set(error, result, "the JWS could not be written");
    return OST_OK;
}
