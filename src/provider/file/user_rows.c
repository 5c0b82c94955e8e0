/* SPDX-License-Identifier: Apache-2.0 */
/* Users under import; see user_rows.h. */
#include "provider/file/user_rows.h"

#include <string.h>

#include "base/text.h"
#include "provider/file/user_make.h"
#include "provider/realm/user_row.h"

static ost_result make_room(user_rows *users, size_t more, ost_arena *arena)
{
    if (users->count + more <= users->room)
        return OST_OK;
    size_t room = (users->count + more) * 2;
    const ost_json **documents = ost_arena_alloc(arena, room * sizeof(const ost_json *));
    if (documents == NULL)
        return OST_E_MEMORY;
    if (users->count > 0)
        memcpy(documents, users->documents, users->count * sizeof(const ost_json *));
    users->documents = documents;
    users->room = room;
    return OST_OK;
}

ost_result user_rows_add(user_rows *users, const ost_json *list, ost_arena *arena)
{
    ost_result result = make_room(users, ost_json_count(list), arena);
    for (const ost_json *at = ost_json_first(list); at != NULL && result == OST_OK;
         at = ost_json_next(at))
        users->documents[users->count++] = at;
    return result;
}

ost_result user_rows_add_one(user_rows *users, const ost_json *user, ost_arena *arena)
{
    ost_result result = make_room(users, 1, arena);
    if (result == OST_OK)
        users->documents[users->count++] = user;
    return result;
}

/* ---- what they name ---- */

ost_result user_rows_check(const user_rows *users, const realm *r, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < users->count && result == OST_OK; i++)
        result = user_make_check(users->documents[i], i, r, error);
    return result;
}

/* ---- rows ---- */

static bool is_among(const store_user *users, size_t count, ost_text username)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(users[i].username, username))
            return true;
    }
    return false;
}

/* Clients with a service account have a user, whether the file names it or not. */
static ost_result add_accounts(user_rows *users, const realm *r, const ost_context *context,
                               ost_arena *arena)
{
    ost_result result = OST_OK;
    size_t named = users->count;
    for (size_t i = 0; i < r->client_count && result == OST_OK; i++) {
        store_user row;
        if (!r->clients[i]->service_account)
            continue;
        result = user_row_service_account(text_of(r->clients[i]->client_id), text_of(r->name),
                                          text_of(r->default_role), context, arena, &row);
        if (result == OST_OK && !is_among(users->rows, named, row.username) &&
            !is_among(users->stored, users->stored_count, row.username))
            users->rows[users->count++] = row;
    }
    return result;
}

static ost_result add_consents(user_rows *users, const realm *r, const ost_context *context,
                               ost_arena *arena, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < users->count && result == OST_OK; i++)
        result =
            user_make_consents(users->documents[i], i, r, context, arena, &users->rows[i], error);
    return result;
}

ost_result user_rows_make(user_rows *users, const realm *r, const user_rows_progress *progress,
                          const ost_context *context, ost_arena *arena, ost_error *error)
{
    users->rows =
        ost_arena_alloc(arena, (users->count + r->client_count + 1) * sizeof *users->rows);
    if (users->rows == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    users->document_count = users->count;
    ost_result result = user_rows_hash(users, r, progress, context, arena, error);
    if (result == OST_OK)
        result = add_consents(users, r, context, arena, error);
    return result == OST_OK ? add_accounts(users, r, context, arena) : result;
}
