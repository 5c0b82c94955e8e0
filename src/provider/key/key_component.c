/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as components; see key_component.h. */
#include "provider/key/key_component.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/key/key_kind.h"
#include "provider/key/key_setting.h"
#include "provider/member/import_report.h"
#include "provider/member/masked.h"
#include "provider/realm/realm_key.h"
#include "provider/realm/uuid.h"

#define MAX_KEYS 64 /* of a file */

/* How a provider of keys calls what it holds. */
typedef struct provider_kind {
    const char *id, *private_key; /* the setting with the private part */
    bool secret;
} provider_kind;
static const provider_kind kinds[] = {
    {"rsa", "privateKey", false},
    {"rsa-generated", "privateKey", false},
    {"rsa-enc", "privateKey", false},
    {"rsa-enc-generated", "privateKey", false},
    {"ecdsa-generated", "ecdsaPrivateKey", false},
    {"eddsa-generated", "eddsaPrivateKey", false},
    {"hmac-generated", "secret", true},
    {"aes-generated", "secret", true},
};

/* NULL: of a provider, or for an algorithm, that is not there. */
static const provider_kind *kind_of(const ost_json *component)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        ost_text id = text_of(kinds[i].id);
        if (ost_json_equals(ost_json_get(component, "providerId"), id))
            return key_kind_serves(id, ost_json_get(component, "config")) ? &kinds[i] : NULL;
    }
    return NULL;
}

/* A setting is a list of one. */
static ost_text setting(const ost_json *component, const char *name)
{
    return key_setting(ost_json_get(component, "config"), name);
}

bool key_component_is_key(const ost_json *component)
{
    return kind_of(component) != NULL;
}

/* ---- reading ---- */

typedef struct found_key {
    store_key row;
    int64_t priority;
    ost_text id; /* of its component; empty where the file tells none */
    size_t index;
} found_key;

/* What components are read for. */
typedef struct key_reading {
    ost_text realm;
    const store_key *stored;
    size_t stored_count;
    const ost_context *context;
    ost_arena *arena;
    import_report *report;
    ost_error *error;
} key_reading;

/* Keycloak keeps what was typed, which may be PEM, in one line or in many: without what stands
 * between dashes, and without blanks, it is base64. */
static size_t strip_pem(ost_text text, char *ret_base64)
{
    size_t len = 0;
    bool label = false;
    for (size_t i = 0; i < text.len; i++) {
        bool dashes = text_starts(text_slice(text, i, 5), "-----");
        label = label != dashes;
        i += dashes ? 4 : 0;
        if (!dashes && !label && strchr(" \t\r\n", text.data[i]) == NULL)
            ret_base64[len++] = text.data[i];
    }
    return len;
}

static ost_result decode(ost_text encoded, ost_arena *arena, ost_text *ret_der)
{
    size_t len;
    unsigned char *der = ost_arena_alloc(arena, encoded.len + 1);
    char *base64 = ost_arena_alloc(arena, encoded.len + 1);
    if (der == NULL || base64 == NULL)
        return OST_E_MEMORY;
    ost_text bare = {base64, strip_pem(encoded, base64)};
    ost_result result = base64_decode(bare, der, &len);
    if (result == OST_OK)
        *ret_der = (ost_text){(const char *)der, len};
    return result;
}

/* A row that is stored can be read at every start. */
static ost_result check_row(const store_key *row)
{
    ost_key *key = NULL;
    ost_result result = ost_key_import_jwk(row->jwk, &key, NULL);
    ost_key_unref(key);
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
    if (result == OST_OK)
        result = check_row(row);
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
    /* Refresh tokens are of HS512; the others sign and encrypt nothing here. */
    size_t least = text_is(row->algorithm, "HS512") ? 64 : 16;
    if (base64url_decode_to(arena, secret, &bytes) != OST_OK || bytes.len < least || kid.len == 0)
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

/* The component as the row keeps it: what is private is in the row alone. */
static ost_result write_component(const ost_json *component, const provider_kind *kind,
                                  const key_reading *r, store_key *row)
{
    ost_text id = {0}, name = text_of(kind->id);
    ost_json_writer *w = ost_json_writer_new(r->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!ost_json_text(ost_json_get(component, "id"), &id))
        id = uuid_text(r->context, r->arena);
    (void)!ost_json_text(ost_json_get(component, "name"), &name);
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_text(w, "name", name);
    ost_json_member_string(w, "providerId", kind->id);
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(ost_json_get(component, "config")); at != NULL;
         at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), kind->private_key))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_close_object(w);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &row->component);
}

