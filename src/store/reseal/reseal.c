/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing everything anew under another master key; see reseal.h. The store first says which key
 * seals from now on, so that every program follows; then what lies under others is moved over, a
 * few rows in each transaction, and at last the others are forgotten. */
#include "store/reseal/reseal.h"
#include "base/context.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "store/lock.h"
#include "store/reseal/secret_kinds.h"
#include "store/transaction.h"

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

/* Forgets the other keys, if nothing lies under them: somebody may have been at work. Users have
 * been walked through since the key seals. */
static ost_result reseal_finish(database *d, const char *id)
{
    char mark[SEAL_MARK];
    seal_mark(id, mark);
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
        result = reseal_walk(s, &key_secrets, id, &count.keys);
        if (result == OST_OK)
            result = reseal_walk(s, &realm_secrets, id, &count.realms);
        if (result == OST_OK)
            result = reseal_walk(s, &user_secrets, id, &count.users);
        if (result == OST_OK)
            result = reseal_walk(s, &token_secrets, id, &count.tokens);
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
