/* SPDX-License-Identifier: Apache-2.0 */
/* Messages to clients; see client_message.h. */
#include "provider/logout/client_message.h"

#include "base/text.h"
#include "provider/logout/logout_token.h"

ost_result client_message_log_out(const realm_entry *entry, const realm_client *client,
                                  const logout_client *wants, const store_logout *logout,
                                  const ost_context *context, ost_arena *arena,
                                  client_message *ret_message)
{
    ost_text token;
    ost_result result = logout_token_make(entry, client, wants, logout, context, arena, &token);
    if (result != OST_OK)
        return result;
    const char *body = ost_arena_format(arena, "logout_token=%.*s", OST_FORMAT(token));
    if (body == NULL)
        return OST_E_MEMORY;
    *ret_message = (client_message){
        .url = wants->back_url,
        .type = "Content-Type: application/x-www-form-urlencoded",
        .body = body,
    };
    return OST_OK;
}

ost_result client_message_notify(const realm_client *client, const store_logout *answered,
                                 ost_arena *arena, client_message *ret_message)
{
    if (!client->ciba.on || !client->ciba.ping)
        return OST_E_NOT_FOUND;
    client_message message = {
        .url = ost_arena_copy(arena, client->ciba.notified),
        .type = "Content-Type: application/json",
        .authorization = ost_arena_format(arena, "Authorization: Bearer %.*s",
                                          OST_FORMAT(answered->notification_token)),
        /* Nothing in it needs an escape: it is base64url. */
        .body = ost_arena_format(arena, "{\"auth_req_id\":\"%.*s\"}",
                                 OST_FORMAT(answered->auth_req_id)),
    };
    if (message.url == NULL || message.authorization == NULL || message.body == NULL)
        return OST_E_MEMORY;
    *ret_message = message;
    return OST_OK;
}
