/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of security keys; see key_credential.h. */
#include "provider/user/key_credential.h"

#include "base/array.h"
#include "base/base64url.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/user/credential_data.h"
#include "provider/user/otp_credential.h"

#define BYTES_MAX 4096

static ost_text member_text(const ost_json *object, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(object, name), &text);
    return text;
}

const char *key_credential_type(webauthn_use use)
{
    return use == WEBAUTHN_PASSWORDLESS ? "webauthn-passwordless" : "webauthn";
}

/* ---- reading ---- */

/* Either alphabet, padded or not: Keycloak writes the one, and reads both. */
static bool read_bytes(ost_text text, ost_arena *arena, ost_text *ret_bytes)
{
    while (text_ends(text, "="))
        text.len--;
    char *plain = ost_arena_copy(arena, text);
    if (plain == NULL || text.len > BYTES_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++)
        plain[i] = plain[i] == '+' ? '-' : plain[i] == '/' ? '_' : plain[i];
    return base64url_decode_to(arena, (ost_text){plain, text.len}, ret_bytes) == OST_OK &&
           ret_bytes->len > 0;
}

static bool read_one(const ost_json *credential, ost_arena *arena, key_credential *key)
{
    const ost_json *data;
    int64_t counter = 0;
    if (!credential_read(credential, "credentialData", arena, &data))
        return false;
    const ost_json *count = ost_json_get(data, "counter");
    key->model = member_text(data, "aaguid");
    if (count != NULL && !ost_json_is(count, OST_JSON_NULL) &&
        (!ost_json_integer(count, &counter) || counter < 0))
        return false;
    key->counter = (uint64_t)counter;
    return read_bytes(member_text(data, "credentialId"), arena, &key->key_id) &&
           read_bytes(member_text(data, "credentialPublicKey"), arena, &key->public_key);
}

ost_result key_credentials_read(const ost_json *user, ost_text user_id, webauthn_use use,
                                ost_arena *arena, key_credential **ret_list, size_t *ret_count)
{
    const ost_json *list;
    size_t count = 0;
    ost_result result = credentials_name(user, user_id, arena, &list);
    if (result != OST_OK)
        return result;
    key_credential *all = ost_arena_alloc(arena, (ost_json_count(list) + 1) * sizeof *all);
    if (all == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!credential_is(at, key_credential_type(use)))
            continue;
        key_credential *key = &all[count++];
        *key = (key_credential){.list = list,
                                .credential = at,
                                .id = member_text(at, "id"),
                                .label = member_text(at, "userLabel")};
        key->readable = read_one(at, arena, key);
    }
    *ret_list = all;
    *ret_count = count;
    return OST_OK;
}

/* ---- adding ---- */

ost_result key_model_text(ost_text aaguid, ost_arena *arena, ost_text *ret_text)
{
    const unsigned char *b = text_bytes(aaguid);
    if (aaguid.len != AAGUID_SIZE)
        return OST_E_ARGUMENT;
    const char *text = ost_arena_format(
        arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
        b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    *ret_text = text_of(text);
    return text != NULL ? OST_OK : OST_E_MEMORY;
}

/* What browsers tell is not proved: words that are known, in their order. */
static void put_transports(ost_json_writer *w, ost_text told)
{
    static const char *const known[] = {"usb",    "nfc",      "ble", "smart-card",
                                        "hybrid", "internal", NULL};
    ost_text rest = told, word;
    ost_json_put_name(w, OST_TEXT("transports"));
    ost_json_open_array(w);
    for (size_t i = 0; i + 1 < ARRAY_LEN(known) && text_next(&rest, ',', &word); i++) {
        if (text_is_one_of(word, known))
            ost_json_put_text(w, word);
    }
    ost_json_close_array(w);
}

static ost_result write_data(const key_device *d, ost_arena *arena, ost_text *ret_data)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_text model, id, public_key;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_result result = key_model_text(d->made.aaguid, arena, &model);
    if (result == OST_OK)
        result = base64_encode_to(arena, d->made.id, &id);
    if (result == OST_OK)
        result = base64url_encode_to(arena, d->made.public_key, &public_key);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "aaguid", model);
    ost_json_member_text(w, "credentialId", id);
    ost_json_member_integer(w, "counter", d->made.counter);
    ost_json_member_text(w, "credentialPublicKey", public_key);
    ost_json_member_text(w, "attestationStatementFormat", d->made.format);
    put_transports(w, d->transports);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_data);
}

ost_result key_credential_add(const ost_json *user, const key_device *d, ost_arena *arena,
                              const ost_json **ret_user)
{
    const ost_json *made;
    ost_text data;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result = w != NULL ? write_data(d, arena, &data) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", d->id);
    ost_json_member_string(w, "type", key_credential_type(d->use));
    if (d->label.len > 0)
        ost_json_member_text(w, "userLabel", d->label);
    ost_json_member_integer(w, "createdDate", d->now_ms);
    ost_json_member_string(w, "secretData", "{}");
    ost_json_member_text(w, "credentialData", data);
    ost_json_close_object(w);
    result = json_writer_read(w, NULL, &made, NULL);
    return result == OST_OK ? credential_add(user, made, arena, ret_user) : result;
}

/* ---- counting on ---- */

ost_result key_credential_count_on(const ost_json *user, const key_credential *key,
                                   uint64_t counter, ost_arena *arena, const ost_json **ret_user)
{
    const char *text = ost_arena_format(arena, "%llu", (unsigned long long)counter);
    const ost_json *number, *data, *changed, *list;
    if (text == NULL)
        return OST_E_MEMORY;
    if (!credential_read(key->credential, "credentialData", arena, &data))
        return OST_E_FORMAT;
    ost_result result = ost_json_read(text_of(text), NULL, arena, &number, NULL);
    if (result == OST_OK)
        result = document_put(data, OST_TEXT("counter"), number, arena, &data);
    if (result == OST_OK)
        result = document_put_text(key->credential, "credentialData", ost_json_source(data), arena,
                                   &changed);
    if (result == OST_OK)
        result = document_replace(key->list, key->credential, changed, arena, &list);
    return result == OST_OK ? document_put(user, OST_TEXT("credentials"), list, arena, ret_user)
                            : result;
}
