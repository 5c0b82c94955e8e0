/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of devices in the store; see pkcs11_row.h. */
#include "provider/pkcs11/pkcs11_row.h"

#include <ostiary/jose.h>

#include "base/base64url.h"
#include "base/text.h"

#define DEVICE "pkcs11" /* the member of a JWK that has no private part, and says where that is */

static ost_result write_device_key(const ost_json *jwk, ost_text uri, ost_arena *arena,
                                   store_key *row)
{
    static const char *const named[] = {"kid", "alg", "use", DEVICE, NULL};
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "kid", row->kid);
    ost_json_member_text(w, "alg", row->algorithm);
    ost_json_member_text(w, "use", row->use);
    for (const ost_json *at = ost_json_first(jwk); at != NULL; at = ost_json_next(at)) {
        if (text_is_one_of(ost_json_name(at), named))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_member_text(w, DEVICE, uri);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &row->jwk);
}

ost_result pkcs11_row_fill(ost_text public_jwk, ost_text uri, ost_arena *arena, store_key *row)
{
    unsigned char hash[32];
    ost_text spki;
    ost_key *key;
    const ost_json *jwk;
    ost_result result = ost_json_read(public_jwk, NULL, arena, &jwk, NULL);
    if (result == OST_OK)
        result = ost_key_import_jwk(public_jwk, &key, NULL);
    if (result != OST_OK)
        return result;
    result = ost_key_serves(key, ost_alg_of(row->algorithm)) ? OST_OK : OST_E_KEY_USE;
    if (result == OST_OK)
        result = ost_key_export_spki(key, OST_KEY_DER, arena, &spki);
    ost_key_unref(key);
    if (result == OST_OK)
        result = ost_sha256(spki, hash);
    if (result == OST_OK)
        result = base64url_encode_to(arena, (ost_text){(const char *)hash, sizeof hash}, &row->kid);
    return result == OST_OK ? write_device_key(jwk, uri, arena, row) : result;
}

/* Without reading the key: a quotation mark within a value is never a bare one. */
bool pkcs11_row_is(const store_key *row)
{
    return text_contains(row->jwk, OST_TEXT("\"" DEVICE "\":\""));
}

ost_text pkcs11_row_uri(const store_key *row, ost_arena *arena)
{
    ost_text uri = {0};
    const ost_json *jwk;
    if (pkcs11_row_is(row) && ost_json_read(row->jwk, NULL, arena, &jwk, NULL) == OST_OK)
        (void)!ost_json_text(ost_json_get(jwk, DEVICE), &uri);
    return uri;
}
