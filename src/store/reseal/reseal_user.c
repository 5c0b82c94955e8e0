/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing users' documents anew; see user_secret.h. They are many, and few of them sealed: one walk
 * through all in the order of their table. What is written meanwhile is sealed as the store says.
 */
#include <stdio.h>

#include "base/text.h"
#include "store/reseal/reseal_turn.h"
#include "store/statement.h"
#include "store/transaction.h"
#include "store/user/user_record.h"
#include "store/user/user_secret.h"

#define BATCH 50 /* users of one transaction */
#define BATCH_ARENA ((size_t)1 << 30)
#define NAME_MAX 256 /* bytes of a realm's name, and of a user's id */
#define MARK 64

/* How far the walk is. */
typedef struct walk {
    const char *id; /* of the key */
    ost_text mark;  /* what everything starts with that it has sealed */
    char realm[NAME_MAX], user[NAME_MAX];
    store_user found[BATCH]; /* id, realm and document as it is stored */
    size_t count;
} walk;

static ost_result read_batch(database *d, walk *w, ost_arena *arena)
{
    bool failed = false;
    ost_result result = OST_OK;
    statement *st =
        PREPARED(d,
                 "SELECT realm, id, document FROM user WHERE (realm, id) > (?1, ?2) AND "
                 "(document LIKE 'sealed.%' OR document LIKE '%\"credentials\":[%') AND "
                 "substr(document, 1, length(?3)) <> ?3 ORDER BY realm, id LIMIT 50",
                 text_of(w->realm), text_of(w->user), w->mark);
    w->count = 0;
    while (w->count < BATCH && (result = next_row(st)) == OST_OK && !failed) {
        w->found[w->count++] = (store_user){.realm = column_text(st, 0, arena, &failed),
                                            .id = column_text(st, 1, arena, &failed),
                                            .document = column_text(st, 2, arena, &failed)};
    }
    reset_statement(st);
    if (failed)
        return OST_E_MEMORY;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result move_user(database *d, store_user *user, ost_arena *arena)
{
    sealed_text_auto sealed = {0};
    ost_result result =
        user_secret_open(d, user->realm, user->id, user->document, arena, &user->document);
    if (result == OST_OK)
        result = user_secret_seal(d, user, &sealed);
    return result == OST_OK
               ? run_change(PREPARED(d,
                                     "UPDATE user SET document = ?3 WHERE realm = ?1 AND id = ?2",
                                     user->realm, user->id, sealed.text))
               : result;
}

static ost_result move_batch(database *d, walk *w, ost_arena *arena)
{
    ost_result result = reseal_turn(d, w->id);
    if (result == OST_OK)
        result = read_batch(d, w, arena);
    for (size_t i = 0; i < w->count && result == OST_OK; i++)
        result = move_user(d, &w->found[i], arena);
    return result;
}

/* Behind the last of the batch, which has been stored. */
static ost_result go_on(walk *w, bool *ret_more)
{
    *ret_more = w->count > 0;
    if (w->count == 0)
        return OST_OK;
    const store_user *last = &w->found[w->count - 1];
    return text_to_string(last->realm, w->realm, sizeof w->realm) &&
                   text_to_string(last->id, w->user, sizeof w->user)
               ? OST_OK
               : OST_E_CEILING;
}

ost_result user_secret_reseal(store *s, const char *id, size_t *total)
{
    char sealed_by[MARK];
    walk w = {.id = id};
    ost_result result = OST_OK;
    bool more = true;
    (void)snprintf(sealed_by, sizeof sealed_by, "sealed.1.%s.", id);
    w.mark = text_of(sealed_by);
    while (more && result == OST_OK) {
        ost_arena *arena = ost_arena_new(BATCH_ARENA);
        if (arena == NULL)
            return OST_E_MEMORY;
        result = WRITE(s, d, move_batch(d, &w, arena));
        if (result == OST_OK) {
            *total += w.count;
            result = go_on(&w, &more);
        }
        ost_arena_free(arena);
    }
    return result;
}
