/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets of clients; see client_key_set.h. */
#include "provider/proof/client_key_set.h"

#include <stdatomic.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"

#define READING_MAX ((size_t)8 << 20) /* of the arena */

struct client_key_set {
    atomic_size_t references;
    ost_keyset *signing, *encryption;
};

/* What a client may have its answers encrypted for: public keys. */
static bool is_for_encryption(const ost_key *key)
{
    static const ost_alg algs[] = {OST_RSA_OAEP,       OST_RSA_OAEP_256,  OST_RSA_OAEP_384,
                                   OST_RSA_OAEP_512,   OST_ECDH_ES,       OST_ECDH_ES_A128KW,
                                   OST_ECDH_ES_A192KW, OST_ECDH_ES_A256KW};
    for (size_t i = 0; i < ARRAY_LEN(algs) && !ost_key_is_private(key); i++) {
        if (ost_key_serves(key, algs[i]))
            return true;
    }
    return false;
}

static bool shares_kid(ost_key *const *keys, size_t count, const ost_key *key)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(ost_key_kid(keys[i]), ost_key_kid(key)) && ost_key_kid(key).len > 0)
            return true;
    }
    return false;
}

static ost_result gather_encryption(const ost_json *list, ost_key *keys[CLIENT_KEYS_MAX],
                                    size_t *ret_count)
{
    size_t count = 0;
    for (const ost_json *at = ost_json_first(list); at != NULL && count < CLIENT_KEYS_MAX;
         at = ost_json_next(at)) {
        ost_key *key;
        ost_result result = ost_key_import_json(at, &key, NULL);
        if (result == OST_E_MEMORY) {
            *ret_count = count;
            return result;
        }
        if (result != OST_OK)
            continue;
        if (is_for_encryption(key) && !shares_kid(keys, count, key))
            keys[count++] = key;
        else
            ost_key_unref(key);
    }
    *ret_count = count;
    return OST_OK;
}

static ost_result read_encryption(ost_text jwks, ost_keyset **ret_keys)
{
    static const ost_json_limits limits = {
        .max_bytes = (size_t)256 << 10, .max_depth = 16, .max_values = 1 << 14};
    const ost_json *document;
    ost_key *keys[CLIENT_KEYS_MAX];
    size_t count = 0;
    ost_arena *arena = ost_arena_new(READING_MAX);
    ost_result result =
        arena == NULL ? OST_E_MEMORY : ost_json_read(jwks, &limits, arena, &document, NULL);
    if (result == OST_OK)
        result = gather_encryption(ost_json_get(document, "keys"), keys, &count);
    if (result == OST_OK && count > 0)
        result = ost_keyset_new(keys, count, ret_keys);
    for (size_t i = 0; i < count; i++)
        ost_key_unref(keys[i]);
    ost_arena_free(arena);
    return result;
}

ost_result client_key_set_read(ost_text jwks, client_key_set **ret_set)
{
    client_key_set *set = memory_alloc(sizeof *set);
    if (set == NULL)
        return OST_E_MEMORY;
    atomic_init(&set->references, 1);
    ost_result result = ost_keyset_import(jwks, CLIENT_KEYS_MAX, &set->signing, NULL, NULL);
    if (result == OST_OK || result == OST_E_KEY_UNKNOWN) {
        ost_result signing = result;
        result = read_encryption(jwks, &set->encryption);
        if (result == OST_OK && set->encryption == NULL)
            result = signing;
    }
    if (result != OST_OK) {
        client_key_set_unref(set);
        return result;
    }
    *ret_set = set;
    return OST_OK;
}

client_key_set *client_key_set_ref(client_key_set *set)
{
    if (set != NULL)
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void client_key_set_unref(client_key_set *set)
{
    if (set == NULL || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) != 1)
        return;
    ost_keyset_unref(set->signing);
    ost_keyset_unref(set->encryption);
    memory_free(set);
}

const ost_keyset *client_key_set_signing(const client_key_set *set)
{
    return set != NULL ? set->signing : NULL;
}

const ost_keyset *client_key_set_encryption(const client_key_set *set)
{
    return set != NULL ? set->encryption : NULL;
}
