/* SPDX-License-Identifier: Apache-2.0 */
/* What users have granted to clients. */
#include "store/user/store_consent.h"

#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "store/lock.h"
#include "store/session/session_within.h"
#include "store/transaction.h"
#include "store/user/user_record.h"
#include "store/user/user_within.h"

#define COLUMNS "realm, user_id, client, scopes, created, updated"

/* Keeps when it was granted first. */
#define UPSERT                                                                                     \
    "INSERT INTO consent (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (realm, user_id, "    \
    "client) DO UPDATE SET scopes = excluded.scopes, updated = " GREATER_OF("consent.updated",     \
                                                                            "excluded.updated")

static ost_result write_consent(database *d, const store_consent *consent)
{
    statement *st = prepare(d, UPSERT);
    bind_text(st, 1, consent->realm);
    bind_text(st, 2, consent->user_id);
    bind_text(st, 3, consent->client);
    bind_text(st, 4, consent->scopes);
    bind_integer(st, 5, consent->created);
    bind_integer(st, 6, consent->updated);
    return run_statement(st, NULL);
}

ost_result insert_consents(database *d, const store_user *user)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < user->consent_count && result == OST_OK; i++) {
        store_consent consent = user->consents[i];
        consent.realm = user->realm;
        consent.user_id = user->id;
        result = write_consent(d, &consent);
    }
    return result;
}

static ost_result read_consent(statement *st, ost_arena *arena, store_consent *ret_consent)
{
    bool failed = false;
    store_consent read = {
        .realm = column_text(st, 0, arena, &failed),
        .user_id = column_text(st, 1, arena, &failed),
        .client = column_text(st, 2, arena, &failed),
        .scopes = column_text(st, 3, arena, &failed),
        .created = column_integer(st, 4),
        .updated = column_integer(st, 5),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_consent = read;
    return OST_OK;
}

static ost_result get_consent(database *d, ost_text realm, ost_text user_id, ost_text client,
                              ost_arena *arena, store_consent *ret_consent)
{
    statement *st = PREPARED(
        d, "SELECT " COLUMNS " FROM consent WHERE realm = ? AND user_id = ? AND client = ?", realm,
        user_id, client);
    ost_result result = next_row(st);
    return result == OST_OK ? read_consent(st, arena, ret_consent) : result;
}

ost_result store_consent_get(store *s, ost_text realm, ost_text user_id, ost_text client,
                             ost_arena *arena, store_consent *ret_consent)
{
    database *d = read_begin(s);
    ost_result result = get_consent(d, realm, user_id, client, arena, ret_consent);
    read_end(s, d);
    return result;
}

/* Both lists, each name once. */
static ost_result join(ost_text old, ost_text more, ost_arena *arena, ost_text *ret_scopes)
{
    buffer_auto buffer both = {0};
    ost_text word;
    buffer_init(&both, CONSENT_MAX);
    buffer_append(&both, old);
    while (text_next(&more, ' ', &word)) {
        if (word.len == 0 || text_list_has(buffer_text(&both), word))
            continue;
        if (both.len > 0)
            buffer_append_byte(&both, ' ');
        buffer_append(&both, word);
    }
    char *copy = both.failed == OST_OK ? ost_arena_copy(arena, buffer_text(&both)) : NULL;
    if (copy == NULL)
        return both.failed != OST_OK ? both.failed : OST_E_MEMORY;
    *ret_scopes = (ost_text){copy, both.len};
    return OST_OK;
}

static ost_result grant_consent(database *d, const store_consent *consent, ost_arena *arena)
{
    store_consent whole = *consent, before = {0};
    ost_result result = lock_user(d, consent->realm, consent->user_id);
    if (result == OST_OK)
        result = get_consent(d, consent->realm, consent->user_id, consent->client, arena, &before);
    if (result == OST_OK || result == OST_E_NOT_FOUND)
        result = join(before.scopes, consent->scopes, arena, &whole.scopes);
    return result == OST_OK ? write_consent(d, &whole) : result;
}

ost_result store_consent_grant(store *s, const store_consent *consent, ost_arena *arena)
{
    return WRITE(s, d, grant_consent(d, consent, arena));
}

ost_result store_consent_list(store *s, ost_text realm, ost_text user_id, ost_arena *arena,
                              store_consent **ret_consents, size_t *ret_count)
{
    store_consent *consents = NULL;
    size_t count = 0, room = 0;
    ost_result result;
    database *d = read_begin(s);
    statement *st = PREPARED(d,
                             "SELECT " COLUMNS " FROM consent WHERE realm = ? AND "
                             "user_id = ? ORDER BY created, client",
                             realm, user_id);
    while ((result = next_row(st)) == OST_OK) {
        if (count == room) {
            room = room > 0 ? room * 2 : 8;
            store_consent *larger = ost_arena_alloc(arena, room * sizeof *larger);
            if (larger == NULL) {
                result = OST_E_MEMORY;
                break;
            }
            if (count > 0)
                memcpy(larger, consents, count * sizeof *larger);
            consents = larger;
        }
        result = read_consent(st, arena, &consents[count++]);
        if (result != OST_OK)
            break;
    }
    read_end(s, d);
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_consents = consents;
    *ret_count = count;
    return OST_OK;
}

ost_result store_consent_put(store *s, const store_consent *consent)
{
    return WRITE(s, d, write_consent(d, consent));
}

#define SESSIONS_MEMORY ((size_t)64 << 20)
#define OF_USER                                                                                    \
    "client_id = ?1 AND session_id IN (SELECT id FROM session WHERE realm = ?2 AND user_id = ?3)"

/* The sessions first: nobody adds a part to one that is made of one which is just ending. */
static ost_result lock_sessions_of(database *d, ost_text realm, ost_text user_id)
{
    ost_text ids;
    ost_arena *arena = ost_arena_new(SESSIONS_MEMORY);
    ost_result result = arena != NULL
                            ? lock_ending_sessions(d, realm, user_id, INT64_MAX, arena, &ids)
                            : OST_E_MEMORY;
    ost_arena_free(arena);
    return result;
}

/* Codes, and refresh tokens by the client's part. */
static ost_result end_client(database *d, ost_text realm, ost_text user_id, ost_text client_id)
{
    ost_result result = lock_sessions_of(d, realm, user_id);
    if (result != OST_OK)
        return result;
    result = run_statement(PREPARED(d,
                                    "DELETE FROM code WHERE client_id = ? AND "
                                    "session_id IN (SELECT id FROM session WHERE "
                                    "realm = ? AND user_id = ?)",
                                    client_id, realm, user_id),
                           NULL);
    if (result == OST_OK)
        result = run_later(PREPARED(d, NOTE_PARTS(d, OF_USER), client_id, realm, user_id));
    if (result == OST_OK)
        result = run_statement(PREPARED(d, END_PARTS(d, OF_USER), client_id, realm, user_id), NULL);
    return result;
}

static ost_result revoke(database *d, ost_text realm, ost_text user_id, ost_text client,
                         ost_text client_id)
{
    ost_result result =
        run_change(PREPARED(d, "DELETE FROM consent WHERE realm = ? AND user_id = ? AND client = ?",
                            realm, user_id, client));
    return result == OST_OK ? end_client(d, realm, user_id, client_id) : result;
}

ost_result store_consent_revoke(store *s, ost_text realm, ost_text user_id, ost_text client,
                                ost_text client_id)
{
    return WRITE(s, d, revoke(d, realm, user_id, client, client_id));
}

ost_result store_client_end(store *s, ost_text realm, ost_text user_id, ost_text client_id)
{
    return WRITE(s, d, end_client(d, realm, user_id, client_id));
}