/* Whether the stored key is the one that the component, which brings none, has made before. */
static bool stands_for(const store_key *stored, const ost_json *component, const key_reading *r)
{
    static const char *const names[] = {"name", "providerId"};
    const ost_json *own;
    ost_text kind = {0}, algorithm, one, other;
    const char *use;
    (void)!ost_json_text(ost_json_get(component, "providerId"), &kind);
    key_kind_purpose(kind, ost_json_get(component, "config"), &algorithm, &use);
    if (!text_equal(stored->algorithm, algorithm) || !text_is(stored->use, use))
        return false;
    if (stored->component.len == 0)
        return true;
    if (ost_json_read(stored->component, NULL, r->arena, &own, NULL) != OST_OK)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!ost_json_text(ost_json_get(component, names[i]), &one) ||
            !ost_json_text(ost_json_get(own, names[i]), &other) || !text_equal(one, other))
            return false;
    }
    return true;
}

/* Of a component that brings no key: a new one, as its settings say. */
static ost_result make_key(const ost_json *component, const provider_kind *kind,
                           const key_reading *r, found_key *found, bool *ret_found)
{
    const ost_json *config = ost_json_get(component, "config");
    *ret_found = false;
    for (size_t i = 0; i < r->stored_count; i++) {
        if (stands_for(&r->stored[i], component, r))
            return OST_OK;
    }
    ost_result result = key_kind_check(text_of(kind->id), config, NULL, r->error);
    if (result == OST_OK)
        result = key_kind_make(text_of(kind->id), config, r->realm, r->context, r->arena,
                               &found->row, r->error);
    *ret_found = result == OST_OK;
    return result;
}

static ost_result bring_key(const ost_json *component, const provider_kind *kind,
                            const key_reading *r, found_key *found)
{
    const char *use = "";
    found->row = (store_key){.realm = r->realm, .created = ost_now(r->context)};
    key_kind_purpose(text_of(kind->id), ost_json_get(component, "config"), &found->row.algorithm,
                     &use);
    found->row.use = text_of(use);
    return kind->secret ? read_secret(component, &found->row, r->arena)
                        : read_pair(component, kind, &found->row, r->context, r->arena);
}

/* Nothing is found where an export has masked the key. */
static ost_result read_key(const ost_json *component, const key_reading *r, found_key *ret_key,
                           bool *ret_found)
{
    const provider_kind *kind = kind_of(component);
    found_key found = {0};
    bool here = true;
    *ret_found = false;
    if (kind == NULL)
        return OST_OK;
    ost_text material = setting(component, kind->private_key);
    if (text_is(material, MASK))
        return OST_OK;
    ost_result result = material.len == 0 ? make_key(component, kind, r, &found, &here)
                                          : bring_key(component, kind, r, &found);
    if (result != OST_OK || !here)
        return result;
    found.priority = key_setting_priority(setting(component, "priority"));
    if (!ost_json_text(ost_json_get(component, "id"), &found.id))
        found.id = (ost_text){0};
    found.row.state = !key_setting_is_on(setting(component, "enabled"))  ? STORE_KEY_DISABLED
                      : !key_setting_is_on(setting(component, "active")) ? STORE_KEY_PASSIVE
                                                                         : STORE_KEY_ACTIVE;
    result = write_component(component, kind, r, &found.row);
    if (result != OST_OK)
        return result;
    *ret_found = true;
    *ret_key = found;
    return OST_OK;
}

