/* Key sets (RFC 7517 §5): parsed once, never changed, and strict about ambiguity. */
#include <stdatomic.h>

#include "context.h"
#include "key.h"
#include "text.h"

#define DEFAULT_MAX_KEYS 100
#define MAX_SET ((size_t)256 << 10)
#define SET_ARENA ((size_t)4 << 20)

struct ost_keyset {
    atomic_uint references;
    size_t count;
    ost_key *keys[];
};

static ost_keyset *set_new(size_t capacity)
{
    ost_keyset *set = memory_alloc(sizeof *set + capacity * sizeof(ost_key *));
    if (set != NULL)
        atomic_init(&set->references, 1);
    return set;
}

ost_result ost_keyset_new(ost_key *const *keys, size_t count, ost_keyset **ret_keyset)
{
    ost_keyset *set = set_new(count);
    if (set == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        set->keys[set->count++] = ost_key_ref(keys[i]);
    *ret_keyset = set;
    return OST_OK;
}

ost_keyset *ost_keyset_ref(ost_keyset *keyset)
{
    if (keyset != NULL)
        atomic_fetch_add_explicit(&keyset->references, 1, memory_order_relaxed);
    return keyset;
}

void ost_keyset_unref(ost_keyset *keyset)
{
    if (keyset == NULL ||
        atomic_fetch_sub_explicit(&keyset->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < keyset->count; i++)
        ost_key_unref(keyset->keys[i]);
    memory_free(keyset);
}

size_t ost_keyset_count(const ost_keyset *keyset)
{
    return keyset->count;
}

const ost_key *ost_keyset_at(const ost_keyset *keyset, size_t index)
{
    return index < keyset->count ? keyset->keys[index] : NULL;
}

/* What a published set may never hold. Said of the JWK itself, so that a malformed secret does not
 * slip through as "passed over". */
static bool is_secret(const ost_json *jwk)
{
    return ost_json_equals(ost_json_get(jwk, "kty"), OST_TEXT("oct")) ||
           ost_json_get(jwk, "d") != NULL || ost_json_get(jwk, "k") != NULL ||
           ost_json_get(jwk, "p") != NULL;
}

static bool has_kid(const ost_keyset *set, ost_text kid)
{
    for (size_t i = 0; kid.len > 0 && i < set->count; i++) {
        if (text_equal(ost_key_kid(set->keys[i]), kid))
            return true;
    }
    return false;
}

static ost_result import_entry(const ost_json *jwk, ost_keyset *set, size_t *skipped,
                               ost_error *ret_error)
{
    ost_key *key;
    if (is_secret(jwk))
        return ost_error_set(ret_error, OST_E_KEY_USE,
                             "the set publishes a private or symmetric key");
    ost_result result = ost_key_import_json(jwk, &key, NULL);
    if (result == OST_E_MEMORY)
        return ost_error_set(ret_error, result, "out of memory");
    if (result != OST_OK) {
        ++*skipped;
        return OST_OK;
    }
    if (has_kid(set, ost_key_kid(key))) {
        result =
            ost_error_set(ret_error, OST_E_KEY_AMBIGUOUS, "two keys have the kid %s", key->kid);
        ost_key_unref(key);
        return result;
    }
    set->keys[set->count++] = key;
    return OST_OK;
}

static ost_result import_entries(const ost_json *keys, ost_keyset **ret_keyset, size_t *ret_skipped,
                                 ost_error *ret_error)
{
    size_t skipped = 0;
    ost_result result = OST_OK;
    ost_keyset *set = set_new(ost_json_count(keys));
    if (set == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    for (const ost_json *jwk = ost_json_first(keys); jwk != NULL && result == OST_OK;
         jwk = ost_json_next(jwk))
        result = import_entry(jwk, set, &skipped, ret_error);
    if (result == OST_OK && set->count == 0)
        result = ost_error_set(ret_error, OST_E_KEY_UNKNOWN,
                               "the set holds no usable signature key (%zu passed over)", skipped);
    if (result != OST_OK) {
        ost_keyset_unref(set);
        return result;
    }
    if (ret_skipped != NULL)
        *ret_skipped = skipped;
    *ret_keyset = set;
    return OST_OK;
}

ost_result ost_keyset_import(ost_text jwks, size_t max_keys, ost_keyset **ret_keyset,
                             size_t *ret_skipped, ost_error *ret_error)
{
    const ost_json_limits limits = {.max_bytes = MAX_SET, .max_depth = 8, .max_values = 16384};
    const ost_json *document;
    ost_arena *arena = ost_arena_new(SET_ARENA);
    if (arena == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(jwks, &limits, arena, &document, ret_error);
    const ost_json *keys = result == OST_OK ? ost_json_get(document, "keys") : NULL;
    if (result == OST_OK && !ost_json_is(keys, OST_JSON_ARRAY))
        result = ost_error_set(ret_error, OST_E_KEY_FORMAT, "a key set has an array \"keys\"");
    else if (result == OST_OK &&
             ost_json_count(keys) > (max_keys > 0 ? max_keys : DEFAULT_MAX_KEYS))
        result =
            ost_error_set(ret_error, OST_E_CEILING, "the set has %zu keys", ost_json_count(keys));
    else if (result == OST_OK)
        result = import_entries(keys, ret_keyset, ret_skipped, ret_error);
    ost_arena_free(arena);
    return result;
}

/* RFC 7515 §6: `kid` is a hint; type, curve, use and alg decide as well. */
ost_result ost_keyset_find(const ost_keyset *keyset, ost_text kid, ost_alg alg,
                           const ost_key **ret_key)
{
    const ost_key *found = NULL;
    bool named = false;
    for (size_t i = 0; i < keyset->count; i++) {
        const ost_key *key = keyset->keys[i];
        if (kid.len > 0 && !text_equal(ost_key_kid(key), kid))
            continue;
        named = true;
        if (!ost_key_serves(key, alg) || !key->may_verify)
            continue;
        if (found != NULL)
            return OST_E_KEY_AMBIGUOUS;
        found = key;
    }
    if (found == NULL)
        return named && kid.len > 0 ? OST_E_KEY_USE : OST_E_KEY_UNKNOWN;
    *ret_key = found;
    return OST_OK;
}
