/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of encrypted messages (RFC 7516 §4, RFC 7518 §4), written. */
#include "jose/jwe/jwe_write.h"

#include "base/base64url.h"
#include "base/text.h"
#include "jose/jwe/key_agreement.h"

static bool needs_to_be_alone(ost_alg alg)
{
    return alg == OST_DIR || alg == OST_ECDH_ES;
}

static ost_result check_recipient(const ost_recipient *r, ost_enc enc,
                                  const ost_jwe_options *options, ost_error *error)
{
    const way_facts *way = way_find(r->alg);
    if (way == NULL || r->alg == OST_INSECURE_RSA1_5) {
        return ost_error_set(error, OST_E_ALGORITHM, "nothing is encrypted with \"%s\"",
                             ost_alg_name(r->alg));
    }
    if (!key_may(r->key, r->alg, false)) {
        return ost_error_set(error, OST_E_KEY_USE, "the key does not serve %s",
                             ost_alg_name(r->alg));
    }
    if (r->key->content != NULL && ost_enc_of(text_of(r->key->content)) != enc) {
        return ost_error_set(error, OST_E_KEY_USE, "the key is for %s only", r->key->content);
    }
    bool has_parties = options->apu.len > 0 || options->apv.len > 0;
    if (has_parties && way->way != WAY_AGREE)
        return ost_error_set(error, OST_E_ARGUMENT, "apu and apv are for ECDH-ES only");
    return OST_OK;
}

ost_result jwe_write_check(const ost_recipient *recipients, size_t count, ost_enc enc,
                           const ost_jwe_options *options, ost_error *error)
{
    if (enc_find(enc) == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no content encryption was named");
    if (recipients == NULL || count == 0 || count > JWE_RECIPIENTS_MAX)
        return ost_error_set(error, OST_E_ARGUMENT, "%zu recipients, where 1 to %d may be", count,
                             JWE_RECIPIENTS_MAX);
    if (options->apu.len > PARTY_MAX || options->apv.len > PARTY_MAX)
        return ost_error_set(error, OST_E_CEILING, "apu or apv of more than %d bytes", PARTY_MAX);
    for (size_t i = 0; i < count; i++) {
        ost_result result = check_recipient(&recipients[i], enc, options, error);
        if (result != OST_OK)
            return result;
        if (count > 1 && needs_to_be_alone(recipients[i].alg)) {
            return ost_error_set(error, OST_E_ARGUMENT, "%s is for one recipient only",
                                 ost_alg_name(recipients[i].alg));
        }
    }
    return OST_OK;
}

/* Short binary members; the longest is a salt or a party's name. */
static void put_bytes(ost_json_writer *writer, const char *name, ost_text bytes)
{
    char encoded[BASE64URL_LEN(PARTY_MAX)];
    if (bytes.len == 0 || bytes.len > PARTY_MAX)
        return;
    size_t len = base64url_encode(text_bytes(bytes), bytes.len, encoded);
    ost_json_member_text(writer, name, (ost_text){encoded, len});
}

void jwe_write_content_members(ost_json_writer *writer, ost_enc enc, const ost_jwe_options *options)
{
    ost_json_member_string(writer, "enc", ost_enc_name(enc));
    if (options->deflate)
        ost_json_member_string(writer, "zip", "DEF");
    if (options->typ != NULL)
        ost_json_member_string(writer, "typ", options->typ);
    if (options->cty != NULL)
        ost_json_member_string(writer, "cty", options->cty);
}

static ost_result put_ephemeral(ost_json_writer *writer, const ost_key *key)
{
    unsigned char bytes[KEY_MEMBER_MAX];
    size_t len;
    ost_json_put_name(writer, OST_TEXT("epk"));
    ost_json_open_object(writer);
    ost_json_member_string(writer, "kty", key_type_name(key->type));
    ost_json_member_string(writer, "crv", key_curve_name(key));
    for (const char *const *name = key_public_members(key->type); *name != NULL; name++) {
        ost_result result = key_member(key, *name, bytes, &len);
        if (result != OST_OK)
            return result;
        put_bytes(writer, *name, text_of_bytes(bytes, len));
    }
    ost_json_close_object(writer);
    return OST_OK;
}

ost_result jwe_write_recipient_members(ost_json_writer *writer, const ost_recipient *recipient,
                                       const sealed_cek *sealed, const ost_jwe_options *options)
{
    ost_json_member_string(writer, "alg", ost_alg_name(recipient->alg));
    if (recipient->key->kid_len > 0)
        ost_json_member_text(writer, "kid", ost_key_kid(recipient->key));
    if (sealed->ephemeral != NULL) {
        ost_result result = put_ephemeral(writer, sealed->ephemeral);
        if (result != OST_OK)
            return result;
        put_bytes(writer, "apu", options->apu);
        put_bytes(writer, "apv", options->apv);
    }
    put_bytes(writer, "iv", sealed->iv);
    put_bytes(writer, "tag", sealed->tag);
    if (sealed->salt.len > 0) {
        put_bytes(writer, "p2s", sealed->salt);
        ost_json_member_integer(writer, "p2c", sealed->count);
    }
    return OST_OK;
}
