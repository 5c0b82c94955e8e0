/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing kept tokens of identity providers anew; see reseal_turn.h. One that cannot be opened, as
 * nobody has its key any more, goes: its user's next login there brings another. */
#include <stdio.h>

#include "base/text.h"
#include "store/reseal/reseal_turn.h"
#include "store/sealing/sealing.h"
#include "store/statement.h"
#include "store/transaction.h"

#define BATCH 50 /* tokens of one transaction */
#define BATCH_ARENA ((size_t)1 << 28)
#define NAME_MAX 4200 /* bytes of a realm's name, and of a token's */
#define MARK 64

typedef struct stored_token {
    ost_text realm, name, token;
} stored_token;

/* How far the walk is. */
typedef struct walk {
    const char *id; /* of the key */
    ost_text mark;  /* what everything starts with that it has sealed */
    char realm[NAME_MAX], name[NAME_MAX];
    stored_token found[BATCH];
    size_t count;
} walk;

static ost_result read_batch(database *d, walk *w, ost_arena *arena)
{
    bool failed = false;
    ost_result result = OST_OK;
    statement *st =
        PREPARED(d,
                 "SELECT realm, name, token FROM kept_token WHERE (realm, name) > (?1, ?2) AND "
                 "substr(token, 1, length(?3)) <> ?3 ORDER BY realm, name LIMIT 50",
                 text_of(w->realm), text_of(w->name), w->mark);
    w->count = 0;
    while (w->count < BATCH && (result = next_row(st)) == OST_OK && !failed)
        w->found[w->count++] = (stored_token){.realm = column_text(st, 0, arena, &failed),
                                              .name = column_text(st, 1, arena, &failed),
                                              .token = column_text(st, 2, arena, &failed)};
    reset_statement(st);
    if (failed)
        return OST_E_MEMORY;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result move_token(database *d, const stored_token *token, ost_arena *arena)
{
    sealed_text_auto sealed = {0};
    ost_text plain;
    const sealed_place place = {SEALED_TOKEN, token->realm, token->name};
    ost_result result = sealing_open(d, &place, token->token, arena, &plain);
    if (result == OST_E_KEY_UNKNOWN)
        return run_statement(PREPARED(d, "DELETE FROM kept_token WHERE realm = ? AND name = ?",
                                      token->realm, token->name),
                             NULL);
    if (result == OST_OK)
        result = sealing_seal(d, &place, plain, &sealed);
    return result == OST_OK
               ? run_change(
                     PREPARED(d, "UPDATE kept_token SET token = ?3 WHERE realm = ?1 AND name = ?2",
                              token->realm, token->name, sealed.text))
               : result;
}

static ost_result move_batch(database *d, walk *w, ost_arena *arena)
{
    ost_result result = reseal_turn(d, w->id);
    if (result == OST_OK)
        result = read_batch(d, w, arena);
    for (size_t i = 0; i < w->count && result == OST_OK; i++)
        result = move_token(d, &w->found[i], arena);
    return result;
}

/* Behind the last of the batch, which has been stored. */
static ost_result go_on(walk *w, bool *ret_more)
{
    *ret_more = w->count > 0;
    if (w->count == 0)
        return OST_OK;
    const stored_token *last = &w->found[w->count - 1];
    return text_to_string(last->realm, w->realm, sizeof w->realm) &&
                   text_to_string(last->name, w->name, sizeof w->name)
               ? OST_OK
               : OST_E_CEILING;
}

ost_result kept_token_reseal(store *s, const char *id, size_t *total)
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
