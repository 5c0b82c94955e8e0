/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords at rest; see password.h. The stored form is Keycloak's: secretData and credentialData
 * are JSON inside strings. */
#include "provider/realm/password.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"

#define MAX_PASSWORD 4096 /* bytes: hashing more would be the sender's weapon */
#define SALT_LEN 16       /* what argon2id takes in libsodium; more than PBKDF2 needs */
#define MAX_HASH 128
#define MAX_SALT 256
#define ARGON2_KIB 7168 /* OWASP's and Keycloak's parameter */
#define MAX_ARGON2_KIB (256 * 1024)

typedef struct stored {
    const password_algorithm *algorithm;
    unsigned char salt[MAX_SALT], hash[MAX_HASH];
    size_t salt_len, hash_len;
    int64_t iterations, memory_kib;
    const char *why; /* of what is refused */
} stored;

/* ---- reading ---- */

static ost_result read_bytes(const ost_json *object, const char *name, unsigned char *ret,
                             size_t size, size_t *ret_len)
{
    ost_text text;
    if (!ost_json_text(ost_json_get(object, name), &text) || text.len / 4 * 3 > size)
        return OST_E_FORMAT;
    return base64_decode(text, ret, ret_len) == OST_OK ? OST_OK : OST_E_FORMAT;
}

static ost_result read_inner(const ost_json *credential, const char *name, ost_arena *arena,
                             const ost_json **ret_object)
{
    ost_text text;
    if (!ost_json_text(ost_json_get(credential, name), &text))
        return OST_E_FORMAT;
    return ost_json_read(text, NULL, arena, ret_object, NULL) == OST_OK ? OST_OK : OST_E_FORMAT;
}

/* Keycloak writes additional parameters as arrays of strings. */
static int64_t read_parameter(const ost_json *data, const char *name, int64_t fallback)
{
    const ost_json *list = ost_json_get(ost_json_get(data, "additionalParameters"), name);
    ost_text text;
    uint64_t number;
    if (!ost_json_text(ost_json_first(list), &text) ||
        !text_to_unsigned(text, (uint64_t)1 << 30, &number))
        return fallback;
    return (int64_t)number;
}

static bool parameter_is(const ost_json *data, const char *name, ost_text wanted)
{
    const ost_json *list = ost_json_get(ost_json_get(data, "additionalParameters"), name);
    return list == NULL || ost_json_equals(ost_json_first(list), wanted);
}

static ost_result unfit(stored *s, ost_result result, const char *why)
{
    s->why = why;
    return result;
}

static ost_result read_algorithm(const ost_json *data, stored *s)
{
    ost_text name;
    if (!ost_json_text(ost_json_get(data, "algorithm"), &name))
        return OST_E_FORMAT;
    s->algorithm = password_algorithm_find(name);
    if (s->algorithm != NULL)
        return OST_OK;
    return unfit(s, OST_E_UNSUPPORTED,
                 "nobody signs in by it: hashes of that algorithm are not known");
}

static bool is_argon2(const stored *s)
{
    return s->algorithm->digest == NULL;
}

static ost_result check_costs(stored *s, const ost_json *data)
{
    if (s->iterations < 1 || s->hash_len < 16 || s->salt_len < 1)
        return OST_E_FORMAT;
    if (s->iterations > s->algorithm->most || (is_argon2(s) && s->memory_kib > MAX_ARGON2_KIB))
        return unfit(s, OST_E_CEILING,
                     "nobody signs in by it: the hash costs more than is spent here");
    if (!is_argon2(s))
        return OST_OK;
    /* What libsodium knows. */
    return s->memory_kib >= 8 && s->salt_len == SALT_LEN &&
                   parameter_is(data, "type", OST_TEXT("id")) &&
                   parameter_is(data, "version", OST_TEXT("1.3")) &&
                   read_parameter(data, "parallelism", 1) == 1
               ? OST_OK
               : unfit(s, OST_E_UNSUPPORTED,
                       "nobody signs in by it: of argon2 only argon2id of version 1.3 with one "
                       "lane and a salt of 16 bytes is known");
}

/* As a string, too, which Keycloak takes. */
static bool read_iterations(const ost_json *value, int64_t *ret_count)
{
    uint64_t number;
    ost_text text;
    if (!ost_json_text(value, &text))
        return ost_json_integer(value, ret_count);
    bool read = text_to_unsigned(text, INT32_MAX, &number);
    if (read)
        *ret_count = (int64_t)number;
    return read;
}