/* Of one priority, the lower ID first, as in Keycloak; without IDs, as in the file. */
static int by_priority(const void *a, const void *b)
{
    const found_key *one = a, *other = b;
    int order = (one->priority < other->priority) - (one->priority > other->priority);
    if (order == 0)
        order = text_compare(one->id, other->id);
    return order != 0 ? order : (one->index > other->index) - (one->index < other->index);
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

/* Why a key is told: there are libraries that lose all keys of the set over it, where RFC 7517 §5
 * would have them pass it by. NULL for the others. */
static const char *loses_the_set(const ost_json *jwk)
{
    const ost_json *curve = ost_json_get(jwk, "crv");
    if (ost_json_equals(curve, OST_TEXT("Ed448")) || ost_json_equals(curve, OST_TEXT("secp256k1")))
        return "the key is published, and libraries that do not know its curve "
               "(go-jose 4.1, Rust's jsonwebtoken) lose the whole key set over it";
    if (ost_json_equals(curve, OST_TEXT("P-521")))
        return "the key is published, and libraries that do not know its algorithm "
               "(Rust's jsonwebtoken 9) lose the whole key set over it";
    return NULL;
}

static bool warn_of_rare(const found_key *key, size_t index, import_report *report)
{
    char path[80];
    const ost_json *jwk;
    if (report == NULL || !text_is(key->row.use, "sig") ||
        ost_json_read(key->row.jwk, NULL, report->arena, &jwk, NULL) != OST_OK)
        return true;
    const char *why = loses_the_set(jwk);
    if (why == NULL)
        return true;
    snprintf(path, sizeof path, "components." KEY_PROVIDER "[%zu]", index);
    return import_report_warn(report, path, why);
}

/* What makes no key here, though a file has it. */
static bool warn_of_none(const ost_json *component, size_t index, import_report *report)
{
    char path[80];
    const provider_kind *kind = kind_of(component);
    const char *why = kind == NULL ? "there are no keys of such a provider or algorithm here: it "
                                     "is kept, and makes none"
                      : text_is(setting(component, kind->private_key), MASK)
                          ? "the key is masked in the file: a new one takes its place"
                          : NULL;
    if (report == NULL || why == NULL)
        return true;
    snprintf(path, sizeof path, "components." KEY_PROVIDER "[%zu]", index);
    return import_report_warn(report, path, why);
}

static ost_result component_refuse(ost_error *error, const char *path, ost_result result)
{
    ost_error why = *error;
    return ost_error_set(error, result == OST_E_MEMORY ? result : OST_E_FORMAT,
                         "%s: the key cannot be used: %s", path,
                         why.detail[0] != '\0' ? why.detail : ost_result_sentence(result));
}

static ost_result read_keys(const ost_json *list, const key_reading *r, found_key *keys,
                            size_t *count)
{
    size_t index = 0;
    char path[80];
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at), index++) {
        bool found;
        if (!warn_of_none(at, index, r->report))
            return ost_error_set(r->error, OST_E_MEMORY, "out of memory");
        if (!key_component_is_key(at))
            continue;
        if (*count == MAX_KEYS)
            return ost_error_set(r->error, OST_E_CEILING,
                                 "components." KEY_PROVIDER ": more than %d keys", MAX_KEYS);
        ost_result result = read_key(at, r, &keys[*count], &found);
        snprintf(path, sizeof path, "components." KEY_PROVIDER "[%zu]", index);
        if (result != OST_OK)
            return component_refuse(r->error, path, result);
        keys[*count].index = index;
        if (found && !warn_of_rare(&keys[*count], index, r->report))
            return ost_error_set(r->error, OST_E_MEMORY, "out of memory");
        *count += found;
    }
    return OST_OK;
}

/* The realm's own pair, the layout of before Keycloak 2, as a component. */
static ost_result old_pair(const ost_json *file, ost_arena *arena, const ost_json **ret_list)
{
    static const char *const members[] = {"privateKey", "certificate"};
    ost_text value;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    ost_json_open_object(w);
    ost_json_member_string(w, "name", "rsa");
    ost_json_member_string(w, "providerId", "rsa");
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (!ost_json_text(ost_json_get(file, members[i]), &value) || value.len == 0)
            continue;
        ost_json_put_name(w, text_of(members[i]));
        ost_json_open_array(w);
        ost_json_put_text(w, value);
        ost_json_close_array(w);
    }
    ost_json_put_name(w, OST_TEXT("priority"));
    ost_json_open_array(w);
    ost_json_put_text(w, OST_TEXT("100"));
    ost_json_close_array(w);
    ost_json_close_object(w);
    ost_json_close_object(w);
    ost_json_close_array(w);
    return json_writer_read(w, NULL, ret_list, NULL);
}

/* Keycloak's old examples have one of 1024 bits: a new one takes its place. */
static ost_result read_old_pair(const ost_json *file, const key_reading *r, found_key *key,
                                size_t *count)
{
    const ost_json *list;
    bool found = false;
    ost_result result = old_pair(file, r->arena, &list);
    if (result == OST_OK)
        result = read_key(ost_json_first(list), r, key, &found);
    if (result == OST_E_KEY_WEAK && r->report != NULL) {
        *r->error = (ost_error){0};
        return import_report_warn(r->report, "privateKey",
                                  "the key is too weak: it is left out, and a new one signs")
                   ? OST_OK
                   : ost_error_set(r->error, OST_E_MEMORY, "out of memory");
    }
    *count = found;
    return result != OST_OK ? component_refuse(r->error, "privateKey", result) : OST_OK;
}

static ost_result read_all(const ost_json *file, const key_reading *r, found_key *keys,
                           size_t *count)
{
    const ost_json *list = ost_json_get(ost_json_get(file, "components"), KEY_PROVIDER);
    ost_text value;
    if (ost_json_count(list) == 0 && ost_json_text(ost_json_get(file, "privateKey"), &value) &&
        value.len > 0)
        return read_old_pair(file, r, keys, count);
    return read_keys(list, r, keys, count);
}

ost_result key_components_read(const ost_json *file, ost_text realm, const store_key *stored,
                               size_t stored_count, const ost_context *context, ost_arena *arena,
                               import_report *report, store_key **ret_keys, size_t *ret_count,
                               ost_error *error)
{
    const key_reading r = {realm, stored, stored_count, context, arena, report, error};
    size_t count = 0;
    found_key *found = ost_arena_alloc(arena, MAX_KEYS * sizeof *found);
    store_key *keys = ost_arena_alloc(arena, MAX_KEYS * sizeof *keys);
    if (found == NULL || keys == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = read_all(file, &r, found, &count);
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
