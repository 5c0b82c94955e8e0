/* Writing JSON Web Keys (RFC 7517 §4). */
#include "base64url.h"
#include "key.h"
#include "text.h"

#define MAX_MEMBER 2048 /* bytes: RSA of 16384 bits */

void key_put_member(ost_json_writer *writer, const char *name, const unsigned char *bytes,
                    size_t len)
{
    char text[BASE64URL_LEN(MAX_MEMBER)];
    if (len > MAX_MEMBER)
        len = MAX_MEMBER;
    ost_json_member_text(writer, name, (ost_text){text, base64url_encode(bytes, len, text)});
    wipe(text, sizeof text);
}

static ost_result export_key(const ost_key *key, bool secret, ost_json_writer *writer)
{
    static const char *const types[] = {"RSA", "EC", "OKP", "oct"};
    ost_result result = OST_OK;
    ost_json_open_object(writer);
    if (key->kid != NULL)
        ost_json_member_string(writer, "kid", key->kid);
    ost_json_member_string(writer, "kty", types[key->type]);
    if (key->bound != OST_ALG_NONE_SET)
        ost_json_member_string(writer, "alg", ost_alg_name(key->bound));
    if (key->for_signature)
        ost_json_member_string(writer, "use", "sig");
    switch (key->type) {
    case OST_KEY_RSA:
        result = rsa_export(key, secret, writer);
        break;
    case OST_KEY_EC:
        result = ec_export(key, secret, writer);
        break;
    case OST_KEY_OKP:
        result = okp_export(key, secret, writer);
        break;
    case OST_KEY_OCT:
        result = oct_export(key, writer);
        break;
    }
    ost_json_close_object(writer);
    return result;
}

ost_result ost_key_export_public(const ost_key *key, ost_json_writer *writer)
{
    if (key->type == OST_KEY_OCT)
        return OST_E_KEY_USE; /* it has no public part */
    return export_key(key, false, writer);
}

ost_result ost_key_export_private(const ost_key *key, ost_json_writer *writer)
{
    return key->is_private ? export_key(key, true, writer) : OST_E_KEY_USE;
}