static ost_result read_object(const ost_json *outer, ost_arena *arena, stored *s)
{
    const ost_json *secret, *data;
    ost_result result = read_inner(outer, "secretData", arena, &secret);
    if (result == OST_OK)
        result = read_inner(outer, "credentialData", arena, &data);
    if (result == OST_OK)
        result = read_bytes(secret, "value", s->hash, sizeof s->hash, &s->hash_len);
    if (result == OST_OK)
        result = read_bytes(secret, "salt", s->salt, sizeof s->salt, &s->salt_len);
    if (result == OST_OK)
        result = read_algorithm(data, s);
    if (result != OST_OK)
        return result;
    if (!read_iterations(ost_json_get(data, "hashIterations"), &s->iterations))
        return OST_E_FORMAT;
    s->memory_kib = read_parameter(data, "memory", ARGON2_KIB);
    return check_costs(s, data);
}

static ost_result read_stored(ost_text credential, ost_arena *arena, stored *s)
{
    const ost_json *outer;
    return ost_json_read(credential, NULL, arena, &outer, NULL) == OST_OK
               ? read_object(outer, arena, s)
               : OST_E_FORMAT;
}

const char *password_unfit(const ost_json *credential, ost_arena *arena)
{
    stored s = {.why = "nobody signs in by it: it is no hash that can be read"};
    bool old = ost_json_get(credential, "hashedSaltedValue") != NULL;
    ost_text text;
    ost_result result =
        old ? password_convert(credential, arena, &text) : read_object(credential, arena, &s);
    if (old && result == OST_OK)
        result = read_stored(text, arena, &s);
    wipe(&s.salt, sizeof s.salt);
    wipe(&s.hash, sizeof s.hash);
    return result == OST_OK ? NULL : s.why;
}

/* ---- hashing ---- */

static ost_result hash_argon2(ost_text password, const unsigned char salt[SALT_LEN], int64_t passes,
                              int64_t kib, unsigned char *ret, size_t len)
{
    return crypto_pwhash(ret, len, password.data, password.len, salt, (unsigned long long)passes,
                         (size_t)kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0
               ? OST_OK
               : OST_E_MEMORY;
}

static ost_result hash_stored(ost_text password, const stored *s, unsigned char *ret)
{
    if (is_argon2(s))
        return hash_argon2(password, s->salt, s->iterations, s->memory_kib, ret, s->hash_len);
    return PKCS5_PBKDF2_HMAC(password.data, (int)password.len, s->salt, (int)s->salt_len,
                             (int)s->iterations, EVP_get_digestbyname(s->algorithm->digest),
                             (int)s->hash_len, ret) == 1
               ? OST_OK
               : OST_E_CRYPTO;
}

/* One that has no hash yet, and a salt of nothing. */
static stored stored_of(const password_form *form)
{
    const password_form advised = password_form_of(NULL);
    if (form == NULL || form->algorithm == NULL)
        form = &advised;
    return (stored){.algorithm = form->algorithm,
                    .iterations = form->iterations,
                    .memory_kib = ARGON2_KIB,
                    .hash_len = form->algorithm->length,
                    .salt_len = SALT_LEN};
}

static bool is_current(const stored *s, const password_form *form)
{
    stored wanted = stored_of(form);
    return s->algorithm == wanted.algorithm && s->iterations == wanted.iterations &&
           s->hash_len == wanted.hash_len && (!is_argon2(s) || s->memory_kib == wanted.memory_kib);
}

/* Millionths of what is advised. */
static int64_t work_of(const stored *s)
{
    int64_t work = s->iterations * 1000000;
    if (is_argon2(s))
        work = work * s->memory_kib / ARGON2_KIB;
    return work / s->algorithm->usual;
}

/* A policy that asks for less than is advised takes nothing from a hash that has more. */
static bool is_lowered(const stored *s, const password_form *form)
{
    stored wanted = stored_of(form);
    return wanted.iterations < wanted.algorithm->usual && work_of(s) > work_of(&wanted);
}

ost_result password_verify(ost_text password, ost_text credential, const password_form *form,
                           ost_arena *arena, bool *ret_matches, bool *ret_upgrade)
{
    unsigned char hash[MAX_HASH];
    stored s = {0};
    if (password.len > MAX_PASSWORD || password.data == NULL)
        password = OST_TEXT("");
    bool possible = password.len > 0;
    ost_result result = credential.len > 0 ? read_stored(credential, arena, &s) : OST_OK;
    /* Nobody to compare with costs what somebody would. */
    if (credential.len == 0 || result != OST_OK) {
        const stored nobody = stored_of(form);
        (void)!hash_stored(password, &nobody, hash);
        if (result == OST_OK)
            *ret_matches = *ret_upgrade = false;
        return result;
    }
    result = hash_stored(password, &s, hash);
    if (result == OST_OK) {
        *ret_matches = possible && sodium_memcmp(hash, s.hash, s.hash_len) == 0;
        *ret_upgrade = *ret_matches && !is_current(&s, form) && !is_lowered(&s, form);
    }
    wipe(hash, sizeof hash);
    wipe(&s, sizeof s);
    return result;
}

/* ---- writing ---- */

static ost_result write_secret(const stored *s, ost_arena *arena, ost_text *ret_text)
{
    char text[(MAX_SALT + 2) / 3 * 4];
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "value", (ost_text){text, base64_encode(s->hash, s->hash_len, text)});
    ost_json_member_text(w, "salt", (ost_text){text, base64_encode(s->salt, s->salt_len, text)});
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_text);
}

