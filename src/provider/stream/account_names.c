/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of clients in realm files; see account_names.h. */
#include "provider/stream/account_names.h"

#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/realm/user_row.h"

static bool wants_account(const ost_json *client, ost_text *ret_client_id)
{
    return json_true_of(client, "serviceAccountsEnabled") &&
           ost_json_text(ost_json_get(client, "clientId"), ret_client_id);
}

ost_result account_names_begin(const ost_json *file, ost_arena *arena, account_names *ret_names)
{
    const ost_json *clients = ost_json_get(file, "clients");
    account_names made = {
        ost_arena_alloc(arena, (ost_json_count(clients) + 1) * sizeof *made.names), 0};
    if (made.names == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(clients); at != NULL; at = ost_json_next(at)) {
        account_name *name = &made.names[made.count];
        if (!wants_account(at, &name->client_id))
            continue;
        const char *username = ost_arena_format(arena, SERVICE_ACCOUNT "%.*s",
                                                (int)name->client_id.len, name->client_id.data);
        name->username = user_row_fold(text_of(username), arena);
        if (username == NULL || name->username.data == NULL)
            return OST_E_MEMORY;
        made.count++;
    }
    *ret_names = made;
    return OST_OK;
}

ost_result account_names_add(account_names *names, const ost_json *user, ost_arena *arena)
{
    ost_text username = {0}, client_id = {0};
    bool account = ost_json_text(ost_json_get(user, "serviceAccountClientId"), &client_id);
    if (names->count == 0)
        return OST_OK;
    if (user_row_name(user, arena, &username) != OST_OK)
        return OST_E_MEMORY;
    ost_text folded = user_row_fold(username, arena);
    bool named = folded.data != NULL && text_starts(folded, SERVICE_ACCOUNT);
    if (folded.data == NULL)
        return OST_E_MEMORY;
    if (!named && !account)
        return OST_OK;
    for (size_t i = 0; i < names->count; i++) {
        account_name *name = &names->names[i];
        name->is_there = name->is_there || (account && text_equal(name->client_id, client_id));
        name->is_taken = name->is_taken || (named && text_equal(name->username, folded));
    }
    return OST_OK;
}

bool account_is_there(const account_names *names, ost_text client_id)
{
    for (size_t i = 0; i < names->count; i++) {
        if (text_equal(names->names[i].client_id, client_id))
            return names->names[i].is_there;
    }
    return false;
}

bool account_is_taken(const account_names *names, ost_text username)
{
    for (size_t i = 0; i < names->count; i++) {
        if (text_equal(names->names[i].username, username))
            return names->names[i].is_taken;
    }
    return false;
}
