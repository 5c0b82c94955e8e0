/* SPDX-License-Identifier: Apache-2.0 */
/* At a server, what `ostiary key list` and `key rotate` do at the store. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/realm/key_ring.h"

#define DELAY_MAX (30 * 86400)

/* ---- list ---- */

/* "SIG" and "ACTIVE" are "sig" and "active" at the store. */
static ost_text lower(administrator *a, const ost_json *json, const char *member)
{
    ost_text text = json_text_of(json, member);
    char *copy = ost_arena_copy(a->arena, text);
    if (copy == NULL)
        return (ost_text){0};
    text_make_lower(copy, text.len);
    return (ost_text){copy, text.len};
}

static void put_json(administrator *a, const ost_json *key, ost_json_writer *w)
{
    ost_json_open_object(w);
    ost_json_member_text(w, "kid", json_text_of(key, "kid"));
    ost_json_member_text(w, "algorithm", json_text_of(key, "algorithm"));
    ost_json_member_text(w, "use", lower(a, key, "use"));
    ost_json_member_text(w, "status", lower(a, key, "status"));
    ost_json_close_object(w);
}

static ost_result print_json(administrator *a, const ost_json *keys)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(keys); at != NULL; at = ost_json_next(at))
        put_json(a, at, w);
    ost_json_close_array(w);
    return administration_print_written(w);
}

static ost_result list(administrator *a, const option_values *values, ost_error *error)
{
    const ost_json *answer = NULL;
    ost_result result = administrator_ask(a, HTTP_GET, "/keys", (ost_text){0}, &answer, error);
    const ost_json *keys = ost_json_get(answer, "keys");
    if (result == OST_OK && options_has(values, "json"))
        return print_json(a, keys);
    for (const ost_json *at = ost_json_first(keys); at != NULL; at = ost_json_next(at)) {
        resource_put(at, "kid", '\t');
        resource_put(at, "algorithm", '\t');
        administration_put(lower(a, at, "use"), '\t');
        administration_put(lower(a, at, "status"), '\n');
    }
    return result;
}

int remote_key_list(const option_values *values)
{
    return administrator_run(values, "key list", NULL, list);
}

/* ---- rotate ---- */

typedef struct maker {
    const char *algorithms, *provider, *member; /* `member`: of the curve, if any */
    const char *curve;
} maker;

/* Keycloak's makers of keys. */
static const maker makers[] = {
    {"RS256 RS384 RS512 PS256 PS384 PS512", "rsa-generated", NULL, NULL},
    {"ES256", "ecdsa-generated", "ecdsaEllipticCurveKey", "P-256"},
    {"ES384", "ecdsa-generated", "ecdsaEllipticCurveKey", "P-384"},
    {"ES512", "ecdsa-generated", "ecdsaEllipticCurveKey", "P-521"},
    {"EdDSA", "eddsa-generated", "eddsaEllipticCurveKey", "Ed25519"},
};

static const maker *find_maker(ost_text algorithm)
{
    ost_text word;
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        for (ost_text rest = text_of(makers[i].algorithms); text_next(&rest, ' ', &word);) {
            if (text_equal(word, algorithm))
                return &makers[i];
        }
    }
    return NULL;
}

static void put_list(ost_json_writer *w, const char *name, const char *value)
{
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    ost_json_put_text(w, text_of(value));
    ost_json_close_array(w);
}

/* A priority above all there are. */
static const char *next_priority(administrator *a, const ost_json *keys)
{
    int64_t highest = 0, priority;
    for (const ost_json *at = ost_json_first(keys); at != NULL; at = ost_json_next(at)) {
        if (ost_json_integer(ost_json_get(at, "providerPriority"), &priority) && priority > highest)
            highest = priority;
    }
    return ost_arena_format(a->arena, "%lld", (long long)highest + 1);
}

static ost_result component(administrator *a, const maker *how, const char *algorithm,
                            const char *priority, ost_text *ret_body)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    const char *name = ost_arena_format(a->arena, "%s-%s", how->provider, priority);
    if (w == NULL || name == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "name", name);
    ost_json_member_string(w, "providerId", how->provider);
    ost_json_member_string(w, "providerType", "org.keycloak.keys.KeyProvider");
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    put_list(w, "priority", priority);
    put_list(w, "enabled", "true");
    put_list(w, "active", "true");
    if (how->member == NULL)
        put_list(w, "algorithm", algorithm);
    else
        put_list(w, how->member, how->curve);
    ost_json_close_object(w);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_body);
}

/* At a Keycloak a key signs from the moment on in which it is made. */
static ost_result rotate_at_once(administrator *a, const char *algorithm, uint64_t delay,
                                 ost_error *error)
{
    ost_text body;
    const ost_json *answer = NULL;
    const maker *how = find_maker(text_of(algorithm));
    ost_result result = administrator_ask(a, HTTP_GET, "/keys", (ost_text){0}, &answer, error);
    if (result != OST_OK)
        return result;
    if (delay > 0)
        return ost_error_set(error, OST_E_STATE,
                             "at this server a new key signs at once: --delay 0 says that it may");
    if (how == NULL)
        return ost_error_set(
            error, OST_E_ARGUMENT,
            "tokens cannot be signed with %s, but with RS256, RS384, RS512, PS256, "
            "PS384, PS512, ES256, ES384, ES512, EdDSA",
            algorithm);
    const char *priority = next_priority(a, ost_json_get(answer, "keys"));
    result = priority != NULL ? component(a, how, algorithm, priority, &body) : OST_E_MEMORY;
    if (result == OST_OK)
        result = administrator_ask(a, HTTP_POST, "/components", body, NULL, error);
    if (result == OST_OK)
        printf("Realm %s has a new signing key, which signs from now on; the one before stays "
               "published until it is taken away.\n",
               a->realm);
    return result;
}

static ost_result rotation(administrator *a, const char *algorithm, uint64_t delay,
                           ost_text *ret_body)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "algorithm", algorithm);
    ost_json_member_integer(w, "delay", (int64_t)delay);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_body);
}

static ost_result rotate(administrator *a, const option_values *values, ost_error *error)
{
    ost_text body;
    uint64_t delay;
    const char *alg = options_get(values, "alg") != NULL ? options_get(values, "alg") : "RS256";
    ost_result result =
        options_number(values, "delay", KEY_PUBLISH_SECONDS, 0, DELAY_MAX, &delay, error);
    if (result != OST_OK)
        return result;
    /* which is our own; or the realm is not there, as will come to light */
    result = administrator_ask(a, HTTP_GET, "/keys/timeline", (ost_text){0}, NULL, error);
    if (result == OST_E_NOT_FOUND)
        return rotate_at_once(a, alg, delay, error);
    if (result == OST_OK)
        result = rotation(a, alg, delay, &body);
    if (result == OST_OK)
        result = administrator_ask(a, HTTP_POST, "/keys/rotation", body, NULL, error);
    if (result == OST_OK)
        printf(KEY_ROTATED, a->realm, (unsigned long long)delay);
    return result;
}

int remote_key_rotate(const option_values *values)
{
    if (options_has(values, "pkcs11"))
        return command_usage_error("key rotate: --pkcs11 is of the store, not of a server");
    return administrator_run(values, "key rotate", NULL, rotate);
}
