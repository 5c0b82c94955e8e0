/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of one-time passwords; see otp_credential.h. */
#include "provider/user/otp_credential.h"

#include "base/array.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/uuid.h"
#include "provider/user/credential_data.h"

#define PERIOD_MAX 86400
#define COUNTER_MAX ((uint64_t)1 << 53) /* what a JSON number holds */

static ost_text member_text(const ost_json *object, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(object, name), &text);
    return text;
}

static bool is_otp(const ost_json *credential)
{
    static const char *const types[] = {"otp", "totp", "hotp"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (ost_json_equals(ost_json_get(credential, "type"), text_of(types[i])))
            return true;
    }
    return false;
}

/* ---- reading ---- */

/* Numbers may be written as strings. */
static bool read_number(const ost_json *data, const char *name, int64_t *ret_number)
{
    uint64_t number;
    ost_text text;
    const ost_json *value = ost_json_get(data, name);
    if (ost_json_integer(value, ret_number))
        return true;
    if (!ost_json_text(value, &text) || !text_to_unsigned(text, COUNTER_MAX, &number))
        return false;
    *ret_number = (int64_t)number;
    return true;
}

static const char *const hash_names[] = {
    [CODE_SHA1] = "HmacSHA1", [CODE_SHA256] = "HmacSHA256", [CODE_SHA512] = "HmacSHA512"};

static bool read_hash(ost_text name, code_hash *ret_hash)
{
    for (size_t i = 0; i < ARRAY_LEN(hash_names); i++) {
        if (text_is(name, hash_names[i])) {
            *ret_hash = (code_hash)i;
            return true;
        }
    }
    return false;
}

/* The key is the text's bytes, unless it says that they are base32. */
static bool read_secret(const ost_json *data, ost_text value, ost_arena *arena, ost_text *ret)
{
    ost_text encoding = member_text(data, "secretEncoding");
    if (encoding.len > 0)
        return text_equal_ignoring_case(encoding, OST_TEXT("BASE32")) &&
               base32_decode_to(arena, value, ret) == OST_OK && ret->len > 0;
    *ret = value;
    return value.len > 0;
}

static bool read_data(const ost_json *data, ost_text kind, ost_text value, ost_arena *arena,
                      otp_credential *otp)
{
    int64_t counter = 0;
    otp->counted = text_is(kind, "hotp");
    otp->period = 1;
    (void)!read_number(data, "counter", &counter);
    otp->counter = counter < 0 ? 0 : (uint64_t)counter;
    return (otp->counted || text_is(kind, "totp")) && otp->counter < COUNTER_MAX &&
           read_hash(member_text(data, "algorithm"), &otp->key.hash) &&
           read_number(data, "digits", &otp->key.digits) && otp->key.digits >= CODE_DIGITS_MIN &&
           otp->key.digits <= CODE_DIGITS_MAX &&
           (otp->counted || (read_number(data, "period", &otp->period) && otp->period > 0 &&
                             otp->period <= PERIOD_MAX)) &&
           read_secret(data, value, arena, &otp->key.secret);
}

static bool read_one(const ost_json *credential, ost_arena *arena, otp_credential *otp)
{
    const ost_json *secret, *data;
    ost_text type = member_text(credential, "type");
    if (!text_is(type, "otp")) /* of before Keycloak 8 */
        return read_data(credential, type, member_text(credential, "hashedSaltedValue"), arena,
                         otp);
    return credential_read(credential, "secretData", arena, &secret) &&
           credential_read(credential, "credentialData", arena, &data) &&
           read_data(data, member_text(data, "subType"), member_text(secret, "value"), arena, otp);
}

/* As the admin API has it. */
static ost_text id_of(const ost_json *credential, size_t index, ost_text user_id, ost_arena *arena)
{
    ost_text own = member_text(credential, "id");
    const char *place = own.len == 0 ? ost_arena_format(arena, "credential %zu", index) : NULL;
    return place != NULL ? uuid_of_name(user_id, text_of(place), arena) : own;
}

