/* SPDX-License-Identifier: Apache-2.0 */
/* See tool_key.h. */
#include "cli/tool/tool_key.h"

#include <stdio.h>
#include <string.h>

#include "base/json/json_file.h"
#include "base/json/other_format.h"
#include "base/text.h"
#include "cli/tool/tool_file.h"
#include "jose/key/key_state.h"

/* Keys are kept under a password as JWEs. */
#define ENCRYPTED "it is a message, no key: if it holds one, ostiary jwe decrypt gets it out"

void tool_keys_free(tool_keys *keys)
{
    while (keys->count > 0)
        ost_key_unref(keys->keys[--keys->count]);
}

ost_result tool_key_put(const ost_key *key, bool private, ost_json_writer *writer, ost_error *error)
{
    ost_result result =
        private ? ost_key_export_private(key, writer) : ost_key_export_public(key, writer);
    if (result == OST_OK)
        return OST_OK;
    return ost_error_set(error, result,
                         private ? "the key has no private part" : "a shared key is never public");
}

static const ost_json_limits limits = {TOOL_FILE_MAX, 8, 16384};

static ost_result read_set(const ost_json *entries, tool_keys *keys, ost_error *error)
{
    if (!ost_json_is(entries, OST_JSON_ARRAY) || ost_json_count(entries) > TOOL_KEYS_MAX) {
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"keys\" is not an array of at most %d",
                             TOOL_KEYS_MAX);
    }
    ost_result result = OST_OK;
    const ost_json *entry = ost_json_first(entries);
    for (; entry != NULL && result == OST_OK; entry = ost_json_next(entry)) {
        ost_error why = {0};
        result = ost_key_import_json(entry, &keys->keys[keys->count], &why);
        keys->count += result == OST_OK;
        if (result == OST_OK || result == OST_E_MEMORY || result == OST_E_CRYPTO)
            continue;
        result = OST_OK;
        if (keys->left_out++ > 0)
            continue;
        snprintf(keys->first_why, sizeof keys->first_why, "%.150s", why.detail);
        ost_error_set(error, why.code, "%s", why.detail);
    }
    return result;
}

static ost_result read_json(ost_text text, ost_arena *arena, tool_keys *keys, ost_error *error)
{
    const ost_json *json;
    ost_result result = json_file_read(text, &limits, arena, &json, error);
    if (result != OST_OK)
        return result;
    const ost_json *entries = ost_json_get(json, "keys");
    if (ost_json_get(json, "ciphertext") != NULL)
        return ost_error_set(error, OST_E_KEY_FORMAT, ENCRYPTED);
    if (entries != NULL)
        return read_set(entries, keys, error);
    result = ost_key_import_json(json, &keys->keys[0], error);
    keys->count = result == OST_OK;
    return result;
}

/* `error` holds already why the first entry is no key. */
static ost_result check_count(const tool_keys *keys, bool whole, ost_error *error)
{
    if (keys->left_out > 0 && (whole || keys->count == 0))
        return error->code;
    return keys->count > 0 ? OST_OK
                           : ost_error_set(error, OST_E_KEY_UNKNOWN, "there is no key in it");
}

/* Of what has no PEM in it. */
static void tell_other(ost_text text, ost_result result, ost_error *error)
{
    const char *other = other_format(text_slice(text, 0, OTHER_FORMAT_BYTES));
    if (text_starts(text, "["))
        other = "this is a JSON array: a key set is an object, {\"keys\": […]}";
    if (other != NULL && !text_starts(text, "---"))
        ost_error_set(error, result, "%s", other);
}

/* `whole`: every entry of a set must be a key. */
static ost_result read_file(const char *path, ost_alg alg, bool whole, ost_arena *arena,
                            tool_keys *ret_keys, ost_error *error)
{
    ost_text text;
    ost_error why = {0};
    tool_keys keys = {.count = 0};
    ost_result result = tool_read_line(path, arena, &text, error);
    if (result != OST_OK)
        return result;
    text = text_behind_mark(text);
    if (text_starts(text, "eyJ")) {
        result = ost_error_set(&why, OST_E_KEY_FORMAT, ENCRYPTED);
    } else if (text_starts(text, "{")) {
        result = read_json(text, arena, &keys, &why);
    } else {
        result = ost_key_import_pem(text, alg, NULL, &keys.keys[0], &why);
        keys.count = result == OST_OK;
        if (result != OST_OK)
            tell_other(text, result, &why);
    }
    if (result != OST_OK && text_contains(text, OST_TEXT("ENCRYPTED")))
        ost_error_set(&why, result, "the key is encrypted (openssl pkey -in FILE decrypts it)");
    if (result == OST_OK)
        result = check_count(&keys, whole, &why);
    if (result != OST_OK) {
        tool_keys_free(&keys);
        return ost_error_set(error, result, "%s: %s", path != NULL ? path : "standard input",
                             why.detail[0] != '\0' ? why.detail : ost_result_sentence(result));
    }
    *ret_keys = keys;
    return OST_OK;
}

ost_result tool_keys_whole(const char *path, ost_alg alg, ost_arena *arena, tool_keys *ret_keys,
                           ost_error *error)
{
    return read_file(path, alg, true, arena, ret_keys, error);
}

static void tell_left_out(const char *path, tool_keys *keys)
{
    if (keys->left_out == 0)
        return;
    text_make_printable(keys->first_why, strlen(keys->first_why));
    fprintf(stderr, "ostiary: %s: %zu %s of the set left out: %s\n", path, keys->left_out,
            keys->left_out == 1 ? "key" : "keys", keys->first_why);
}

