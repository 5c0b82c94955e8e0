/* SPDX-License-Identifier: Apache-2.0 */
/* Giving a store its master keys; see reseal.h. */
#include "base/text.h"
#include "store/reseal/reseal.h"
#include "store/transaction.h"

static ost_result refuse(const sealing *s, ost_text id, ost_error *error)
{
    if (s->count == 0)
        return ost_error_set(error, OST_E_KEY_UNKNOWN,
                             "the store is sealed under the master key %.*s, and none was given",
                             (int)id.len, id.data);
    return ost_error_set(
        error, OST_E_KEY_UNKNOWN, "the store is sealed under the master key %.*s; %s %s",
        (int)id.len, id.data,
        s->count == 1 ? "the one that was given is" : "the first that was given is", s->keys[0].id);
}

static ost_result check_keys(store *s, ost_error *error)
{
    database *d = read_begin(s);
    statement *st = prepare(d, "SELECT id FROM master_key WHERE id <> '' ORDER BY state DESC");
    ost_result result = OST_OK;
    while (result == OST_OK && (result = next_row(st)) == OST_OK) {
        ost_text id = st->driver->text(st, 0);
        if (sealing_find(s->sealing, id) == NULL)
            result = refuse(s->sealing, id, error);
    }
    read_end(s, d);
    if (result == OST_E_NOT_FOUND)
        return OST_OK;
    return result == OST_E_KEY_UNKNOWN
               ? result
               : ost_error_set(error, result, "the master keys of the store cannot be read");
}

ost_result store_unlock(store *s, const master_key_source *source, ost_error *error)
{
    ost_result result = OST_OK;
    pthread_mutex_lock(&s->sealing->lock);
    s->sealing->source = source;
    if (source != NULL)
        result = sealing_read(s->sealing, error);
    pthread_mutex_unlock(&s->sealing->lock);
    return result == OST_OK ? check_keys(s, error) : result;
}

ost_result store_master_key(store *s, ost_arena *arena, ost_text *ret_id)
{
    char id[MASTER_KEY_ID + 1];
    database *d = read_begin(s);
    ost_result result = sealing_current(d, id);
    read_end(s, d);
    char *copy = result == OST_OK ? ost_arena_copy(arena, text_of(id)) : NULL;
    if (copy != NULL)
        *ret_id = text_of(copy);
    return result == OST_OK && copy == NULL ? OST_E_MEMORY : result;
}
