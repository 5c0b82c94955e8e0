/* SPDX-License-Identifier: Apache-2.0 */
/* Clients' keys, imported once; see proof_keys.h. One place for each keyed hash of a JWK's bytes,
 * so that nobody can aim a key at another one's place; an entry answers only for exactly its bytes.
 */
#include "guard/sender/proof_keys.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"

#define PLACES 1024
#define LOCKS 16
#define JWK_MAX 1024

typedef struct known_key {
    ost_key *key;
    char thumbprint[44];
    size_t len;
    char jwk[];
} known_key;

struct proof_keys {
    unsigned char secret[crypto_shorthash_KEYBYTES];
    pthread_mutex_t locks[LOCKS];
    known_key *places[PLACES];
};

ost_result proof_keys_new(const ost_context *context, proof_keys **ret_keys)
{
    proof_keys *keys = memory_alloc(sizeof *keys);
    if (keys == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&keys->locks[i], NULL);
    ost_result result = context_random(context, keys->secret, sizeof keys->secret);
    if (result != OST_OK) {
        proof_keys_free(keys);
        return result;
    }
    *ret_keys = keys;
    return OST_OK;
}

static void known_free(known_key *known)
{
    if (known == NULL)
        return;
    ost_key_unref(known->key);
    memory_free(known);
}

void proof_keys_free(proof_keys *keys)
{
    if (keys == NULL)
        return;
    for (size_t i = 0; i < PLACES; i++)
        known_free(keys->places[i]);
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&keys->locks[i]);
    wipe(keys->secret, sizeof keys->secret);
    memory_free(keys);
}

static size_t place_of(const proof_keys *keys, ost_text jwk)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, text_bytes(jwk), jwk.len, keys->secret);
    return (size_t)(hash % PLACES);
}

ost_key *proof_keys_get(proof_keys *keys, ost_text jwk, char ret_thumbprint[44])
{
    ost_key *found = NULL;
    size_t place = place_of(keys, jwk);
    pthread_mutex_lock(&keys->locks[place % LOCKS]);
    const known_key *known = keys->places[place];
    if (known != NULL && text_equal(jwk, (ost_text){known->jwk, known->len})) {
        found = ost_key_ref(known->key);
        memcpy(ret_thumbprint, known->thumbprint, sizeof known->thumbprint);
    }
    pthread_mutex_unlock(&keys->locks[place % LOCKS]);
    return found;
}

void proof_keys_put(proof_keys *keys, ost_text jwk, ost_key *key, const char thumbprint[44])
{
    if (jwk.len > JWK_MAX)
        return;
    known_key *known = memory_alloc(sizeof *known + jwk.len);
    if (known == NULL)
        return;
    known->key = ost_key_ref(key);
    known->len = jwk.len;
    memcpy(known->thumbprint, thumbprint, sizeof known->thumbprint);
    memcpy(known->jwk, jwk.data, jwk.len);
    size_t place = place_of(keys, jwk);
    pthread_mutex_lock(&keys->locks[place % LOCKS]);
    known_key *before = keys->places[place];
    keys->places[place] = known;
    pthread_mutex_unlock(&keys->locks[place % LOCKS]);
    known_free(before);
}
