/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as components; see key_component.h. */
#include "provider/file/key_component.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/member/import_report.h"
#include "provider/member/masked.h"
#include "provider/pkcs11/pkcs11_row.h"
#include "provider/realm/realm_key.h"

#define MAX_KEYS 64 /* of a file */

/* How a provider of keys calls what it holds. */
typedef struct provider_kind {
    const char *id, *private_key; /* the setting with the private key; NULL: a secret */
    const char *use, *algorithm;  /* unless it says otherwise */
} provider_kind;
static const provider_kind kinds[] = {
    {"rsa", "privateKey", "sig", "RS256"},
    {"rsa-generated", "privateKey", "sig", "RS256"},
    {"rsa-enc", "privateKey", "enc", "RSA-OAEP"},
    {"rsa-enc-generated", "privateKey", "enc", "RSA-OAEP"},
    {"ecdsa-generated", "ecdsaPrivateKey", "sig", NULL},
    {"eddsa-generated", "eddsaPrivateKey", "sig", "EdDSA"},
    {"hmac-generated", NULL, "sig", "HS256"},
};

static const provider_kind *kind_of(const ost_json *component)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (ost_json_equals(ost_json_get(component, "providerId"), text_of(kinds[i].id)))
            return &kinds[i];
    }
    return NULL;
}

/* A setting is a list of one. */
static ost_text setting(const ost_json *component, const char *name)
{
    ost_text text = {0};
    const ost_json *list = ost_json_get(ost_json_get(component, "config"), name);
    (void)!ost_json_text(ost_json_first(list), &text);
    return text;
}

static ost_text algorithm_of(const ost_json *component, const provider_kind *kind)
{
    static const char *const curves[][2] = {
        {"P-256", "ES256"}, {"P-384", "ES384"}, {"P-521", "ES512"}};
    ost_text named = setting(component, "algorithm");
    ost_text curve = setting(component, "ecdsaEllipticCurveKey");
    if (named.len > 0)
        return named;
    if (kind->algorithm != NULL)
        return text_of(kind->algorithm);
    for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
        if (text_is(curve, curves[i][0]))
            return text_of(curves[i][1]);
    }
    return OST_TEXT("ES256");
}

/* Secrets for tokens that only the provider reads are of one algorithm here. */
bool key_component_is_key(const ost_json *component)
{
    const provider_kind *kind = kind_of(component);
    return kind != NULL &&
           (kind->private_key != NULL || text_is(algorithm_of(component, kind), "HS512"));
}

/* ---- reading ---- */

typedef struct found_key {
    store_key row;
    int64_t priority;
} found_key;

static int64_t priority_of(const ost_json *component)
{
    ost_text text = setting(component, "priority");
    uint64_t number;
    return text_to_unsigned(text, (uint64_t)1 << 40, &number) ? (int64_t)number : 0;
}

static ost_result decode(ost_text encoded, ost_arena *arena, ost_text *ret_der)
{
    size_t len;
    unsigned char *der = ost_arena_alloc(arena, encoded.len + 1);
    if (der == NULL)
        return OST_E_MEMORY;
    ost_result result = base64_decode(encoded, der, &len);
    if (result == OST_OK)
        *ret_der = (ost_text){(const char *)der, len};
    return result;
}

static ost_result read_pair(const ost_json *component, const provider_kind *kind, store_key *row,
                            const ost_context *context, ost_arena *arena)
{
    ost_text der, certificate = setting(component, "certificate");
    ost_key *key = NULL;
    ost_result result = decode(setting(component, kind->private_key), arena, &der);
    if (result == OST_OK)
        result = ost_key_import_der(der, ost_alg_of(row->algorithm), NULL, &key, NULL);
    if (result == OST_OK)
        result = realm_key_of(key, setting(component, "kid"), context, arena, row);
    if (result == OST_OK && certificate.len > 0 && decode(certificate, arena, &der) == OST_OK)
        result = base64url_encode_to(arena, der, &row->certificate);
    ost_key_unref(key);
    return result;
}

