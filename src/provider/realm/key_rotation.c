/* SPDX-License-Identifier: Apache-2.0 */
/* Making and rotating realm keys: published before they sign, kept until their last token has
 * expired; see key_ring.h. */
#include "base/error_sentence.h"
#include "base/shown.h"
#include "base/text.h"
#include "provider/pkcs11/pkcs11_row.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm_key.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm.h"

/* A whole realm is read into it, sealed and opened. */
#define ROTATION_ARENA ((size_t)1 << 30)
#define MORE_KEYS 16 /* one for each algorithm at most, and two */

static bool has_active(const store_key *keys, size_t count, ost_text algorithm, const char *use)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].state == STORE_KEY_ACTIVE && text_equal(keys[i].algorithm, algorithm) &&
            text_is(keys[i].use, use))
            return true;
    }
    return false;
}

/* What the realm's tokens are signed with. */
static ost_algs algorithms_of(const realm *r)
{
    ost_algs algs = OST_ALG_BIT(r->signature_alg);
    for (size_t i = 0; i < r->client_count; i++) {
        const realm_client *client = r->clients[i];
        if (client->barred == NULL)
            algs |= OST_ALG_BIT(client->access_alg) | OST_ALG_BIT(client->id_alg) |
                    OST_ALG_BIT(client->answers.userinfo.signature) |
                    OST_ALG_BIT(client->answers.authorization.signature);
    }
    return algs & REALM_KEY_ALGS;
}

static ost_result complete(const realm *r, const ost_context *context, ost_arena *arena,
                           store_key *keys, size_t *count)
{
    ost_text name = text_of(r->name);
    ost_algs algs = algorithms_of(r);
    ost_result result = OST_OK;
    for (ost_alg alg = OST_RS256; alg <= OST_EDDSA && result == OST_OK; alg++) {
        ost_text called = text_of(ost_alg_name(alg));
        if ((algs & OST_ALG_BIT(alg)) != 0 && !has_active(keys, *count, called, "sig"))
            result = realm_key_new(name, called, context, arena, &keys[(*count)++]);
    }
    if (result == OST_OK && !has_active(keys, *count, OST_TEXT("RSA-OAEP"), "enc"))
        result = realm_key_rsa(name, "RSA-OAEP", "enc", context, arena, &keys[(*count)++]);
    if (result == OST_OK && !has_active(keys, *count, OST_TEXT("HS512"), "sig"))
        result = realm_key_secret(name, context, arena, &keys[(*count)++]);
    return result;
}

ost_result key_ring_complete(const realm *r, const store_key *brought, size_t brought_count,
                             const ost_context *context, ost_arena *arena, store_key **ret_keys,
                             size_t *ret_count, ost_error *error)
{
    size_t count = brought_count;
    store_key *keys = ost_arena_alloc(arena, (count + MORE_KEYS) * sizeof *keys);
    if (keys == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        keys[i] = brought[i];
    ost_result result = complete(r, context, arena, keys, &count);
    if (result != OST_OK)
        return ost_error_set(error, result, "keys of realm %s: %s", r->name,
                             ost_result_sentence(result));
    *ret_keys = keys;
    *ret_count = count;
    return OST_OK;
}

ost_result key_ring_follow(store *s, const realm *before, const realm *after, ost_arena *arena,
                           ost_error *error)
{
    store_key *keys, *all;
    size_t count = 0, all_count = 0;
    if ((algorithms_of(after) & ~algorithms_of(before)) == 0)
        return OST_OK;
    ost_result result = store_key_list(s, text_of(after->name), arena, &keys, &count);
    if (result == OST_OK)
        result = key_ring_complete(after, keys, count, NULL, arena, &all, &all_count, error);
    for (size_t i = count; i < all_count && result == OST_OK; i++)
        result = store_key_create(s, &all[i]);
    return result == OST_E_CEILING
               ? ost_error_set(error, result, "The realm has too many keys for another algorithm")
               : error_set_sentence(error, result);
}

/* A key whose time has come, while nothing served that would have moved it. */
static ost_result promote(store *s, const store_realm *row, const store_key *key, int64_t now)
{
    realm *r;
    ost_result result = realm_load(row->document, row->version, &r, NULL);
    if (result != OST_OK)
        return result;
    result = store_key_promote(s, row->name, key->kid, now + realm_longest_token(r));
    realm_unref(r);
    return result == OST_E_NOT_FOUND ? OST_OK : result; /* another process was faster */
}

/* Whether there is room for one more of the algorithm: one is enough that waits, and what follows a
 * device's key is a device's key. */
static ost_result check_others(store *s, const store_realm *row, ost_text algorithm, bool given,
                               int64_t now, ost_arena *arena, ost_error *error)
{
    store_key *keys;
    size_t count = 0;
    ost_result result = store_key_list(s, row->name, arena, &keys, &count);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (!text_equal(keys[i].algorithm, algorithm))
            continue;
        if (keys[i].state == STORE_KEY_ACTIVE && !given && pkcs11_row_is(&keys[i]))
            return ost_error_set(error, OST_E_CONFLICT,
                                 "the key that signs with %.*s is in a device: make the next one "
                                 "there, and name it with key rotate --pkcs11",
                                 (int)algorithm.len, algorithm.data);
        if (keys[i].state != STORE_KEY_NEXT)
            continue;
        if (keys[i].signs_from > now)
            return ost_error_set(error, OST_E_CONFLICT,
                                 "a new key is waiting already; it signs in %lld s",
                                 (long long)(keys[i].signs_from - now));
        result = promote(s, row, &keys[i], now);
    }
    return error_set_sentence(error, result);
}