ost_result credentials_name(const ost_json *user, ost_text user_id, ost_arena *arena,
                            const ost_json **ret_list)
{
    const ost_json *list, *named;
    size_t index = 0;
    ost_result result = ost_json_read(OST_TEXT("[]"), NULL, arena, &list, NULL);
    for (const ost_json *at = ost_json_first(ost_json_get(user, "credentials"));
         at != NULL && result == OST_OK; at = ost_json_next(at), index++) {
        ost_text id = id_of(at, index, user_id, arena);
        named = at;
        if (id.len == 0)
            return OST_E_MEMORY;
        if (member_text(at, "id").len == 0)
            result = document_put_text(at, "id", id, arena, &named);
        if (result == OST_OK)
            result = document_append(list, named, arena, &list);
    }
    if (result == OST_OK)
        *ret_list = list;
    return result;
}

ost_result otp_credentials_read(const ost_json *user, ost_text user_id, ost_arena *arena,
                                otp_credential **ret_list, size_t *ret_count)
{
    const ost_json *list = ost_json_get(user, "credentials");
    size_t index = 0, count = 0;
    otp_credential *all = ost_arena_alloc(arena, (ost_json_count(list) + 1) * sizeof *all);
    if (all == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at), index++) {
        if (!is_otp(at))
            continue;
        otp_credential *otp = &all[count++];
        *otp = (otp_credential){.credential = at, .label = member_text(at, "userLabel")};
        otp->id = id_of(at, index, user_id, arena);
        if (otp->id.len == 0)
            return OST_E_MEMORY;
        otp->readable = read_one(at, arena, otp);
    }
    *ret_list = all;
    *ret_count = count;
    return OST_OK;
}

bool otp_credential_is_there(const ost_json *user)
{
    const ost_json *at = ost_json_first(ost_json_get(user, "credentials"));
    while (at != NULL && !is_otp(at))
        at = ost_json_next(at);
    return at != NULL;
}

/* ---- adding ---- */

static ost_result write_data(const otp_device *d, ost_arena *arena, ost_text *ret_data)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "subType", d->policy->counted ? "hotp" : "totp");
    ost_json_member_integer(w, "digits", d->policy->digits);
    ost_json_member_integer(w, "counter", (int64_t)d->counter);
    ost_json_member_integer(w, "period", d->policy->period);
    ost_json_member_string(w, "algorithm", hash_names[d->policy->hash]);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_data);
}

static ost_result write_secret(const otp_device *d, ost_arena *arena, ost_text *ret_secret)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "value", d->key);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_secret);
}

ost_result otp_credential_add(const ost_json *user, const otp_device *d, ost_arena *arena,
                              const ost_json **ret_user)
{
    const ost_json *made;
    ost_text data, secret;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result = w != NULL ? write_data(d, arena, &data) : OST_E_MEMORY;
    if (result == OST_OK)
        result = write_secret(d, arena, &secret);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", d->id);
    ost_json_member_string(w, "type", "otp");
    if (d->label.len > 0)
        ost_json_member_text(w, "userLabel", d->label);
    ost_json_member_integer(w, "createdDate", d->now_ms);
    ost_json_member_text(w, "secretData", secret);
    ost_json_member_text(w, "credentialData", data);
    ost_json_close_object(w);
    result = json_writer_read(w, NULL, &made, NULL);
    return result == OST_OK ? credential_add(user, made, arena, ret_user) : result;
}

/* ---- counting on ---- */

static ost_result with_inner_counter(const ost_json *credential, uint64_t counter, ost_arena *arena,
                                     const ost_json **ret_credential)
{
    const ost_json *data;
    if (!credential_read(credential, "credentialData", arena, &data))
        return OST_E_FORMAT;
    ost_result result = document_put_integer(data, "counter", (int64_t)counter, arena, &data);
    return result == OST_OK ? document_put_text(credential, "credentialData", ost_json_source(data),
                                                arena, ret_credential)
                            : result;
}

ost_result otp_credential_count_on(const ost_json *user, const otp_credential *otp,
                                   uint64_t counter, ost_arena *arena, const ost_json **ret_user)
{
    const ost_json *list, *changed;
    bool flat = !ost_json_equals(ost_json_get(otp->credential, "type"), OST_TEXT("otp"));
    ost_result result =
        flat ? document_put_integer(otp->credential, "counter", (int64_t)counter, arena, &changed)
             : with_inner_counter(otp->credential, counter, arena, &changed);
    if (result == OST_OK)
        result = document_replace(ost_json_get(user, "credentials"), otp->credential, changed,
                                  arena, &list);
    return result == OST_OK ? document_put(user, OST_TEXT("credentials"), list, arena, ret_user)
                            : result;
}
