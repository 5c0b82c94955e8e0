/* SPDX-License-Identifier: Apache-2.0 */
/* A client's attributes that are about logouts; see logout_client.h. */
#include "provider/logout/logout_client.h"

#include "base/json/json_member.h"
#include "base/text.h"

/* Its registration access token, by which it changes itself (RFC 7592). */
#define REGISTERED "registration.access.token.id"

static ost_text attribute(const realm_client *client, const char *name)
{
    return json_text_of(client->attributes, name);
}

static bool is_true(const realm_client *client, const char *name)
{
    return text_says_true(attribute(client, name));
}

static const char *address(const realm_client *client, const char *name, ost_arena *arena)
{
    ost_text url = attribute(client, name), root = text_of(client->root_url);
    if (text_starts(url, "https://") || text_starts(url, "http://"))
        return ost_arena_copy(arena, url);
    if (!text_starts(url, "/") || root.len == 0)
        return NULL;
    if (text_ends(root, "/"))
        root.len--;
    return ost_arena_format(arena, "%.*s%.*s", OST_FORMAT(root), OST_FORMAT(url));
}

static bool is_front(const realm_client *client)
{
    return json_true_of(client->document, "frontchannelLogout");
}

static bool is_front_session(const realm_client *client)
{
    ost_text said = attribute(client, "frontchannel.logout.session.required");
    return said.len == 0 || text_says_true(said);
}

logout_client logout_client_read(const realm_client *client, ost_arena *arena)
{
    return (logout_client){
        .back_url = address(client, "backchannel.logout.url", arena),
        .front_url = is_front(client) ? address(client, "frontchannel.logout.url", arena) : NULL,
        .front_session = is_front_session(client),
        .back_session = is_true(client, "backchannel.logout.session.required"),
        .revoke_offline = is_true(client, "backchannel.logout.revoke.offline.tokens"),
        .registered = attribute(client, REGISTERED).len > 0,
    };
}
