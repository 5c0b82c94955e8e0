/* Making and rotating realm keys: published before they sign, kept until their last token has
 * expired; see key_ring.h. */
#include "base/text.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm_key.h"

#define ROTATION_ARENA ((size_t)1 << 20)
#define ALGORITHM "RS256"

ost_result key_ring_generate(ost_text realm, const ost_context *context, ost_arena *arena,
                             store_key **ret_keys, size_t *ret_count, ost_error *ret_error)
{
    store_key *keys = ost_arena_alloc(arena, 3 * sizeof *keys);
    ost_result result = keys != NULL ? OST_OK : OST_E_MEMORY;
    if (result == OST_OK)
        result = realm_key_rsa(realm, ALGORITHM, "sig", context, arena, &keys[0]);
    if (result == OST_OK)
        result = realm_key_rsa(realm, "RSA-OAEP", "enc", context, arena, &keys[1]);
    if (result == OST_OK)
        result = realm_key_secret(realm, context, arena, &keys[2]);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "keys of realm %.*s: %s", (int)realm.len,
                             realm.data, ost_result_sentence(result));
    *ret_keys = keys;
    *ret_count = 3;
    return OST_OK;
}

static ost_result rotate(store *s, ost_text realm, int64_t now, int64_t delay, ost_arena *arena,
                         ost_error *ret_error)
{
    store_key *keys, next;
    store_realm row;
    size_t count = 0;
    ost_result result = store_realm_get(s, realm, arena, &row);
    if (result == OST_E_NOT_FOUND)
        return ost_error_set(ret_error, result, "there is no realm %.*s", (int)realm.len,
                             realm.data);
    if (result == OST_OK)
        result = store_key_list(s, realm, arena, &keys, &count);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (keys[i].state == STORE_KEY_NEXT)
            return ost_error_set(ret_error, OST_E_CONFLICT,
                                 "a new key is waiting already; it signs in %lld s",
                                 (long long)(keys[i].signs_from - now));
    }
    if (result == OST_OK)
        result = realm_key_rsa(realm, ALGORITHM, "sig", NULL, arena, &next);
    if (result != OST_OK)
        return ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
    next.state = STORE_KEY_NEXT;
    next.signs_from = now + delay;
    result = store_key_create(s, &next);
    return result == OST_OK ? OST_OK
                            : ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
}

ost_result key_ring_rotate(store *s, ost_text realm, int64_t now, int64_t delay,
                           ost_error *ret_error)
{
    ost_arena *arena = ost_arena_new(ROTATION_ARENA);
    if (arena == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = rotate(s, realm, now, delay, arena, ret_error);
    ost_arena_free(arena);
    return result;
}

ost_result key_ring_advance(store *s, ost_text realm, int64_t now, int64_t longest_token)
{
    store_key *keys;
    size_t count = 0;
    ost_arena *arena = ost_arena_new(ROTATION_ARENA);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = store_key_list(s, realm, arena, &keys, &count);
    for (size_t i = 0; result == OST_OK && i < count; i++) {
        if (keys[i].state != STORE_KEY_NEXT || keys[i].signs_from > now)
            continue;
        result = store_key_promote(s, realm, keys[i].kid, now + longest_token);
        if (result == OST_E_NOT_FOUND) /* another process was faster */
            result = OST_OK;
    }
    ost_arena_free(arena);
    return result;
}
