/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing and opening what the store keeps; see sealing.h. */
#include "store/sealing/sealing.h"

#include <sodium.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "store/lock.h"

#define READ_AGAIN 2000 /* milliseconds between two looks at the source */

sealing *sealing_new(void)
{
    sealing *s = memory_alloc(sizeof *s);
    if (s != NULL)
        pthread_mutex_init(&s->lock, NULL);
    return s;
}

void sealing_free(sealing *s)
{
    if (s == NULL)
        return;
    sodium_free(s->keys); /* wipes */
    pthread_mutex_destroy(&s->lock);
    memory_free(s);
}

void sealed_text_free(sealed_text *text)
{
    memory_free(text->memory);
}

/* ---- the keys at hand ---- */

ost_result sealing_read(sealing *s, ost_error *error)
{
    size_t count = 0;
    if (sodium_init() < 0)
        return ost_error_set(error, OST_E_CRYPTO, "libsodium does not start");
    master_key *keys = sodium_allocarray(MASTER_KEYS_MAX, sizeof *keys);
    if (keys == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = s->source->read(s->source->user, keys, &count, error);
    if (result != OST_OK) {
        sodium_free(keys);
        return result;
    }
    sodium_free(s->keys);
    s->keys = keys;
    s->count = count;
    s->looked = monotonic_ms();
    return OST_OK;
}

const master_key *sealing_find(const sealing *s, ost_text id)
{
    for (size_t i = 0; i < s->count; i++) {
        if (text_is(id, s->keys[i].id))
            return &s->keys[i];
    }
    return NULL;
}

/* With the lock held. Whoever seals everything anew under another key has put it into the source.
 */
static const master_key *find_key(sealing *s, ost_text id)
{
    const master_key *key = sealing_find(s, id);
    if (key != NULL || s->source == NULL || monotonic_ms() - s->looked < READ_AGAIN)
        return key;
    s->looked = monotonic_ms();
    return sealing_read(s, NULL) == OST_OK ? sealing_find(s, id) : NULL;
}

/* ---- what the store says ---- */

ost_result sealing_current(database *d, char ret_id[MASTER_KEY_ID + 1])
{
    statement *st = prepare(d, "SELECT id FROM master_key WHERE state = 1");
    ost_result result = next_row(st);
    ret_id[0] = '\0';
    if (result == OST_E_NOT_FOUND)
        return OST_OK;
    if (result != OST_OK)
        return result;
    bool whole = text_to_string(st->driver->text(st, 0), ret_id, MASTER_KEY_ID + 1);
    reset_statement(st);
    return whole ? OST_OK : OST_E_STORE;
}

/* Whether something may lie in clear beside what is sealed. */
static ost_result check_clear(database *d)
{
    statement *st = prepare(d, "SELECT 1 FROM master_key WHERE state = 1 AND NOT EXISTS "
                               "(SELECT 1 FROM master_key WHERE id = '')");
    ost_result result = next_row(st);
    reset_statement(st);
    if (result == OST_E_NOT_FOUND)
        return OST_OK;
    return result == OST_OK ? OST_E_DECRYPTION : result;
}

ost_result sealing_seal(database *d, const sealed_place *place, ost_text plain,
                        sealed_text *ret_text)
{
    char id[MASTER_KEY_ID + 1];
    char *sealed = NULL;
    ost_result result = lock_sealing(d, false);
    if (result == OST_OK)
        result = sealing_current(d, id);
    if (result != OST_OK)
        return result;
    if (id[0] == '\0') {
        *ret_text = (sealed_text){.text = plain};
        return OST_OK;
    }
    if (d->sealing == NULL)
        return OST_E_KEY_UNKNOWN;
    pthread_mutex_lock(&d->sealing->lock);
    const master_key *key = find_key(d->sealing, text_of(id));
    result = key != NULL ? master_key_seal(key, place, plain, &sealed) : OST_E_KEY_UNKNOWN;
    pthread_mutex_unlock(&d->sealing->lock);
    if (result == OST_OK)
        *ret_text = (sealed_text){text_of(sealed), sealed};
    return result;
}

ost_result sealing_open(database *d, const sealed_place *place, ost_text stored, ost_arena *arena,
                        ost_text *ret_plain)
{
    ost_text id;
    ost_result result = sealed_text_master(stored, &id);
    if (result == OST_OK && id.len == 0) {
        result = check_clear(d);
        if (result == OST_OK)
            *ret_plain = stored;
        return result;
    }
    if (result != OST_OK || d->sealing == NULL)
        return result != OST_OK ? OST_E_DECRYPTION : OST_E_KEY_UNKNOWN;
    pthread_mutex_lock(&d->sealing->lock);
    const master_key *key = find_key(d->sealing, id);
    result =
        key != NULL ? master_key_open(key, place, stored, arena, ret_plain) : OST_E_KEY_UNKNOWN;
    pthread_mutex_unlock(&d->sealing->lock);
    return result;
}
