/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the store as components of a realm file; see key_component.h. */
#include <ostiary/jose.h>

#include "base/base64url.h"
#include "base/text.h"
#include "provider/key/key_component.h"
#include "provider/key/key_setting.h"
#include "provider/pkcs11/pkcs11_row.h"
#include "provider/realm/uuid.h"
#include "store/realm/store_key.h"

static ost_result put_base64(ost_json_writer *w, const char *name, ost_text der, ost_arena *arena)
{
    ost_text text;
    ost_result result = base64_encode_to(arena, der, &text);
    if (result == OST_OK)
        key_setting_put(w, name, text);
    return result;
}

static ost_result put_pair(const store_key *row, const char *prefix, const char *curve,
                           ost_json_writer *w, ost_arena *arena)
{
    static const char *const names[][4] = {
        {"privateKey", NULL, NULL},
        {"ecdsaPrivateKey", "ecdsaPublicKey", "ecdsaEllipticCurveKey"},
        {"eddsaPrivateKey", "eddsaPublicKey", "eddsaEllipticCurveKey"}};
    const char *const *n = names[prefix[0] == 'r' ? 0 : prefix[1] == 'c' ? 1 : 2];
    ost_key *key;
    ost_text der;
    ost_result result = ost_key_import_jwk(row->jwk, &key, NULL);
    if (result != OST_OK)
        return result;
    result = ost_key_export_pkcs8(key, OST_KEY_DER, arena, &der);
    if (result == OST_OK)
        result = put_base64(w, n[0], der, arena);
    if (result == OST_OK && n[1] != NULL) {
        result = ost_key_export_spki(key, OST_KEY_DER, arena, &der);
        key_setting_put(w, n[2], text_of(curve));
        if (result == OST_OK)
            result = put_base64(w, n[1], der, arena);
    }
    ost_key_unref(key);
    if (result == OST_OK && row->certificate.len > 0 &&
        base64url_decode_to(arena, row->certificate, &der) == OST_OK)
        result = put_base64(w, "certificate", der, arena);
    return result;
}

static ost_result put_secret(const store_key *row, ost_json_writer *w, ost_arena *arena)
{
    const ost_json *jwk;
    ost_text secret = {0};
    ost_result result = ost_json_read(row->jwk, NULL, arena, &jwk, NULL);
    if (result == OST_OK && !ost_json_text(ost_json_get(jwk, "k"), &secret))
        result = OST_E_FORMAT;
    key_setting_put(w, "kid", row->kid);
    key_setting_put(w, "secret", secret);
    return result;
}

static const char *provider_of(const store_key *row, const ost_json *jwk)
{
    if (text_starts(row->algorithm, "HS"))
        return "hmac-generated";
    if (text_is(row->algorithm, "AES"))
        return "aes-generated";
    if (ost_json_equals(ost_json_get(jwk, "kty"), OST_TEXT("EC")))
        return "ecdsa-generated";
    if (ost_json_equals(ost_json_get(jwk, "kty"), OST_TEXT("OKP")))
        return "eddsa-generated";
    return text_is(row->use, "enc") ? "rsa-enc" : "rsa";
}

/* What the row says by itself, whatever its component says. */
static bool is_of_row(ost_text name, bool secret)
{
    static const char *const pair[] = {"privateKey",
                                       "certificate",
                                       "ecdsaPrivateKey",
                                       "ecdsaPublicKey",
                                       "eddsaPublicKey",
                                       "ecdsaEllipticCurveKey",
                                       "eddsaPrivateKey",
                                       "active",
                                       "eddsaEllipticCurveKey",
                                       NULL};
    static const char *const of_secret[] = {"secret", "kid", "active", NULL};
    return text_is_one_of(name, secret ? of_secret : pair);
}

