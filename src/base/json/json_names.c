/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two members of an object have the same name (RFC 7493 §2.3 forbids it): few are compared
 * with each other, many go through a table whose hash (SipHash) nobody outside can foresee, so
 * that the time grows with the number of members, whatever the names are. */
#include <pthread.h>
#include <sodium.h>

#include "base/context.h"
#include "base/json/json_value.h"
#include "base/text.h"

#define FEW_MEMBERS 24

static unsigned char secret[crypto_shorthash_KEYBYTES];
static ost_result secret_result;
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void make_secret(void)
{
    secret_result = context_random(NULL, secret, sizeof secret);
}

static uint64_t hash_of(ost_text name)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, text_bytes(name), name.len, secret);
    return hash;
}

static bool is_taken(const ost_json *object, const ost_json *member)
{
    for (const ost_json *at = object->as.children.first; at != member; at = at->next) {
        if (text_equal(at->name, member->name))
            return true;
    }
    return false;
}

/* Open addressing over at least twice as many slots as members. A slot holds a hash, not a member:
 * small, and two names of the same 64 bits are so rare that looking through all is cheap. */
static ost_result hashed_duplicate(const ost_json *object, ost_arena *arena, bool *ret_found)
{
    size_t slots = (size_t)1 << (64 - __builtin_clzll(2 * object->as.children.count - 1));
    uint64_t *table = ost_arena_alloc(arena, slots * sizeof *table);
    if (table == NULL)
        return OST_E_MEMORY;
    pthread_once(&secret_once, make_secret);
    if (secret_result != OST_OK)
        return secret_result;
    bool found = false;
    for (const ost_json *at = object->as.children.first; at != NULL && !found; at = at->next) {
        uint64_t hash = hash_of(at->name) | 1; /* 0 is an empty slot */
        size_t place = (size_t)(hash >> 32) & (slots - 1);
        while (table[place] != 0 && table[place] != hash)
            place = (place + 1) & (slots - 1);
        found = table[place] == hash && is_taken(object, at);
        table[place] = hash;
    }
    *ret_found = found;
    return OST_OK;
}

/* A number from 0 to 255 that equal names share, and other names seldom do. */
static unsigned bucket_of(ost_text name)
{
    if (name.len == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)name.data;
    unsigned mixed = bytes[0] * 5U + bytes[name.len / 2] * 31U + bytes[name.len - 1] * 17U;
    return (mixed + (unsigned)name.len) & 255;
}

/* Only names whose bucket was taken before are compared. */
static bool pairwise_duplicate(const ost_json *object)
{
    uint64_t taken[4] = {0};
    for (const ost_json *at = object->as.children.first; at != NULL; at = at->next) {
        unsigned bucket = bucket_of(at->name);
        uint64_t bit = (uint64_t)1 << (bucket & 63);
        if ((taken[bucket / 64] & bit) == 0) {
            taken[bucket / 64] |= bit;
            continue;
        }
        if (is_taken(object, at))
            return true;
    }
    return false;
}

ost_result json_find_duplicate(const ost_json *object, ost_arena *arena, bool *ret_found)
{
    if (object->as.children.count > FEW_MEMBERS)
        return hashed_duplicate(object, arena, ret_found);
    *ret_found = pairwise_duplicate(object);
    return OST_OK;
}