#define ARGON2_PARAMETERS                                                                          \
    "\"hashLength\":[\"32\"],\"memory\":[\"7168\"],\"type\":[\"id\"],\"version\":[\"1.3\"],"       \
    "\"parallelism\":[\"1\"]"

static const char *data_of(const stored *s, ost_arena *arena)
{
    return ost_arena_format(
        arena, "{\"hashIterations\":%lld,\"algorithm\":\"%s\",\"additionalParameters\":{%s}}",
        (long long)s->iterations, s->algorithm->name, is_argon2(s) ? ARGON2_PARAMETERS : "");
}

ost_result password_hash(ost_text password, const password_form *form, const ost_context *context,
                         ost_arena *arena, ost_text *ret_credential)
{
    stored s = stored_of(form);
    ost_text secret;
    if (password.len == 0 || password.len > MAX_PASSWORD)
        return OST_E_ARGUMENT;
    ost_result result = context_random(context, s.salt, s.salt_len);
    if (result == OST_OK)
        result = hash_stored(password, &s, s.hash);
    if (result == OST_OK)
        result = write_secret(&s, arena, &secret);
    wipe(s.hash, sizeof s.hash);
    const char *data = data_of(&s, arena);
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (result != OST_OK || data == NULL || w == NULL)
        return result != OST_OK ? result : OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "type", "password");
    ost_json_member_integer(w, "createdDate", context_now_ms(context));
    ost_json_member_text(w, "secretData", secret);
    ost_json_member_string(w, "credentialData", data);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_credential);
}

int64_t password_since(ost_text credential, ost_arena *arena)
{
    const ost_json *object;
    int64_t since;
    return credential.len > 0 && ost_json_read(credential, NULL, arena, &object, NULL) == OST_OK &&
                   ost_json_integer(ost_json_get(object, "createdDate"), &since)
               ? since
               : 0;
}

ost_result password_rehash(ost_text password, ost_text credential, const password_form *form,
                           const ost_context *context, ost_arena *arena, ost_text *ret_credential)
{
    const ost_json *old, *made;
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result =
        w != NULL ? ost_json_read(credential, NULL, arena, &old, NULL) : OST_E_MEMORY;
    if (result == OST_OK)
        result = password_hash(password, form, context, arena, &text);
    if (result == OST_OK)
        result = ost_json_read(text, NULL, arena, &made, NULL);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(old); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), "secretData") ||
            text_is(ost_json_name(at), "credentialData"))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_member_value(w, "secretData", ost_json_get(made, "secretData"));
    ost_json_member_value(w, "credentialData", ost_json_get(made, "credentialData"));
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_credential);
}

/* ---- the layout of before Keycloak 8 ---- */

static ost_result convert_secret(const ost_json *old, ost_arena *arena, ost_text *ret_text)
{
    ost_text value, salt;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (!ost_json_text(ost_json_get(old, "hashedSaltedValue"), &value) ||
        !ost_json_text(ost_json_get(old, "salt"), &salt))
        return OST_E_FORMAT;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "value", value);
    ost_json_member_text(w, "salt", salt);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_text);
}

/* What names no algorithm is of a time that knew one. */
static ost_result convert_data(const ost_json *old, ost_arena *arena, ost_text *ret_text)
{
    ost_text algorithm = OST_TEXT("pbkdf2");
    int64_t iterations = 1;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    const ost_json *name = ost_json_get(old, "algorithm");
    if (name != NULL && !ost_json_text(name, &algorithm))
        return OST_E_FORMAT;
    if (!ost_json_integer(ost_json_get(old, "hashIterations"), &iterations))
        return OST_E_FORMAT;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_integer(w, "hashIterations", iterations);
    ost_json_member_text(w, "algorithm", algorithm);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_text);
}

ost_result password_convert(const ost_json *old, ost_arena *arena, ost_text *ret_credential)
{
    ost_text secret, data;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result = w != NULL ? convert_secret(old, arena, &secret) : OST_E_MEMORY;
    if (result == OST_OK)
        result = convert_data(old, arena, &data);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_string(w, "type", "password");
    ost_json_member_text(w, "secretData", secret);
    ost_json_member_text(w, "credentialData", data);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_credential);
}
