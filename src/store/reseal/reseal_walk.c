/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reseal/reseal_walk.h"

#include <stdio.h>

#include "base/text.h"
#include "store/lock.h"
#include "store/transaction.h"

#define BATCH 50 /* rows of one transaction, at most */
#define BATCH_ARENA ((size_t)1 << 30)
#define NAME_MAX 4200 /* bytes of a realm's name, and of a secret's */

/* How far the walk is. */
typedef struct walk {
    const secret_kind *kind;
    const char *id;
    char mark[SEAL_MARK];
    char realm[NAME_MAX], name[NAME_MAX];
    stored_secret found[BATCH];
    size_t count;
} walk;

void seal_mark(const char *id, char ret_mark[SEAL_MARK])
{
    (void)snprintf(ret_mark, SEAL_MARK, "sealed.1.%s.", id);
}

ost_result reseal_turn(database *d, const char *id)
{
    ost_result locked = lock_sealing(d, true);
    if (locked != OST_OK)
        return locked;
    statement *st = PREPARED(d, "SELECT 1 FROM master_key WHERE state = 1 AND id = ?", text_of(id));
    ost_result result = next_row(st);
    reset_statement(st);
    return result == OST_E_NOT_FOUND ? OST_E_CONFLICT : result;
}

static ost_result read_batch(database *d, walk *w, ost_arena *arena)
{
    bool failed = false;
    ost_result result = OST_OK;
    statement *st =
        PREPARED(d, w->kind->select, text_of(w->realm), text_of(w->name), text_of(w->mark));
    w->count = 0;
    while (w->count < BATCH && (result = next_row(st)) == OST_OK && !failed)
        w->found[w->count++] = (stored_secret){.realm = column_text(st, 0, arena, &failed),
                                               .name = column_text(st, 1, arena, &failed),
                                               .text = column_text(st, 2, arena, &failed)};
    reset_statement(st);
    if (failed)
        return OST_E_MEMORY;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result move_batch(database *d, walk *w, ost_arena *arena)
{
    ost_result result = reseal_turn(d, w->id);
    if (result == OST_OK)
        result = read_batch(d, w, arena);
    for (size_t i = 0; i < w->count && result == OST_OK; i++)
        result = w->kind->move(d, &w->found[i], arena);
    return result;
}

/* Behind the last of the batch, which has been stored. */
static ost_result go_on(walk *w, bool *ret_more)
{
    *ret_more = w->count > 0;
    if (w->count == 0)
        return OST_OK;
    const stored_secret *last = &w->found[w->count - 1];
    return text_to_string(last->realm, w->realm, sizeof w->realm) &&
                   text_to_string(last->name, w->name, sizeof w->name)
               ? OST_OK
               : OST_E_CEILING;
}

ost_result reseal_walk(store *s, const secret_kind *kind, const char *id, size_t *total)
{
    walk w = {.kind = kind, .id = id};
    ost_result result = OST_OK;
    bool more = true;
    seal_mark(id, w.mark);
    while (more && result == OST_OK) {
        ost_arena *arena = ost_arena_new(BATCH_ARENA);
        if (arena == NULL)
            return OST_E_MEMORY;
        w.count = 0;
        result = WRITE(s, d, move_batch(d, &w, arena));
        if (result == OST_OK) {
            *total += w.count;
            result = go_on(&w, &more);
        }
        ost_arena_free(arena);
    }
    return result;
}
