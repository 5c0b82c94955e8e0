/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary key rotate`: a new signing key, published at once, signing after a delay. */
#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/provider_settings.h"
#include "provider/pkcs11/pkcs11_key.h"
#include "provider/pkcs11/pkcs11_row.h"
#include "provider/realm/key_ring.h"
#include "store/realm/store_key.h"
#include "store/store.h"

#define DEVICE_ARENA ((size_t)1 << 20)

/* A key that cannot sign is found out now, and not when its time has come. */
static ost_result try_key(pkcs11_module *module, ost_text uri, ost_text public_jwk, ost_alg alg,
                          ost_arena *arena, ost_error *error)
{
    ost_key *key;
    ost_text jws;
    ost_result result = pkcs11_key_open(module, uri, public_jwk, &key, error);
    if (result != OST_OK)
        return result;
    result = ost_jws_sign(OST_TEXT("{}"), key, alg, NULL, arena, &jws);
    ost_key_unref(key);
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "%.*s: the device does not sign with it",
                                            (int)uri.len, uri.data);
}

static ost_result read_device(pkcs11_module *module, ost_text uri, ost_arena *arena, store_key *row,
                              ost_error *error)
{
    ost_text jwk;
    ost_result result = pkcs11_key_public(module, uri, arena, &jwk, error);
    if (result != OST_OK)
        return result;
    result = pkcs11_row_fill(jwk, uri, arena, row);
    if (result == OST_E_KEY_USE)
        return ost_error_set(error, result, "%.*s: the key does not sign by %.*s", (int)uri.len,
                             uri.data, (int)row->algorithm.len, row->algorithm.data);
    return result == OST_OK ? try_key(module, uri, jwk, ost_alg_of(row->algorithm), arena, error)
                            : ost_error_set(error, result, "%.*s: the key cannot be used: %s",
                                            (int)uri.len, uri.data, ost_result_sentence(result));
}

/* The row of the key that --pkcs11 names. */
static ost_result find_key(const option_values *values, ost_arena *arena, store_key *row,
                           ost_error *error)
{
    ost_text pin;
    pkcs11_module *module;
    const char *file = options_get(values, "pkcs11-module");
    if (file == NULL)
        return ost_error_set(error, OST_E_CONFIG, "--pkcs11 needs --pkcs11-module");
    ost_result result = device_pin_read(values, arena, &pin, error);
    if (result == OST_OK)
        result = pkcs11_module_open(file, pin, NULL, &module, error);
    if (result != OST_OK)
        return result;
    result = read_device(module, text_of(options_get(values, "pkcs11")), arena, row, error);
    pkcs11_module_free(module);
    return result;
}

static ost_result rotate(const option_values *values, uint64_t delay, ost_arena *arena,
                         ost_error *error)
{
    store *db;
    const char *alg = options_get(values, "alg");
    bool in_device = options_has(values, "pkcs11");
    store_key row = {
        .realm = text_of(options_get(values, "realm")),
        .algorithm = alg != NULL ? text_of(alg) : OST_TEXT("RS256"),
        .use = OST_TEXT("sig"),
        .created = ost_now(NULL),
    };
    ost_result result = in_device ? find_key(values, arena, &row, error) : OST_OK;
    if (result == OST_OK)
        result = command_open_store(values, STORE_THAT_EXISTS, &db, error);
    if (result != OST_OK)
        return result;
    result = key_ring_rotate(db, row.realm, row.algorithm, in_device ? &row : NULL, row.created,
                             (int64_t)delay, error);
    store_close(db);
    return result;
}

static int run(const option_values *values)
{
    const char *name = options_get(values, "realm");
    ost_error error = {0};
    uint64_t delay;
    if (options_has(values, "server"))
        return remote_key_rotate(values);
    if (name == NULL)
        return command_usage_error("key rotate needs --realm NAME");
    if (options_number(values, "delay", KEY_PUBLISH_SECONDS, 0, 30 * 86400, &delay, &error) !=
        OST_OK)
        return command_usage_error("%s", error.detail);
    ost_arena *arena = ost_arena_new(DEVICE_ARENA);
    ost_result result = arena != NULL ? rotate(values, delay, arena, &error)
                                      : ost_error_set(&error, OST_E_MEMORY, "out of memory");
    ost_arena_free(arena);
    if (result != OST_OK)
        return command_fail(&error, "key rotate");
    printf(KEY_ROTATED, name, (unsigned long long)delay);
    return EXIT_DONE;
}

static const option options[] = {
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    {"alg", "ALG", NULL, NULL, "its algorithm (RS256)"},
    {"delay", "SECONDS", NULL, NULL, "from publishing to signing (600)"},
    {"pkcs11", "URI", NULL, NULL,
     "the key is in a device: what it is called there (RFC 7512), pkcs11:token=…;object=…"},
    DEVICE_OPTIONS,
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};
const command command_key_rotate = {
    .words = "key rotate",
    .operands = "",
    .summary = "Make a new signing key for a realm, also while the provider runs.",
    .options = options,
    .run = run,
};
const command command_keys_rotate = {
    .words = "keys rotate",
    .operands = "",
    .summary = "The same as key rotate.",
    .options = options,
    .run = run,
};
