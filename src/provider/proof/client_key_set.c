/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets of clients; see client_key_set.h. */
#include "provider/proof/client_key_set.h"

#include <stdatomic.h>
#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"

#define DIGEST_LEN 32
#define READING_MAX ((size_t)8 << 20) /* of the arena */

struct client_key_set {
    atomic_size_t references;
    ost_keyset *signing, *encryption;
    unsigned char (*certificates)[DIGEST_LEN]; /* of keys that have one, by SHA-256 */
    size_t certificate_count;
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

static ost_result read_encryption(const ost_json *list, ost_keyset **ret_keys)
{
    ost_key *keys[CLIENT_KEYS_MAX];
    size_t count = 0;
    ost_result result = gather_encryption(list, keys, &count);
    if (result == OST_OK && count > 0)
        result = ost_keyset_new(keys, count, ret_keys);
    for (size_t i = 0; i < count; i++)
        ost_key_unref(keys[i]);
    return result;
}

/* Only of keys that are of use: that the certificate is the key's is seen when that is read. */
static ost_result add_certificate(const ost_json *jwk, client_key_set *set, ost_arena *arena)
{
    ost_text encoded;
    ost_key *key;
    size_t len;
    if (!ost_json_text(ost_json_first(ost_json_get(jwk, "x5c")), &encoded))
        return OST_OK;
    unsigned char *der = ost_arena_alloc(arena, encoded.len + 1);
    if (der == NULL)
        return OST_E_MEMORY;
    ost_result result = ost_key_import_json(jwk, &key, NULL);
    if (result != OST_OK)
        return result == OST_E_MEMORY ? result : OST_OK;
    ost_key_unref(key);
    if (base64_decode(encoded, der, &len) != OST_OK)
        return OST_OK;
    return ost_sha256(text_of_bytes(der, len), set->certificates[set->certificate_count++]);
}

static ost_result read_certificates(const ost_json *list, client_key_set *set, ost_arena *arena)
{
    size_t left = CLIENT_KEYS_MAX;
    ost_result result = OST_OK;
    set->certificates = memory_alloc(CLIENT_KEYS_MAX * sizeof *set->certificates);
    if (set->certificates == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(list); at != NULL && left > 0 && result == OST_OK;
         at = ost_json_next(at), left--)
        result = add_certificate(at, set, arena);
    if (set->certificate_count > 0 || result != OST_OK)
        return result;
    memory_free(set->certificates);
    set->certificates = NULL;
    return OST_OK;
}

/* What a set holds beside keys that sign. */
static ost_result read_rest(ost_text jwks, client_key_set *set)
{
    static const ost_json_limits limits = {
        .max_bytes = (size_t)256 << 10, .max_depth = 16, .max_values = 1 << 14};
    const ost_json *document;
    ost_arena *arena = ost_arena_new(READING_MAX);
    ost_result result =
        arena == NULL ? OST_E_MEMORY : ost_json_read(jwks, &limits, arena, &document, NULL);
    if (result == OST_OK)
        result = read_encryption(ost_json_get(document, "keys"), &set->encryption);
    if (result == OST_OK)
        result = read_certificates(ost_json_get(document, "keys"), set, arena);
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
        result = read_rest(jwks, set);
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
    memory_free(set->certificates);
    memory_free(set);
}

bool client_key_set_has_certificate(const client_key_set *set, ost_text der)
{
    unsigned char hash[DIGEST_LEN];
    if (set == NULL || der.len == 0 || ost_sha256(der, hash) != OST_OK)
        return false;
    for (size_t i = 0; i < set->certificate_count; i++) {
        if (memcmp(set->certificates[i], hash, sizeof hash) == 0)
            return true;
    }
    return false;
}

const ost_keyset *client_key_set_signing(const client_key_set *set)
{
    return set != NULL ? set->signing : NULL;
}

const ost_keyset *client_key_set_encryption(const client_key_set *set)
{
    return set != NULL ? set->encryption : NULL;
}
