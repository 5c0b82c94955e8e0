/* SPDX-License-Identifier: Apache-2.0 */
/* Hands out an issuer's current keys; see guard_keys.h. */
#include "guard/guard_keys.h"

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "guard/guard_state.h"
#include "jose/key/key_state.h"

static issuer *find(ost_guard *guard, ost_text name)
{
    for (size_t i = 0; i < guard->issuer_count; i++) {
        if (text_is(name, guard->issuers[i]->source.name))
            return guard->issuers[i];
    }
    return NULL;
}

ost_result guard_keys(ost_guard *guard, ost_text name, ost_keyset **ret_keys)
{
    issuer *trusted = find(guard, name);
    published_place place;
    if (trusted == NULL)
        return OST_E_ISSUER;
    const key_snapshot *snapshot = published_enter(&trusted->source.keys, &place);
    bool usable = key_source_usable(&trusted->source, snapshot, monotonic_ms());
    if (usable)
        *ret_keys = ost_keyset_ref(snapshot->keys);
    published_leave(&trusted->source.keys, place);
    return usable ? OST_OK : OST_E_STATE;
}

static ost_result find_tenant(const issuer *many, const ost_keyset *keys, ost_text token,
                              ost_arena *arena, ost_text *ret_iss, ost_error *error)
{
    ost_unverified_token read;
    ost_unverified_jws jws;
    ost_text iss = {0};
    const ost_key *key;
    ost_result result = ost_jwt_read_unverified(token, arena, &read, error);
    if (result == OST_OK)
        result = ost_jws_read_unverified(token, OST_ALGS_DEFAULT, arena, &jws, error);
    if (result != OST_OK)
        return result;
    const ost_json *tid = ost_json_get(read.claims, "tid");
    (void)!ost_json_text(ost_json_get(read.claims, "iss"), &iss);
    result = issuer_check_name(many, iss, tid, error);
    if (result != OST_OK)
        return result;
    result = ost_keyset_find(keys, jws.kid, jws.alg, &key);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    *ret_iss = iss;
    return tenants_check_key(key->issuer, iss, tid, error);
}

ost_result guard_keys_issuer(ost_guard *guard, ost_text name, const ost_keyset *keys,
                             ost_text token, ost_arena *arena, const char **ret_name,
                             ost_error *error)
{
    const issuer *trusted = find(guard, name);
    ost_text iss = {0};
    if (trusted == NULL)
        return error_set_sentence(error, OST_E_ISSUER);
    if (!trusted->tenants.many) {
        *ret_name = trusted->source.name;
        return OST_OK;
    }
    ost_result result = find_tenant(trusted, keys, token, arena, &iss, error);
    const char *copy = result == OST_OK ? ost_arena_copy(arena, iss) : NULL;
    if (copy == NULL)
        return result != OST_OK ? result : error_set_sentence(error, OST_E_MEMORY);
    *ret_name = copy;
    return OST_OK;
}

bool guard_keys_await(ost_guard *guard, ost_text name, ost_text kid, ost_alg alg,
                      void (*ready)(void *user), void *user)
{
    issuer *trusted = find(guard, name);
    const ost_key *key;
    ost_keyset *keys = NULL;
    if (trusted == NULL)
        return false;
    bool some = guard_keys(guard, name, &keys) == OST_OK;
    bool known = some && ost_keyset_find(keys, kid, alg, &key) != OST_E_KEY_UNKNOWN;
    ost_keyset_unref(keys);
    return !known && key_fetch_may_help(&trusted->source, kid, some, NULL) &&
           key_fetch_wait(&trusted->source, ready, user) == OST_OK;
}
