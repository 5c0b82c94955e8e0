/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the admin REST API. */
#include "base/base64url.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/component/key_provider.h"
#include "provider/realm/certificate.h"
#include "provider/realm/document_limit.h"
#include "store/realm/store_key.h"

static ost_result put_public(ost_json_writer *w, const store_key *row, ost_arena *arena)
{
    ost_key *key;
    ost_text der, text;
    ost_result result = ost_key_import_jwk(row->jwk, &key, NULL);
    if (result != OST_OK)
        return result;
    result = ost_key_export_spki(key, OST_KEY_DER, arena, &der);
    ost_key_unref(key);
    if (result == OST_OK)
        result = base64_encode_to(arena, der, &text);
    if (result != OST_OK)
        return result;
    ost_json_member_text(w, "publicKey", text);
    if (row->certificate.len == 0 || base64url_decode_to(arena, row->certificate, &der) != OST_OK)
        return OST_OK;
    if (base64_encode_to(arena, der, &text) != OST_OK)
        return OST_E_MEMORY;
    ost_json_member_text(w, "certificate", text);
    int64_t ends = certificate_ends(der);
    if (ends > 0)
        ost_json_member_integer(w, "validTo", ends * 1000);
    return OST_OK;
}

static const char *type_of(const store_key *row)
{
    if (text_starts(row->algorithm, "HS") || text_is(row->algorithm, "AES"))
        return "OCT";
    if (text_starts(row->algorithm, "ES"))
        return "EC";
    return text_is(row->algorithm, "EdDSA") ? "OKP" : "RSA";
}

static ost_result put_key(admin_call *a, ost_json_writer *w, const store_key *row)
{
    key_provider p;
    const char *type = type_of(row);
    ost_result result = key_provider_read(row, a->realm.row.id, a->arena, &p);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "providerId", p.id);
    ost_json_member_integer(w, "providerPriority", p.priority);
    ost_json_member_text(w, "kid", row->kid);
    ost_json_member_string(w, "status", !p.enabled ? "DISABLED" : p.active ? "ACTIVE" : "PASSIVE");
    ost_json_member_string(w, "type", type);
    ost_json_member_text(w, "algorithm", row->algorithm);
    if (!text_is(text_of(type), "OCT"))
        result = put_public(w, row, a->arena);
    ost_json_member_string(w, "use", text_is(row->use, "enc") ? "ENC" : "SIG");
    ost_json_close_object(w);
    return result;
}

ost_result admin_list_keys(admin_call *a)
{
    store_key *rows;
    size_t count = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = store_key_list(a->realm.store, a->realm.row.name, a->arena, &rows, &count);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("active"));
    ost_json_open_object(w);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == STORE_KEY_ACTIVE) {
            ost_json_put_name(w, rows[i].algorithm);
            ost_json_put_text(w, rows[i].kid);
        }
    }
    ost_json_close_object(w);
    ost_json_put_name(w, OST_TEXT("keys"));
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = put_key(a, w, &rows[i]);
    ost_json_close_array(w);
    ost_json_close_object(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}
