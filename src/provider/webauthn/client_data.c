/* SPDX-License-Identifier: Apache-2.0 */
/* The browser's part of a ceremony; see client_data.h. */
#include "provider/webauthn/client_data.h"

#include <string.h>

#include <ostiary/jose.h>

#include "base/text.h"

#define HASH_SIZE 32

static ost_text member(const ost_json *object, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(object, name), &text);
    return text;
}

static bool is_ours(const webauthn_ceremony *ceremony, ost_text origin)
{
    if (origin.len == 0)
        return false;
    for (const ost_json *at = ost_json_first(ceremony->extra_origins); at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_equals(at, origin))
            return true;
    }
    return text_equal(origin, ceremony->origin);
}

ost_result client_data_check(ost_text json, const char *type, const webauthn_ceremony *ceremony,
                             ost_arena *arena, ost_error *error)
{
    const ost_json *data, *crossed;
    bool cross = true;
    ost_result result = ost_json_read(json, NULL, arena, &data, NULL);
    if (result != OST_OK)
        return result == OST_E_MEMORY
                   ? result
                   : ost_error_set(error, OST_E_FORMAT, "the client data is no JSON");
    if (!text_is(member(data, "type"), type))
        return ost_error_set(error, OST_E_STATE, "the answer is not of the type %s", type);
    if (ceremony->challenge.len != WEBAUTHN_CHALLENGE_LEN ||
        !text_equal_secret(member(data, "challenge"), ceremony->challenge))
        return ost_error_set(error, OST_E_STATE, "the answer is to another challenge");
    if (!is_ours(ceremony, member(data, "origin")))
        return ost_error_set(error, OST_E_STATE, "the answer comes from another origin");
    crossed = ost_json_get(data, "crossOrigin");
    if (crossed != NULL && (!ost_json_boolean(crossed, &cross) || cross))
        return ost_error_set(error, OST_E_STATE, "the page stood in one of another origin");
    return OST_OK;
}

ost_result client_party_check(const authenticator_data *data, const webauthn_ceremony *ceremony,
                              ost_error *error)
{
    unsigned char hash[HASH_SIZE];
    if (ceremony->rp_id.len == 0 || ost_sha256(ceremony->rp_id, hash) != OST_OK)
        return OST_E_CRYPTO;
    if (!text_equal(text_of_bytes(hash, sizeof hash), data->rp_id_hash))
        return ost_error_set(error, OST_E_STATE, "the answer is for another relying party");
    if (!data->present)
        return ost_error_set(error, OST_E_STATE, "nobody was there");
    if (ceremony->verified && !data->verified)
        return ost_error_set(error, OST_E_STATE, "the user was not verified");
    return OST_OK;
}

ost_result client_data_signed(ost_text authenticator, ost_text client, ost_arena *arena,
                              ost_text *ret_input)
{
    unsigned char *bytes = ost_arena_alloc(arena, authenticator.len + HASH_SIZE);
    if (bytes == NULL)
        return OST_E_MEMORY;
    memcpy(bytes, authenticator.data, authenticator.len);
    ost_result result = ost_sha256(client, bytes + authenticator.len);
    if (result == OST_OK)
        *ret_input = text_of_bytes(bytes, authenticator.len + HASH_SIZE);
    return result;
}
