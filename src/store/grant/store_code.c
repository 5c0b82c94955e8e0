/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes in the store, and the exchange of what is good once for a session. */
#include "store/grant/store_code.h"

#include "base/text.h"
#include "store/session/session_room.h"
#include "store/session/session_within.h"
#include "store/transaction.h"

#define COLUMNS                                                                                    \
    "id, realm, session_id, client_id, redirect_uri, scope, nonce, challenge, challenge_method, "  \
    "expires, resources, jkt, details"

static ost_result insert_code(database *d, const store_code *code)
{
    statement *st = prepare(d, "INSERT INTO code (" COLUMNS
                               ", used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)");
    bind_text(st, 1, code->id);
    bind_text(st, 2, code->realm);
    bind_text(st, 3, code->session_id);
    bind_text(st, 4, code->client_id);
    bind_text(st, 5, code->redirect_uri);
    bind_text(st, 6, code->scope);
    bind_text(st, 7, code->nonce);
    bind_text(st, 8, code->challenge);
    bind_text(st, 9, code->challenge_method);
    bind_integer(st, 10, code->expires);
    bind_text(st, 11, code->resources);
    bind_text(st, 12, code->jkt);
    bind_text(st, 13, code->details);
    return run_later(st);
}

static ost_result hold_to(database *d, const store_room *room, const store_session *session,
                          const store_client_session *client_session)
{
    ost_text own = {0}, client = {0};
    if (client_session != NULL) {
        own = client_session->session_id;
        client = client_session->client_id;
    }
    return make_room(d, room, session != NULL ? session->id : own, client);
}

static ost_result log_in(database *d, const store_room *room, const store_session *session,
                         const store_client_session *client_session, const store_code *code)
{
    ost_result result = room == NULL ? OST_OK : hold_to(d, room, session, client_session);
    if (result == OST_OK && session != NULL)
        result = upsert_session(d, session);
    if (result == OST_OK && client_session != NULL)
        result = upsert_client_session(d, client_session);
    return result == OST_OK && code != NULL ? insert_code(d, code) : result;
}

ost_result store_login(store *s, const store_session *session,
                       const store_client_session *client_session, const store_code *code)
{
    return WRITE(s, d, log_in(d, NULL, session, client_session, code));
}

ost_result store_login_within(store *s, const store_room *room, const store_session *session,
                              const store_client_session *client_session, const store_code *code)
{
    return WRITE(s, d, log_in(d, room, session, client_session, code));
}

static ost_result read_code(statement *st, ost_arena *arena, store_code *ret_code)
{
    bool failed = false;
    store_code read = {
        .id = column_text(st, 0, arena, &failed),
        .realm = column_text(st, 1, arena, &failed),
        .session_id = column_text(st, 2, arena, &failed),
        .client_id = column_text(st, 3, arena, &failed),
        .redirect_uri = column_text(st, 4, arena, &failed),
        .scope = column_text(st, 5, arena, &failed),
        .nonce = column_text(st, 6, arena, &failed),
        .challenge = column_text(st, 7, arena, &failed),
        .challenge_method = column_text(st, 8, arena, &failed),
        .expires = column_integer(st, 9),
        .resources = column_text(st, 10, arena, &failed),
        .jkt = column_text(st, 11, arena, &failed),
        .details = column_text(st, 12, arena, &failed),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_code = read;
    return OST_OK;
}

/* The update decides who has it: whoever counts 1. */
static ost_result take(database *d, ost_text realm, ost_text id, ost_arena *arena,
                       store_code *ret_code, bool *ret_used_before)
{
    statement *st = PREPARED(d,
                             "UPDATE code SET used = used + 1 WHERE id = ? AND realm = ? "
                             "RETURNING " COLUMNS ", used",
                             id, realm);
    ost_result result = next_row(st);
    if (result == OST_OK) {
        *ret_used_before = column_integer(st, 13) > 1;
        result = read_code(st, arena, ret_code);
    }
    reset_statement(st);
    return result;
}

ost_result store_code_take(store *s, ost_text realm, ost_text id, ost_arena *arena,
                           store_code *ret_code)
{
    store_code taken;
    bool used_before = false;
    ost_result result = WRITE(s, d, take(d, realm, id, arena, &taken, &used_before));
    if (result != OST_OK)
        return result;
    *ret_code = taken;
    return used_before ? OST_E_CONFLICT : OST_OK;
}

#define OF_CODE                                                                                    \
    "code.id, code.realm, code.session_id, code.client_id, code.redirect_uri, code.scope, "        \
    "code.nonce, code.challenge, code.challenge_method, code.expires, code.resources, code.jkt, "  \
    "code.details, code.used, part.session_id IS NOT NULL"

ost_result store_code_get(store *s, ost_text realm, ost_text id, ost_arena *arena,
                          store_code *ret_code, store_client_session *ret_part)
{
    bool used = false;
    store_code code;
    store_client_session part = {0};
    database *d = read_begin(s);
    statement *st =
        PREPARED(d,
                 "SELECT " OF_CODE ", " CLIENT_SESSION_COLUMNS
                 " FROM code LEFT JOIN client_session AS part ON part.session_id = code.session_id "
                 "AND part.client_id = code.client_id WHERE code.id = ? AND code.realm = ?",
                 id, realm);
    ost_result result = next_row(st);
    if (result == OST_OK) {
        used = column_integer(st, 13) > 0;
        result = read_code(st, arena, &code);
    }
    if (result == OST_OK && column_integer(st, 14) != 0)
        result = read_client_session(st, 15, arena, &part);
    read_end(s, d);
    if (result != OST_OK)
        return result;
    *ret_code = code;
    *ret_part = part;
    return used ? OST_E_CONFLICT : OST_OK;
}

static statement *taking(database *d, const store_single_use *once)
{
    return PREPARED(d,
                    once->kind == STORE_SINGLE_USE_CODE
                        ? "UPDATE code SET used = 1 WHERE id = ? AND realm = ? AND used = 0"
                        : "DELETE FROM device WHERE id = ? AND realm = ? AND state = 1",
                    once->id, once->realm);
}

/* Of two who bring the same at once, the second one finds no row. */
static ost_result exchange(database *d, const store_single_use *once, const store_session *session,
                           const store_client_session *part)
{
    ost_result result = run_change_first(taking(d, once));
    if (result != OST_OK)
        return result;
    return session != NULL ? log_in(d, NULL, session, part, NULL) : update_client_session(d, part);
}

ost_result store_exchange(store *s, const store_single_use *once, const store_session *session,
                          const store_client_session *part)
{
    return WRITE(s, d, exchange(d, once, session, part));
}
