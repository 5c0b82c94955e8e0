/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets (RFC 7517 §5) and the choice of the one key for a token. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/or_default.h"
#include "base/shown.h"
#include "base/text.h"
#include "jose/key/jwk_member.h"
#include "jose/key/key_state.h"
#include "jose/key/keyset_read.h"

#define DEFAULT_MAX_KEYS 100
#define JWKS_MAX_BYTES ((size_t)256 * 1024)
#define JWKS_MAX_VALUES 16384
#define JWKS_ARENA ((size_t)4 * 1024 * 1024)

struct ost_keyset {
    atomic_size_t references;
    size_t count;
    ost_key *keys[];
};

static ost_keyset *keyset_new(size_t room)
{
    ost_keyset *keyset = memory_alloc(sizeof *keyset + room * sizeof(ost_key *));
    if (keyset != NULL)
        atomic_init(&keyset->references, 1);
    return keyset;
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

/* The set takes over the reference. */
static void put_key(ost_keyset *keyset, ost_key *key)
{
    keyset->keys[keyset->count++] = key;
    key_table_allow(&key->working->table);
}

size_t ost_keyset_count(const ost_keyset *keyset)
{
    return keyset != NULL ? keyset->count : 0;
}

const ost_key *ost_keyset_at(const ost_keyset *keyset, size_t index)
{
    return index < ost_keyset_count(keyset) ? keyset->keys[index] : NULL;
}

/* Keys of different types may share a kid (RFC 7517 §4.5): the algorithm tells them apart. */
static bool has_rival(const ost_keyset *keyset, const ost_key *key)
{
    ost_text kid = ost_key_kid(key);
    for (size_t i = 0; kid.len > 0 && i < keyset->count; i++) {
        if (text_equal(ost_key_kid(keyset->keys[i]), kid) &&
            ost_key_type_of(keyset->keys[i]) == ost_key_type_of(key))
            return true;
    }
    return false;
}

/* A published set shows secrets only by mistake or malice; neither is to be relied upon. */
static bool holds_secret(const ost_json *jwk)
{
    static const char *const names[] = {"k", "d", "p", "q", "dp", "dq", "qi", "oth"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const ost_json *member = jwk_get(jwk, names[i]);
        bool empty = ost_json_equals(member, OST_TEXT("")) ||
                     (ost_json_is(member, OST_JSON_ARRAY) && ost_json_count(member) == 0);
        if (member != NULL && !empty)
            return true;
    }
    return ost_json_equals(ost_json_get(jwk, "kty"), OST_TEXT("oct"));
}

/* The same key material, whatever it is named and bound to. */
static bool is_same(const ost_key *a, const ost_key *b)
{
    char first[44], second[44];
    return ost_key_type_of(a) == ost_key_type_of(b) && ost_key_thumbprint(a, first) == OST_OK &&
           ost_key_thumbprint(b, second) == OST_OK && text_equal(text_of(first), text_of(second));
}

/* Said of both in the same way, or of neither. */
static bool same_issuer(const ost_key *a, const ost_key *b)
{
    return a->issuer == NULL || b->issuer == NULL ? a->issuer == b->issuer
                                                  : strcmp(a->issuer, b->issuer) == 0;
}

/* A key that is listed once more, with the same kid and nothing else about it, adds nothing. */
static bool has_copy(const ost_keyset *keyset, const ost_key *key)
{
    for (size_t i = 0; i < keyset->count; i++) {
        const ost_key *other = keyset->keys[i];
        if (text_equal(ost_key_kid(other), ost_key_kid(key)) && other->algs == key->algs &&
            other->ops == key->ops && ost_key_is_private(other) == ost_key_is_private(key) &&
            same_issuer(other, key) && is_same(other, key))
            return true;
    }
    return false;
}

/* What has been passed over so far. */
typedef struct passed_over {
    size_t skipped;
    keyset_left_out left_out;
} passed_over;

static void leave_out(passed_over *over, const ost_json *jwk, size_t number, const ost_error *why)
{
    ost_text kid = {0};
    char *first = over->left_out.first;
    over->skipped++;
    if (over->left_out.count++ > 0)
        return;
    bool named = ost_json_text(ost_json_get(jwk, "kid"), &kid) && kid.len > 0;
    if (named)
        snprintf(first, sizeof over->left_out.first, "kid \"%.*s\": %.120s", SHOWN(kid, 40),
                 why->detail);
    else
        snprintf(first, sizeof over->left_out.first, "key %zu of the set: %.120s", number,
                 why->detail);
    text_make_printable(first, strlen(first));
}

/* What the entry says of whose tokens the key signs. Text with a NUL in it would be another one
 * where strings end. */
static ost_result read_issuer(const ost_json *jwk, ost_key *key)
{
    ost_text issuer = {0};
    const ost_json *member = jwk_get(jwk, "issuer");
    if (member == NULL)
        return OST_OK;
    if (!ost_json_text(member, &issuer) || text_find(issuer, '\0', 0) < issuer.len)
        issuer = (ost_text){0};
    key->issuer = memory_copy(issuer);
    return key->issuer != NULL ? OST_OK : OST_E_MEMORY;
}

/* Adds the key when signatures can be verified with it; one that is for something else, or not
 * usable, is passed over without an error, and counted. RFC 7517 §4.5: keys may share a kid when
 * they are alternatives of each other; which of them a token means is for ost_keyset_find. */
static ost_result add_key(ost_keyset *keyset, const ost_json *jwk, size_t number, passed_over *over,
                          ost_error *error)
{
    ost_key *key;
    ost_error why = {0};
    if (holds_secret(jwk)) {
        return ost_error_set(error, OST_E_KEY_USE, "the key set shows a private or symmetric key");
    }
    ost_result result = ost_key_import_json(jwk, &key, &why);
    if (result == OST_OK) {
        result = read_issuer(jwk, key);
        if (result != OST_OK)
            ost_key_unref(key);
    }
    if (result == OST_E_MEMORY || result == OST_E_CRYPTO)
        return ost_error_set(error, result, "a key could not be made");
    if (result != OST_OK) {
        leave_out(over, jwk, number, &why);
        return OST_OK;
    }
    bool verifies = (key->algs & OST_ALGS_SIGNATURE) != 0 && (key->ops & KEY_VERIFY) != 0;
    over->skipped += !verifies;
    if (verifies && !has_copy(keyset, key))
        put_key(keyset, key);
    else
        ost_key_unref(key);
    return OST_OK;
}

static ost_result import_entries(const ost_json *document, size_t max_keys, ost_keyset **ret_keyset,
                                 passed_over *over, ost_error *error)
{
    const ost_json *entries = ost_json_get(document, "keys");
    if (!ost_json_is(entries, OST_JSON_ARRAY))
        return ost_error_set(error, OST_E_KEY_FORMAT, "the key set has no array \"keys\"");
    size_t count = ost_json_count(entries);
    if (count > max_keys) {
        return ost_error_set(error, OST_E_CEILING, "%zu keys, where %zu are allowed", count,
                             max_keys);
    }
    ost_keyset *keyset = keyset_new(count);
    if (keyset == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = OST_OK;
    size_t number = 0;
    const ost_json *entry = ost_json_first(entries);
    for (; result == OST_OK && entry != NULL; entry = ost_json_next(entry))
        result = add_key(keyset, entry, ++number, over, error);
    if (result == OST_OK && keyset->count == 0)
        result = ost_error_set(error, OST_E_KEY_UNKNOWN, "none of %zu keys is usable%s%s", count,
                               over->left_out.count > 0 ? "; " : "", over->left_out.first);
    if (result != OST_OK) {
        ost_keyset_unref(keyset);
        return result;
    }
    *ret_keyset = keyset;
    return OST_OK;
}

ost_result ost_keyset_import(ost_text jwks, size_t max_keys, ost_keyset **ret_keyset,
                             size_t *ret_skipped, ost_error *error)
{
    keyset_left_out unused;
    return keyset_read(jwks, max_keys, ret_keyset, ret_skipped, &unused, error);
}

ost_result keyset_read(ost_text jwks, size_t max_keys, ost_keyset **ret_keyset, size_t *ret_skipped,
                       keyset_left_out *ret_left_out, ost_error *error)
{
    static const ost_json_limits limits = {JWKS_MAX_BYTES, 8, JWKS_MAX_VALUES};
    const ost_json *document;
    passed_over over = {0};
    *ret_left_out = over.left_out;
    if (ret_keyset == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the key set");
    ost_arena *arena = ost_arena_new(JWKS_ARENA);
    if (arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(jwks, &limits, arena, &document, error);
    if (result == OST_OK) {
        result = import_entries(document, OR_DEFAULT(max_keys, DEFAULT_MAX_KEYS), ret_keyset, &over,
                                error);
    }
    if (result == OST_OK && ret_skipped != NULL)
        *ret_skipped = over.skipped;
    *ret_left_out = over.left_out;
    ost_arena_free(arena);
    return result;
}

ost_result ost_keyset_new(ost_key *const *keys, size_t count, ost_keyset **ret_keyset)
{
    if (ret_keyset == NULL || (count > 0 && keys == NULL))
        return OST_E_ARGUMENT;
    ost_keyset *keyset = count <= JWKS_MAX_VALUES ? keyset_new(count) : NULL;
    if (keyset == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (keys[i] == NULL || has_rival(keyset, keys[i])) {
            ost_keyset_unref(keyset);
            return keys[i] == NULL ? OST_E_ARGUMENT : OST_E_KEY_AMBIGUOUS;
        }
        put_key(keyset, ost_key_ref(keys[i]));
    }
    *ret_keyset = keyset;
    return OST_OK;
}

ost_result keyset_gather(ost_key *const *keys, size_t count, ost_keyset **ret_keyset)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i] == NULL)
            return OST_E_ARGUMENT;
    }
    ost_keyset *keyset = count <= JWKS_MAX_VALUES ? keyset_new(count) : NULL;
    if (keyset == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (!has_copy(keyset, keys[i]))
            put_key(keyset, ost_key_ref(keys[i]));
    }
    *ret_keyset = keyset;
    return OST_OK;
}

static bool may_verify(const ost_key *key, ost_alg alg)
{
    return alg_signs(alg) && key_may(key, alg, false);
}

/* The one key that may verify `alg`, of those that have the kid if one is given. The same key may
 * stand there more than once. */
ost_result ost_keyset_find(const ost_keyset *keyset, ost_text kid, ost_alg alg,
                           const ost_key **ret_key)
{
    const ost_key *found = NULL;
    bool named = false;
    if (keyset == NULL || ret_key == NULL)
        return OST_E_ARGUMENT;
    for (size_t i = 0; i < keyset->count; i++) {
        const ost_key *key = keyset->keys[i];
        if (kid.len > 0 && !text_equal(ost_key_kid(key), kid))
            continue;
        named = true;
        if (!may_verify(key, alg))
            continue;
        if (found != NULL && !is_same(found, key))
            return OST_E_KEY_AMBIGUOUS;
        found = found != NULL ? found : key;
    }
    if (found == NULL)
        return named && kid.len > 0 ? OST_E_KEY_USE : OST_E_KEY_UNKNOWN;
    *ret_key = found;
    return OST_OK;
}
