/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing everything anew under another master key; see reseal.h. The store first says which key
 * seals from now on, so that every program follows; then what lies under others is moved over, a
 * few rows in each transaction, and at last the others are forgotten. */
#include <stdio.h>

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "store/lock.h"
#include "store/reseal/reseal.h"
#include "store/reseal/reseal_turn.h"
#include "store/transaction.h"
#include "store/user/user_secret.h"

#define BATCH 50 /* rows of one transaction */
#define BATCH_ARENA ((size_t)1 << 30)
#define MARK 64

/* A secret as it lies in the store. */
typedef struct stored_secret {
    sealed_place place;
    ost_text text;
} stored_secret;

/* One kind of secrets: where they lie. */
typedef struct secret_table {
    sealed_kind kind;
    const char *select; /* realm, name and text of those that do not start with ?1 */
    const char *update;
} secret_table;

static const secret_table key_table = {
    SEALED_KEY,
    "SELECT realm, kid, jwk FROM key WHERE substr(jwk, 1, length(?1)) <> ?1 LIMIT 50",
    "UPDATE key SET jwk = ?3 WHERE realm = ?1 AND kid = ?2",
};
static const secret_table realm_table = {
    SEALED_REALM,
    "SELECT name, '', document FROM realm WHERE substr(document, 1, length(?1)) <> ?1 LIMIT 1",
    "UPDATE realm SET document = ?3 WHERE name = ?1 AND ?2 = ''",
};

/* What everything starts with that the key has sealed. */
static void mark_of(const char *id, char ret[MARK])
{
    (void)snprintf(ret, MARK, "sealed.1.%s.", id);
}

