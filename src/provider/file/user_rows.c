/* SPDX-License-Identifier: Apache-2.0 */
/* Users under import; see user_rows.h. */
#include "provider/file/user_rows.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "provider/file/realm_document.h"
#include "provider/realm/consent_row.h"
#include "provider/realm/group.h"
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

/* ---- what they name ---- */

static ost_result check_user(const ost_json *user, size_t index, const realm *r, ost_error *error)
{
    size_t n = 0;
    ost_text text;
    const ost_json *groups = ost_json_get(user, "groups");
    for (const ost_json *at = ost_json_first(groups); at != NULL; at = ost_json_next(at), n++) {
        if (ost_json_text(at, &text) && !group_exists(r, text))
            return ost_error_set(error, OST_E_FORMAT, "users[%zu].groups[%zu]: no group %.*s",
                                 index, n, (int)text.len, text.data);
    }
    for (const ost_json *at = ost_json_first(ost_json_get(user, "clientRoles")); at != NULL;
         at = ost_json_next(at)) {
        text = ost_json_name(at);
        if (realm_find_client(r, text) == NULL)
            return ost_error_set(error, OST_E_FORMAT, "users[%zu].clientRoles: no client %.*s",
                                 index, (int)text.len, text.data);
    }
    return OST_OK;
}

ost_result user_rows_check(const user_rows *users, const realm *r, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < users->count && result == OST_OK; i++)
        result = check_user(users->documents[i], i, r, error);
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
        if (!r->clients[i].service_account)
            continue;
        result = user_row_service_account(text_of(r->clients[i].client_id), text_of(r->name),
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
    ost_error inner = {0};
    for (size_t i = 0; i < users->count; i++) {
        store_consent *consents;
        ost_result result =
            consent_rows_read(r, users->documents[i], ost_now(context) * 1000, arena, &consents,
                              &users->rows[i].consent_count, &inner);
        if (result != OST_OK)
            return ost_error_set(error, result, "users[%zu].%s", i, inner.detail);
        users->rows[i].consents = consents;
    }
    return OST_OK;
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