static ost_result read_secret(const ost_json *component, store_key *row, ost_arena *arena)
{
    ost_text secret = setting(component, "secret"), kid = setting(component, "kid"), bytes;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    /* Keycloak pads its base64url. */
    while (secret.len > 0 && secret.data[secret.len - 1] == '=')
        secret.len--;
    if (base64url_decode_to(arena, secret, &bytes) != OST_OK || bytes.len < 64 || kid.len == 0)
        return OST_E_KEY_WEAK;
    row->kid = kid;
    ost_json_open_object(w);
    ost_json_member_text(w, "kid", kid);
    ost_json_member_string(w, "kty", "oct");
    ost_json_member_text(w, "alg", row->algorithm);
    ost_json_member_text(w, "k", secret);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &row->jwk);
}

static bool is_masked(ost_text text)
{
    return text.len == 0 || text_is(text, MASK);
}

static ost_result read_key(const ost_json *component, ost_text realm, const ost_context *context,
                           ost_arena *arena, found_key *ret_key, bool *ret_found)
{
    const provider_kind *kind = kind_of(component);
    const char *part = kind->private_key != NULL ? kind->private_key : "secret";
    ost_text use = setting(component, "keyUse");
    found_key found = {.priority = priority_of(component)};
    *ret_found = false;
    if (is_masked(setting(component, part)) || text_is(setting(component, "enabled"), "false"))
        return OST_OK;
    found.row = (store_key){
        .realm = realm,
        .algorithm = algorithm_of(component, kind),
        .use = text_of(text_equal_ignoring_case(use, OST_TEXT("enc")) ? "enc" : kind->use),
        .state =
            text_is(setting(component, "active"), "false") ? STORE_KEY_PASSIVE : STORE_KEY_ACTIVE,
        .created = ost_now(context),
    };
    ost_result result = kind->private_key != NULL
                            ? read_pair(component, kind, &found.row, context, arena)
                            : read_secret(component, &found.row, arena);
    if (result != OST_OK)
        return result;
    *ret_found = true;
    *ret_key = found;
    return OST_OK;
}

static int by_priority(const void *a, const void *b)
{
    const found_key *one = a, *other = b;
    return (one->priority < other->priority) - (one->priority > other->priority);
}

/* One key signs for each algorithm; the others go on being published. */
static void choose_signers(found_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i && keys[i].row.state == STORE_KEY_ACTIVE; k++) {
            if (keys[k].row.state == STORE_KEY_ACTIVE &&
                text_equal(keys[k].row.algorithm, keys[i].row.algorithm) &&
                text_equal(keys[k].row.use, keys[i].row.use))
                keys[i].row.state = STORE_KEY_PASSIVE;
        }
    }
}

/* Whoever reads the key set with go-jose 4.1 loses all keys over one of a kind that it does not
 * know. */
static bool warn_of_rare(const found_key *key, size_t index, import_report *report)
{
    char path[80];
    const ost_json *jwk;
    if (report == NULL || !text_is(key->row.use, "sig") ||
        ost_json_read(key->row.jwk, NULL, report->arena, &jwk, NULL) != OST_OK ||
        (!ost_json_equals(ost_json_get(jwk, "crv"), OST_TEXT("Ed448")) &&
         !ost_json_equals(ost_json_get(jwk, "crv"), OST_TEXT("secp256k1"))))
        return true;
    snprintf(path, sizeof path, "components." KEY_PROVIDER "[%zu]", index);
    return import_report_warn(report, path,
                              "the key is published, and libraries that do not know its curve "
                              "(go-jose 4.1) lose the whole key set over it");
}

static ost_result read_keys(const ost_json *list, ost_text realm, const ost_context *context,
                            ost_arena *arena, import_report *report, found_key *keys, size_t *count,
                            ost_error *error)
{
    size_t index = 0;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at), index++) {
        bool found;
        if (!key_component_is_key(at))
            continue;
        if (*count == MAX_KEYS)
            return ost_error_set(error, OST_E_CEILING,
                                 "components." KEY_PROVIDER ": more than %d keys", MAX_KEYS);
        ost_result result = read_key(at, realm, context, arena, &keys[*count], &found);
        if (result != OST_OK)
            return ost_error_set(error, OST_E_FORMAT,
                                 "components." KEY_PROVIDER "[%zu]: the key cannot be used: %s",
                                 index, ost_result_sentence(result));
        if (found && !warn_of_rare(&keys[*count], index, report))
            return ost_error_set(error, OST_E_MEMORY, "out of memory");
        *count += found;
    }
    return OST_OK;
}