static ost_result reseal_begin(database *d, const char *id)
{
    ost_text name = text_of(id);
    ost_result result = lock_sealing(d, true);
    if (result == OST_OK)
        result = run_statement(
            prepare(d, "INSERT INTO master_key (id, state) SELECT '', 0 WHERE NOT EXISTS "
                       "(SELECT 1 FROM master_key)"),
            NULL);
    if (result == OST_OK)
        result =
            run_statement(PREPARED(d, "UPDATE master_key SET state = 0 WHERE id <> ?", name), NULL);
    return result == OST_OK
               ? run_statement(PREPARED(d,
                                        "INSERT INTO master_key (id, state) VALUES (?, 1) "
                                        "ON CONFLICT (id) DO UPDATE SET state = 1",
                                        name),
                               NULL)
               : result;
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

static ost_result read_batch(database *d, const secret_table *table, const char *mark,
                             ost_arena *arena, stored_secret ret[BATCH], size_t *ret_count)
{
    size_t count = 0;
    bool failed = false;
    ost_result result;
    statement *st = PREPARED(d, table->select, text_of(mark));
    while (count < BATCH && (result = next_row(st)) == OST_OK && !failed) {
        ret[count++] = (stored_secret){
            {table->kind, column_text(st, 0, arena, &failed), column_text(st, 1, arena, &failed)},
            column_text(st, 2, arena, &failed)};
    }
    if (count == BATCH)
        result = OST_E_NOT_FOUND;
    reset_statement(st);
    if (failed)
        return OST_E_MEMORY;
    *ret_count = count;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result move_batch(database *d, const secret_table *table, const char *id,
                             ost_arena *arena, size_t *ret_count)
{
    stored_secret secrets[BATCH];
    char mark[MARK];
    size_t count = 0;
    mark_of(id, mark);
    ost_result result = reseal_turn(d, id);
    if (result == OST_OK)
        result = read_batch(d, table, mark, arena, secrets, &count);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        const stored_secret *secret = &secrets[i];
        sealed_text_auto sealed = {0};
        ost_text plain;
        result = sealing_open(d, &secret->place, secret->text, arena, &plain);
        if (result == OST_OK)
            result = sealing_seal(d, &secret->place, plain, &sealed);
        if (result == OST_OK)
            result = run_change(
                PREPARED(d, table->update, secret->place.realm, secret->place.name, sealed.text));
    }
    if (result == OST_OK)
        *ret_count = count;
    return result;
}

static ost_result move_all(store *s, const secret_table *table, const char *id, size_t *total)
{
    size_t count = 0;
    ost_result result = OST_OK;
    do {
        ost_arena *arena = ost_arena_new(BATCH_ARENA);
        if (arena == NULL)
            return OST_E_MEMORY;
        count = 0;
        result = WRITE(s, d, move_batch(d, table, id, arena, &count));
        ost_arena_free(arena);
        *total += count;
    } while (result == OST_OK && count > 0);
    return result;
}

/* Forgets the other keys, if nothing lies under them: somebody may have been at work. Users have
 * been walked through since the key seals. */
static ost_result reseal_finish(database *d, const char *id)
{
    char mark[MARK];
    mark_of(id, mark);
    ost_result result = reseal_turn(d, id);
    if (result != OST_OK)
        return result;
    return run_statement(
        PREPARED(d,
                 "DELETE FROM master_key WHERE state = 0 AND NOT EXISTS (SELECT 1 FROM key "
                 "WHERE substr(jwk, 1, length(?1)) <> ?1) AND NOT EXISTS (SELECT 1 FROM realm "
                 "WHERE substr(document, 1, length(?1)) <> ?1)",
                 text_of(mark)),
        NULL);
}

static bool is_finished(store *s)
{
    database *d = read_begin(s);
    ost_result result = next_row(prepare(d, "SELECT 1 FROM master_key WHERE state = 0"));
    read_end(s, d);
    return result == OST_E_NOT_FOUND;
}

static ost_result reseal(store *s, const char *id, reseal_count *ret_count, ost_error *error)
{
    reseal_count count = {0};
    ost_result result = WRITE(s, d, reseal_begin(d, id));
    (void)s->driver->erase(s, true);
    while (result == OST_OK && !is_finished(s)) {
        result = move_all(s, &key_table, id, &count.keys);
        if (result == OST_OK)
            result = move_all(s, &realm_table, id, &count.realms);
        if (result == OST_OK)
            result = user_secret_reseal(s, id, &count.users);
        if (result == OST_OK)
            result = kept_token_reseal(s, id, &count.tokens);
        if (result == OST_OK)
            result = WRITE(s, d, reseal_finish(d, id));
    }
    bool erased = s->driver->erase(s, false);
    if (result == OST_OK) {
        count.overwritten = erased;
        *ret_count = count;
        return OST_OK;
    }
    if (result == OST_E_CONFLICT)
        return ost_error_set(error, result,
                             "somebody seals the store under another master key meanwhile");
    if (result == OST_E_DECRYPTION)
        return ost_error_set(error, result,
                             "something in the store is not what was sealed there; what was done "
                             "so far stays, and nothing is lost");
    return error_set_sentence(error, result);
}

static bool first_key(store *s, char ret_id[MASTER_KEY_ID + 1])
{
    pthread_mutex_lock(&s->sealing->lock);
    bool any = s->sealing->count > 0 &&
               text_to_string(text_of(s->sealing->keys[0].id), ret_id, MASTER_KEY_ID + 1);
    pthread_mutex_unlock(&s->sealing->lock);
    return any;
}

ost_result store_reseal(store *s, reseal_count *ret_count, ost_error *error)
{
    char id[MASTER_KEY_ID + 1];
    if (!first_key(s, id))
        return ost_error_set(error, OST_E_STATE, "no master key was given");
    return reseal(s, id, ret_count, error);
}

ost_result store_seal_clear(store *s, reseal_count *ret_count, ost_error *error)
{
    char id[MASTER_KEY_ID + 1];
    *ret_count = (reseal_count){0};
    if (!first_key(s, id))
        return OST_OK;
    database *d = read_begin(s);
    ost_result result = next_row(prepare(d, "SELECT 1 FROM master_key WHERE NOT EXISTS "
                                            "(SELECT 1 FROM master_key WHERE id = '')"));
    read_end(s, d);
    if (result == OST_OK)
        return OST_OK; /* sealed as a whole */
    return result == OST_E_NOT_FOUND ? reseal(s, id, ret_count, error)
                                     : error_set_sentence(error, result);
}
