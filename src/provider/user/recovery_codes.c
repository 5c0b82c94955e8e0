/* SPDX-License-Identifier: Apache-2.0 */
/* Recovery codes; see recovery_codes.h. */
#include "provider/user/recovery_codes.h"

#include <openssl/evp.h>

#include "base/base64url.h"
#include "base/context.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/user/credential_data.h"
#include "provider/user/otp_credential.h"

#define CODES_MAX 1000 /* of one credential of a file */
#define SHA512_LEN 64

/* One round of SHA-512, which is what Keycloak 24 calls by the other name: the codes are random. */
static bool is_known(const ost_json *data)
{
    const ost_json *name = ost_json_get(data, "algorithm");
    return name == NULL || ost_json_equals(name, OST_TEXT("SHA-512")) ||
           ost_json_equals(name, OST_TEXT("RS512"));
}

static ost_result hash_code(ost_text code, ost_arena *arena, ost_text *ret_hash)
{
    unsigned char hash[SHA512_LEN];
    size_t len = sizeof hash;
    if (EVP_Q_digest(NULL, "SHA512", NULL, code.data, code.len, hash, &len) != 1)
        return OST_E_CRYPTO;
    return base64_encode_to(arena, text_of_bytes(hash, len), ret_hash);
}

static const ost_json *codes_find(const ost_json *user)
{
    const ost_json *at = ost_json_first(ost_json_get(user, "credentials"));
    while (at != NULL && !credential_is(at, RECOVERY_TYPE))
        at = ost_json_next(at);
    return at;
}

/* ---- reading ---- */

static bool read_secret(const ost_json *credential, ost_arena *arena, recovery_codes *c)
{
    const ost_json *secret;
    if (!credential_read(credential, "secretData", arena, &secret))
        return false;
    const ost_json *list = ost_json_get(secret, "codes"), *first = ost_json_first(list);
    c->left = (int64_t)ost_json_count(list);
    return ost_json_is(list, OST_JSON_ARRAY) && c->left > 0 && c->left <= CODES_MAX &&
           ost_json_integer(ost_json_get(first, "number"), &c->number) &&
           ost_json_text(ost_json_get(first, "encodedHashedValue"), &c->hash) && c->hash.len > 0;
}

ost_result recovery_codes_read(const ost_json *user, ost_arena *arena, recovery_codes *ret_codes)
{
    const ost_json *data;
    recovery_codes c = {.credential = codes_find(user)};
    if (c.credential != NULL) {
        c.readable = read_secret(c.credential, arena, &c) &&
                     credential_read(c.credential, "credentialData", arena, &data) &&
                     is_known(data);
        c.total = c.left;
        if (c.readable)
            (void)!ost_json_integer(ost_json_get(data, "totalCodes"), &c.total);
    }
    *ret_codes = c;
    return OST_OK;
}

/* ---- using ---- */

static ost_result without_dashes(ost_text typed, ost_arena *arena, ost_text *ret_code)
{
    char *code = ost_arena_alloc(arena, typed.len + 1);
    size_t len = 0;
    if (code == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.data[i] != '-')
            code[len++] = typed.data[i];
    }
    *ret_code = (ost_text){code, len};
    return OST_OK;
}

/* The credential without its first code. */
static ost_result take_first(const recovery_codes *c, ost_arena *arena,
                             const ost_json **ret_credential)
{
    const ost_json *secret, *data, *list, *credential = c->credential;
    if (!credential_read(credential, "secretData", arena, &secret) ||
        !credential_read(credential, "credentialData", arena, &data))
        return OST_E_FORMAT;
    list = ost_json_get(secret, "codes");
    ost_result result = document_replace(list, ost_json_first(list), NULL, arena, &list);
    if (result == OST_OK)
        result = document_put(secret, OST_TEXT("codes"), list, arena, &secret);
    if (result == OST_OK)
        result = document_put_integer(data, "remainingCodes", c->left - 1, arena, &data);
    if (result == OST_OK)
        result = document_put_text(credential, "secretData", ost_json_source(secret), arena,
                                   &credential);
    return result == OST_OK ? document_put_text(credential, "credentialData", ost_json_source(data),
                                                arena, ret_credential)
                            : result;
}

/* All but the recovery codes, each with its id: those of places change with what goes. */
static ost_result list_others(const ost_json *user, ost_text user_id, ost_arena *arena,
                              const ost_json **ret_list)
{
    const ost_json *named, *list;
    ost_result result = credentials_name(user, user_id, arena, &named);
    if (result == OST_OK)
        result = ost_json_read(OST_TEXT("[]"), NULL, arena, &list, NULL);
    for (const ost_json *at = result == OST_OK ? ost_json_first(named) : NULL;
         at != NULL && result == OST_OK; at = ost_json_next(at)) {
        if (!credential_is(at, RECOVERY_TYPE))
            result = document_append(list, at, arena, &list);
    }
    if (result == OST_OK)
        *ret_list = list;
    return result;
}

static ost_result put_list(const ost_json *user, const ost_json *list, ost_arena *arena,
                           const ost_json **ret_user)
{
    return document_put(user, OST_TEXT("credentials"), ost_json_count(list) > 0 ? list : NULL,
                        arena, ret_user);
}