/* A key that waits, or that another one has taken the place of, signs nowhere. */
static void put_settings(const store_key *row, const ost_json *component, bool secret,
                         ost_json_writer *w)
{
    const ost_json *config = ost_json_get(component, "config"), *active;
    bool settled = row->state != STORE_KEY_NEXT && row->ends == 0;
    ost_text value = OST_TEXT("true");
    active = ost_json_get(config, "active");
    for (const ost_json *at = ost_json_first(config); at != NULL; at = ost_json_next(at)) {
        if (is_of_row(ost_json_name(at), secret))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    (void)!ost_json_text(ost_json_first(active), &value);
    if (active != NULL || !settled)
        key_setting_put(w, "active", settled ? value : OST_TEXT("false"));
}

/* Of a key that no administrator and no file has made. */
static void put_usual_settings(const store_key *row, ost_json_writer *w)
{
    bool signs = row->state == STORE_KEY_ACTIVE;
    key_setting_put(w, "algorithm", row->algorithm);
    key_setting_put(w, "enabled", OST_TEXT("true"));
    key_setting_put(w, "active", text_of(signs ? "true" : "false"));
    key_setting_put(w, "priority", text_of(signs ? "100" : "50"));
}

static void put_names(const store_key *row, const ost_json *component, const char *provider,
                      ost_text realm_id, ost_json_writer *w, ost_arena *arena)
{
    static const char *const names[] = {"id", "name", "providerId"};
    for (size_t i = 0; component != NULL && i < 3; i++)
        ost_json_member_value(w, names[i], ost_json_get(component, names[i]));
    if (component != NULL)
        return;
    int len = (int)(row->kid.len < 8 ? row->kid.len : 8);
    ost_json_member_text(w, "id", uuid_of_name(realm_id, row->kid, arena));
    ost_json_member_string(w, "name",
                           ost_arena_format(arena, "%s-%.*s", provider, len, row->kid.data));
    ost_json_member_string(w, "providerId", provider);
}

static ost_result put_key(const store_key *row, ost_text realm_id, ost_json_writer *w,
                          ost_arena *arena)
{
    const ost_json *jwk, *component = NULL;
    ost_text curve = {0};
    ost_result result = ost_json_read(row->jwk, NULL, arena, &jwk, NULL);
    if (result == OST_OK && row->component.len > 0)
        result = ost_json_read(row->component, NULL, arena, &component, NULL);
    if (result != OST_OK)
        return result;
    const char *provider = provider_of(row, jwk);
    bool secret = ost_json_equals(ost_json_get(jwk, "kty"), OST_TEXT("oct"));
    (void)!ost_json_text(ost_json_get(jwk, "crv"), &curve);
    ost_json_open_object(w);
    put_names(row, component, provider, realm_id, w, arena);
    ost_json_put_name(w, OST_TEXT("subComponents"));
    ost_json_open_object(w);
    ost_json_close_object(w);
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    if (component != NULL)
        put_settings(row, component, secret, w);
    else
        put_usual_settings(row, w);
    result = secret ? put_secret(row, w, arena)
                    : put_pair(row, provider, ost_arena_copy(arena, curve), w, arena);
    ost_json_close_object(w);
    ost_json_close_object(w);
    return result;
}

ost_result key_components_write(const store_key *keys, size_t count, ost_text realm_id,
                                ost_json_writer *w, ost_arena *arena)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (!pkcs11_row_is(&keys[i]))
            result = put_key(&keys[i], realm_id, w, arena);
    }
    return result;
}

static ost_result fall_back(store_key *row, const ost_context *context, ost_arena *arena)
{
    const ost_json *jwk;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result = ost_json_read(row->jwk, NULL, arena, &jwk, NULL);
    if (w == NULL || result != OST_OK)
        return w == NULL ? OST_E_MEMORY : result;
    const char *provider = provider_of(row, jwk);
    if (provider[0] == 'r')
        provider = text_is(row->use, "enc") ? "rsa-enc-generated" : "rsa-generated";
    ost_json_open_object(w);
    ost_json_member_text(w, "id", uuid_text(context, arena));
    ost_json_member_string(
        w, "name",
        ost_arena_format(arena, "fallback-%.*s", (int)row->algorithm.len, row->algorithm.data));
    ost_json_member_string(w, "providerId", provider);
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    key_setting_put(w, "priority", OST_TEXT("-100"));
    key_setting_put(w, "algorithm", row->algorithm);
    ost_json_close_object(w);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &row->component);
}

ost_result key_components_fall_back(store_key *rows, size_t count, const ost_context *context,
                                    ost_arena *arena)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = fall_back(&rows[i], context, arena);
    return result;
}