ost_result key_components_read(const ost_json *components, ost_text realm,
                               const ost_context *context, ost_arena *arena, import_report *report,
                               store_key **ret_keys, size_t *ret_count, ost_error *error)
{
    size_t count = 0;
    found_key *found = ost_arena_alloc(arena, MAX_KEYS * sizeof *found);
    store_key *keys = ost_arena_alloc(arena, MAX_KEYS * sizeof *keys);
    if (found == NULL || keys == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = read_keys(ost_json_get(components, KEY_PROVIDER), realm, context, arena,
                                  report, found, &count, error);
    if (result != OST_OK)
        return result;
    qsort(found, count, sizeof *found, by_priority);
    choose_signers(found, count);
    for (size_t i = 0; i < count; i++)
        keys[i] = found[i].row;
    *ret_keys = keys;
    *ret_count = count;
    return OST_OK;
}

/* ---- writing ---- */

static void put_setting(ost_json_writer *w, const char *name, ost_text value)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    ost_json_put_text(w, value);
    ost_json_close_array(w);
}

static ost_result put_base64(ost_json_writer *w, const char *name, ost_text der, ost_arena *arena)
{
    ost_text text;
    ost_result result = base64_encode_to(arena, der, &text);
    if (result == OST_OK)
        put_setting(w, name, text);
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
        put_setting(w, n[2], text_of(curve));
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
    put_setting(w, "kid", row->kid);
    put_setting(w, "secret", secret);
    return result;
}

static const char *provider_of(const store_key *row, const ost_json *jwk)
{
    if (text_starts(row->algorithm, "HS"))
        return "hmac-generated";
    if (ost_json_equals(ost_json_get(jwk, "kty"), OST_TEXT("EC")))
        return "ecdsa-generated";
    if (ost_json_equals(ost_json_get(jwk, "kty"), OST_TEXT("OKP")))
        return "eddsa-generated";
    return text_is(row->use, "enc") ? "rsa-enc" : "rsa";
}

static ost_result put_key(const store_key *row, ost_json_writer *w, ost_arena *arena)
{
    const ost_json *jwk;
    ost_text curve = {0};
    ost_result result = ost_json_read(row->jwk, NULL, arena, &jwk, NULL);
    if (result != OST_OK)
        return result;
    const char *provider = provider_of(row, jwk);
    bool signs = row->state == STORE_KEY_ACTIVE;
    (void)!ost_json_text(ost_json_get(jwk, "crv"), &curve);
    ost_json_open_object(w);
    ost_json_member_string(w, "name",
                           ost_arena_format(arena, "%s-%.*s", provider,
                                            (int)(row->kid.len < 8 ? row->kid.len : 8),
                                            row->kid.data));
    ost_json_member_string(w, "providerId", provider);
    ost_json_put_name(w, OST_TEXT("subComponents"));
    ost_json_open_object(w);
    ost_json_close_object(w);
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    put_setting(w, "algorithm", row->algorithm);
    put_setting(w, "enabled", OST_TEXT("true"));
    put_setting(w, "active", text_of(signs ? "true" : "false"));
    put_setting(w, "priority", text_of(signs ? "100" : "50"));
    result = provider[0] == 'h' ? put_secret(row, w, arena)
                                : put_pair(row, provider, ost_arena_copy(arena, curve), w, arena);
    ost_json_close_object(w);
    ost_json_close_object(w);
    return result;
}

ost_result key_components_write(const store_key *keys, size_t count, ost_json_writer *w,
                                ost_arena *arena)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (!pkcs11_row_is(&keys[i]))
            result = put_key(&keys[i], w, arena);
    }
    return result;
}