static ost_result make_next(ost_text name, ost_text algorithm, const store_key *given,
                            ost_arena *arena, store_key *ret_next, ost_error *error)
{
    ost_result result = OST_OK;
    if (given != NULL)
        *ret_next = *given;
    else
        result = realm_key_new(name, algorithm, NULL, arena, ret_next);
    if (result != OST_E_UNSUPPORTED)
        return error_set_sentence(error, result);
    const char *names = realm_key_alg_names(arena);
    return ost_error_set(error, result, "tokens cannot be signed with %.*s, but with %s",
                         SHOWN(algorithm, 40), names != NULL ? names : "others");
}

static ost_result add_next(store *s, const store_key *next, ost_error *error)
{
    ost_result result = store_key_create(s, next);
    if (result == OST_E_CONFLICT)
        return ost_error_set(error, result, "the realm has this key already");
    if (result == OST_E_CEILING)
        return ost_error_set(error, result,
                             "the realm has too many keys: a new one has room when an old one has "
                             "retired");
    return error_set_sentence(error, result);
}

static ost_result rotate(store *s, ost_text name, ost_text algorithm, const store_key *given,
                         int64_t now, int64_t delay, ost_arena *arena, ost_error *error)
{
    store_key next;
    store_realm row;
    ost_result result = store_realm_get(s, name, arena, &row);
    if (result == OST_E_NOT_FOUND)
        return ost_error_set(error, result, "Realm not found: %.*s", (int)name.len, name.data);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    result = check_others(s, &row, algorithm, given != NULL, now, arena, error);
    if (result == OST_OK)
        result = make_next(name, algorithm, given, arena, &next, error);
    if (result != OST_OK)
        return result;
    next.state = STORE_KEY_NEXT;
    next.signs_from = now + delay;
    return add_next(s, &next, error);
}

ost_result key_ring_rotate(store *s, ost_text name, ost_text algorithm, const store_key *given,
                           int64_t now, int64_t delay, ost_error *error)
{
    ost_arena *arena = ost_arena_new(ROTATION_ARENA);
    if (arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = rotate(s, name, algorithm, given, now, delay, arena, error);
    ost_arena_free(arena);
    return result;
}

ost_result key_ring_advance(store *s, ost_text name, int64_t now, int64_t longest_token,
                            key_promoted *told, void *user)
{
    store_key *keys;
    size_t count = 0;
    ost_arena *arena = ost_arena_new(ROTATION_ARENA);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = store_key_list(s, name, arena, &keys, &count);
    for (size_t i = 0; result == OST_OK && i < count; i++) {
        if (keys[i].state != STORE_KEY_NEXT || keys[i].signs_from > now)
            continue;
        result = store_key_promote(s, name, keys[i].kid, now + longest_token);
        if (result == OST_OK && told != NULL)
            told(user, &keys[i], now + longest_token);
        if (result == OST_E_NOT_FOUND) /* another process was faster */
            result = OST_OK;
    }
    ost_arena_free(arena);
    return result;
}
