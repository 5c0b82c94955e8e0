/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of identity providers; see store_kept_token.h. */
#include "store/user/store_kept_token.h"

#include "base/buffer.h"
#include "base/text.h"
#include "store/lock.h"
#include "store/sealing/sealing.h"
#include "store/transaction.h"
#include "store/user/user_record.h"
#include "store/user/user_within.h"

#define PLACE_MAX ((size_t)4096)

#define UPSERT                                                                                     \
    "INSERT INTO kept_token (realm, name, user_id, provider, user_there, token, waits) SELECT "    \
    "?1, ?2, id, ?4, ?5, ?6, ?7 FROM user WHERE realm = ?1 AND id = ?3 ON CONFLICT (realm, name) " \
    "DO UPDATE SET user_there = excluded.user_there, token = excluded.token, "                     \
    "waits = excluded.waits"

/* No two users and providers have the same: the user's id has its length before it. */
static ost_result name_place(const store_kept_token *t, buffer *name)
{
    buffer_init(name, PLACE_MAX);
    buffer_append_format(name, "%zu:", t->user_id.len);
    buffer_append(name, t->user_id);
    buffer_append(name, t->provider);
    return name->failed;
}

static ost_result put_token(database *d, const store_kept_token *t, ost_text name)
{
    sealed_text_auto sealed = {0};
    const sealed_place place = {SEALED_TOKEN, t->realm, name};
    ost_result result = lock_sealing(d, false);
    if (result == OST_OK)
        result = lock_user(d, t->realm, t->user_id);
    if (result == OST_OK)
        result = sealing_seal(d, &place, t->token, &sealed);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, UPSERT);
    bind_text(st, 1, t->realm);
    bind_text(st, 2, name);
    bind_text(st, 3, t->user_id);
    bind_text(st, 4, t->provider);
    bind_text(st, 5, t->user_there);
    bind_text(st, 6, sealed.text);
    bind_integer(st, 7, t->waits);
    return run_change(st);
}

ost_result store_kept_token_put(store *s, const store_kept_token *t)
{
    buffer_auto buffer name = {0};
    ost_result result = name_place(t, &name);
    return result == OST_OK ? WRITE(s, d, put_token(d, t, buffer_text(&name))) : result;
}

static ost_result get_token(database *d, ost_text name, ost_arena *arena, store_kept_token *t)
{
    bool failed = false;
    const sealed_place place = {SEALED_TOKEN, t->realm, name};
    statement *st =
        PREPARED(d, "SELECT user_there, token, waits FROM kept_token WHERE realm = ? AND name = ?",
                 t->realm, name);
    ost_result result = next_row(st);
    if (result != OST_OK)
        return result;
    t->user_there = column_text(st, 0, arena, &failed);
    ost_text stored = column_text(st, 1, arena, &failed);
    t->waits = column_integer(st, 2);
    reset_statement(st);
    return failed ? OST_E_MEMORY : sealing_open(d, &place, stored, arena, &t->token);
}

ost_result store_kept_token_get(store *s, ost_text realm, ost_text user_id, ost_text provider,
                                ost_arena *arena, store_kept_token *ret_token)
{
    buffer_auto buffer name = {0};
    store_kept_token read = {.realm = realm, .user_id = user_id, .provider = provider};
    ost_result result = name_place(&read, &name);
    if (result != OST_OK)
        return result;
    database *d = read_begin(s);
    result = get_token(d, buffer_text(&name), arena, &read);
    read_end(s, d);
    if (result == OST_OK)
        *ret_token = read;
    return result;
}

static ost_result renew(database *d, const store_kept_token *t, const store_kept_token *before,
                        ost_text name, ost_arena *arena)
{
    store_kept_token now = *t;
    ost_result result = lock_sealing(d, false);
    if (result == OST_OK)
        result = lock_user(d, t->realm, t->user_id);
    if (result == OST_OK)
        result = get_token(d, name, arena, &now);
    if (result == OST_OK &&
        (!text_equal(now.token, before->token) || !text_equal(now.user_there, before->user_there)))
        result = OST_E_CONFLICT;
    return result == OST_OK ? put_token(d, t, name)
                            : (result == OST_E_NOT_FOUND ? OST_E_CONFLICT : result);
}

ost_result store_kept_token_renew(store *s, const store_kept_token *t,
                                  const store_kept_token *before, ost_arena *arena)
{
    buffer_auto buffer name = {0};
    ost_result result = name_place(t, &name);
    return result == OST_OK ? WRITE(s, d, renew(d, t, before, buffer_text(&name), arena)) : result;
}

ost_result store_kept_token_settle(store *s, const store_kept_token *t)
{
    return WRITE(s, d,
                 run_statement(PREPARED(d,
                                        "UPDATE kept_token SET waits = 0 WHERE realm = ? AND "
                                        "user_id = ? AND provider = ? AND user_there = ?",
                                        t->realm, t->user_id, t->provider, t->user_there),
                               NULL));
}

/* Those that wait for a link have none yet. */
ost_result drop_unlinked_tokens(database *d, const store_user *user)
{
    return run_statement(
        PREPARED(d,
                 "DELETE FROM kept_token WHERE realm = ?1 AND user_id = ?2 AND waits = 0 AND NOT "
                 "EXISTS (SELECT 1 FROM user_link WHERE realm = ?1 AND kind = 5 AND owner = "
                 "kept_token.provider AND name = kept_token.user_there AND username = ?3)",
                 user->realm, user->id, user->username),
        NULL);
}

ost_result drop_provider_tokens(database *d, ost_text realm, ost_text provider)
{
    return run_statement(
        PREPARED(d, "DELETE FROM kept_token WHERE realm = ? AND provider = ?", realm, provider),
        NULL);
}
