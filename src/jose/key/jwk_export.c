/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a JWK (RFC 7517 §4). */
#include "base/base64url.h"
#include "base/text.h"
#include "jose/key/key_state.h"

static ost_result put_members(const ost_key *key, const char *const *names, ost_json_writer *writer)
{
    unsigned char bytes[KEY_MEMBER_MAX];
    char encoded[BASE64URL_LEN(KEY_MEMBER_MAX)];
    ost_result result = OST_OK;
    for (size_t i = 0; result == OST_OK && names[i] != NULL; i++) {
        size_t len;
        result = key_member(key, names[i], bytes, &len);
        if (result == OST_OK) {
            size_t encoded_len = base64url_encode(bytes, len, encoded);
            ost_json_member_text(writer, names[i], (ost_text){encoded, encoded_len});
        }
    }
    wipe(bytes, sizeof bytes);
    wipe(encoded, sizeof encoded);
    return result;
}

static void put_common(const ost_key *key, ost_json_writer *writer)
{
    ost_json_member_string(writer, "kty", key_type_name(key->type));
    if (key->kid_len > 0)
        ost_json_member_text(writer, "kid", ost_key_kid(key));
    if (key_purpose(key) != KEY_USE_ANY)
        ost_json_member_string(writer, "use", key_purpose(key) == KEY_USE_SIG ? "sig" : "enc");
    if (key->content != NULL)
        ost_json_member_string(writer, "alg", key->content);
    else if (key->bound != OST_ALG_UNSET)
        ost_json_member_string(writer, "alg", ost_alg_name(key->bound));
    if (key_curve_name(key) != NULL)
        ost_json_member_string(writer, "crv", key_curve_name(key));
}

static void put_ops(const ost_key *key, ost_json_writer *writer)
{
    if (!key->ops_given)
        return;
    ost_json_put_name(writer, OST_TEXT("key_ops"));
    ost_json_open_array(writer);
    for (unsigned i = 0; i < KEY_OP_COUNT; i++) {
        if ((key->ops >> i & 1) != 0)
            ost_json_put_text(writer, text_of(key_op_names[i]));
    }
    ost_json_close_array(writer);
}

ost_result ost_key_export_public(const ost_key *key, ost_json_writer *writer)
{
    if (key == NULL || key->type == OST_KEY_OCT)
        return OST_E_KEY_USE;
    ost_json_open_object(writer);
    put_common(key, writer);
    ost_result result = put_members(key, key_public_members(key->type), writer);
    ost_json_close_object(writer);
    return result;
}

ost_result ost_key_export_private(const ost_key *key, ost_json_writer *writer)
{
    if (!ost_key_is_private(key))
        return OST_E_KEY_USE;
    ost_json_open_object(writer);
    put_common(key, writer);
    put_ops(key, writer);
    ost_result result = put_members(key, key_public_members(key->type), writer);
    if (result == OST_OK)
        result = put_members(key, key_private_members(key->type), writer);
    ost_json_close_object(writer);
    return result;
}