ost_result tool_keys_read(const char *path, ost_alg alg, ost_arena *arena, tool_keys *ret_keys,
                          ost_error *error)
{
    ost_result result = read_file(path, alg, false, arena, ret_keys, error);
    if (result == OST_OK)
        tell_left_out(path != NULL ? path : "standard input", ret_keys);
    return result;
}

ost_result tool_keys_named(const option_values *values, const char *name, ost_arena *arena,
                           tool_keys *ret_keys, ost_error *error)
{
    tool_keys keys = {.count = 0}, in_file;
    const char *path;
    ost_result result = OST_OK;
    for (size_t i = 0; result == OST_OK && (path = options_nth(values, name, i)) != NULL; i++) {
        result = read_file(path, OST_ALG_UNSET, false, arena, &in_file, error);
        if (result != OST_OK)
            break;
        tell_left_out(path, &in_file);
        while (in_file.count > 0 && keys.count < TOOL_KEYS_MAX)
            keys.keys[keys.count++] = in_file.keys[--in_file.count];
        if (in_file.count > 0)
            result = ost_error_set(error, OST_E_CEILING, "more than %d keys", TOOL_KEYS_MAX);
        tool_keys_free(&in_file);
    }
    if (result != OST_OK) {
        tool_keys_free(&keys);
        return result;
    }
    *ret_keys = keys;
    return OST_OK;
}

ost_result tool_need_private(const ost_key *key, const char *what, ost_error *error)
{
    if (ost_key_is_private(key))
        return OST_OK;
    return ost_error_set(error, OST_E_KEY_USE,
                         "the key is a public one: to %s takes the private half", what);
}

ost_result tool_tell_key(ost_result result, ost_error *error)
{
    bool of_key =
        result == OST_E_KEY_UNKNOWN || result == OST_E_KEY_AMBIGUOUS || result == OST_E_KEY_USE;
    const ost_error why = *error;
    if (!of_key || why.detail[0] == '\0')
        return result;
    return ost_error_set(error, result, "%s: %s", ost_result_sentence(result), why.detail);
}

void tool_keys_adopt(tool_keys *keys, ost_text kid)
{
    /* A kid that cannot be a name is found out by the code that looks for the key. */
    if (keys->count == 1 && ost_key_kid(keys->keys[0]).len == 0)
        (void)!key_set_kid(keys->keys[0], kid);
}

ost_result tool_keys_choose(const tool_keys *keys, const char *kid, ost_key **ret_key,
                            ost_error *error)
{
    ost_key *found = NULL;
    for (size_t i = 0; i < keys->count; i++) {
        if (kid != NULL && !text_is(ost_key_kid(keys->keys[i]), kid))
            continue;
        if (found != NULL)
            return ost_error_set(error, OST_E_KEY_AMBIGUOUS,
                                 "there are several keys: --kid chooses one");
        found = keys->keys[i];
    }
    if (found == NULL)
        return ost_error_set(error, OST_E_KEY_UNKNOWN, "there is no key with that kid");
    *ret_key = found;
    return OST_OK;
}

/* The one key of a file that is meant, added to the others. */
static ost_result add_meant(const char *path, const char *kid, ost_arena *arena, tool_keys *keys,
                            ost_error *error)
{
    tool_keys in_file;
    ost_key *key;
    ost_result result = tool_keys_read(path, OST_ALG_UNSET, arena, &in_file, error);
    if (result != OST_OK)
        return result;
    result = tool_keys_choose(&in_file, kid, &key, error);
    if (result == OST_OK)
        keys->keys[keys->count++] = ost_key_ref(key);
    tool_keys_free(&in_file);
    return result;
}

ost_result tool_keys_meant(const option_values *values, ost_arena *arena, tool_keys *ret_keys,
                           ost_error *error)
{
    tool_keys keys = {.count = 0};
    const char *path, *kid = options_get(values, "kid");
    ost_result result = OST_OK;
    if (kid != NULL && options_nth(values, "key", 1) != NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "--kid goes with one --key");
    if (options_nth(values, "key", TOOL_PARTIES_MAX) != NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "at most %d keys", TOOL_PARTIES_MAX);
    for (size_t i = 0; result == OST_OK && (path = options_nth(values, "key", i)) != NULL; i++)
        result = add_meant(path, kid, arena, &keys, error);
    if (result != OST_OK) {
        tool_keys_free(&keys);
        return result;
    }
    *ret_keys = keys;
    return OST_OK;
}

ost_result tool_algs(const option_values *values, ost_algs *ret_algs, ost_error *error)
{
    const char *name;
    ost_algs algs = 0;
    for (size_t i = 0; (name = options_nth(values, "alg", i)) != NULL; i++) {
        ost_alg alg = ost_alg_of(text_of(name));
        if (alg == OST_ALG_UNSET)
            return ost_error_set(error, OST_E_ARGUMENT, TOOL_NO_ALGORITHM, name);
        algs |= OST_ALG_BIT(alg);
    }
    *ret_algs = algs != 0 ? algs : OST_ALGS_SIGNATURE; /* the keys decide */
    return OST_OK;
}

ost_result tool_alg(const char *name, const ost_key *key, const ost_alg *preferred,
                    ost_alg *ret_alg, ost_error *error)
{
    if (name != NULL) {
        *ret_alg = ost_alg_of(text_of(name));
        if (*ret_alg == OST_ALG_UNSET)
            return ost_error_set(error, OST_E_ARGUMENT, TOOL_NO_ALGORITHM, name);
        return OST_OK;
    }
    for (; *preferred != OST_ALG_UNSET; preferred++) {
        if (ost_key_serves(key, *preferred)) {
            *ret_alg = *preferred;
            return OST_OK;
        }
    }
    return ost_error_set(error, OST_E_KEY_USE,
                         "the key serves nothing of this (ostiary jwk inspect tells what it is "
                         "for; --alg asks for what is rare)");
}