static ost_result use_last(const ost_json *user, ost_text user_id, ost_arena *arena,
                           const ost_json **ret_user)
{
    const ost_json *list, *actions;
    ost_result result = list_others(user, user_id, arena, &list);
    if (result == OST_OK)
        result = put_list(user, list, arena, &user);
    if (result == OST_OK)
        result = document_add_text(ost_json_get(user, "requiredActions"), OST_TEXT(RECOVERY_ACTION),
                                   arena, &actions);
    return result == OST_OK
               ? document_put(user, OST_TEXT("requiredActions"), actions, arena, ret_user)
               : result;
}

static ost_result use_first(const ost_json *user, const recovery_codes *c, ost_arena *arena,
                            const ost_json **ret_user)
{
    const ost_json *list, *left;
    ost_result result = take_first(c, arena, &left);
    if (result == OST_OK)
        result =
            document_replace(ost_json_get(user, "credentials"), c->credential, left, arena, &list);
    return result == OST_OK ? put_list(user, list, arena, ret_user) : result;
}

ost_result recovery_codes_use(const ost_json *user, ost_text user_id, const recovery_codes *codes,
                              ost_text typed, ost_arena *arena, const ost_json **ret_user)
{
    ost_text code, hash;
    if (codes->credential == NULL || !codes->readable)
        return OST_E_NOT_FOUND;
    ost_result result = without_dashes(typed, arena, &code);
    if (result == OST_OK)
        result = hash_code(code, arena, &hash);
    if (result == OST_OK && !text_equal_secret(hash, codes->hash))
        result = OST_E_NOT_FOUND;
    if (result != OST_OK)
        return result;
    return codes->left > 1 ? use_first(user, codes, arena, ret_user)
                           : use_last(user, user_id, arena, ret_user);
}

/* ---- making ---- */

/* Without what is taken for one another: no 0 and no O. */
static const char letters[] = "ABCDEFGHIJKLMNPQRSTUVWXYZ123456789";
#define LETTERS ((unsigned)sizeof letters - 1)

/* Each letter as likely as the others: bytes from the last whole multiple on are drawn anew. */
static ost_result draw(const ost_context *context, char *ret_letter)
{
    unsigned char byte;
    do {
        ost_result result = context_random(context, &byte, 1);
        if (result != OST_OK)
            return result;
    } while (byte >= 256 / LETTERS * LETTERS);
    *ret_letter = letters[byte % LETTERS];
    return OST_OK;
}

ost_result recovery_codes_make(const ost_context *context, ost_arena *arena, ost_text *ret_codes)
{
    const size_t len = (size_t)RECOVERY_CODES * (RECOVERY_CODE_LEN + 1) - 1;
    char *text = ost_arena_alloc(arena, len);
    if (text == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < len; i++) {
        text[i] = ',';
        if (i % (RECOVERY_CODE_LEN + 1) == RECOVERY_CODE_LEN)
            continue;
        ost_result result = draw(context, &text[i]);
        if (result != OST_OK)
            return result;
    }
    *ret_codes = (ost_text){text, len};
    return OST_OK;
}

static ost_result write_secret(ost_text codes, ost_arena *arena, ost_text *ret_secret,
                               int64_t *ret_count)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_text code, hash;
    int64_t number = 0;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("codes"));
    ost_json_open_array(w);
    while (text_next(&codes, ',', &code)) {
        ost_result result = hash_code(code, arena, &hash);
        if (result != OST_OK)
            return result;
        ost_json_open_object(w);
        ost_json_member_integer(w, "number", ++number);
        ost_json_member_text(w, "encodedHashedValue", hash);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    ost_json_close_object(w);
    *ret_count = number;
    return ost_json_writer_finish(w, ret_secret);
}

static ost_result write_data(int64_t count, ost_arena *arena, ost_text *ret_data)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "algorithm", "SHA-512");
    ost_json_member_integer(w, "totalCodes", count);
    ost_json_member_integer(w, "remainingCodes", count);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_data);
}

static ost_result write_credential(const recovery_setup *setup, ost_arena *arena,
                                   const ost_json **ret_credential)
{
    ost_text secret, data;
    int64_t count;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result =
        w != NULL ? write_secret(setup->codes, arena, &secret, &count) : OST_E_MEMORY;
    if (result == OST_OK)
        result = write_data(count, arena, &data);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", setup->id);
    ost_json_member_string(w, "type", RECOVERY_TYPE);
    if (setup->label.len > 0)
        ost_json_member_text(w, "userLabel", setup->label);
    ost_json_member_integer(w, "createdDate", setup->now_ms);
    ost_json_member_text(w, "secretData", secret);
    ost_json_member_text(w, "credentialData", data);
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_credential, NULL);
}

ost_result recovery_codes_put(const ost_json *user, const recovery_setup *setup, ost_arena *arena,
                              const ost_json **ret_user)
{
    const ost_json *list, *made;
    ost_result result = write_credential(setup, arena, &made);
    if (result == OST_OK)
        result = list_others(user, setup->user_id, arena, &list);
    if (result == OST_OK)
        result = document_append(list, made, arena, &list);
    return result == OST_OK ? put_list(user, list, arena, ret_user) : result;
}
