/* SPDX-License-Identifier: Apache-2.0 */
/* Names of cookies by where they count; see login_place.h. */
#include "login/login_place.h"

#include "base/text.h"
#include "login/login_cookies.h"

static ost_text authority_of(ost_text base)
{
    return text_slice(base, login_base_is_secure(base) ? 8 : 7, base.len);
}

/* Behind the brackets of an IPv6 address, if it is one. Empty: the scheme's own. */
static ost_text port_of(ost_text base)
{
    ost_text authority = authority_of(base);
    size_t host = text_starts(authority, "[") ? text_find(authority, ']', 0) : 0;
    return text_slice(authority, text_find(authority, ':', host) + 1, authority.len);
}

static ost_text host_of(ost_text base)
{
    ost_text authority = authority_of(base), port = port_of(base);
    return text_slice(authority, 0, authority.len - (port.len > 0 ? port.len + 1 : 0));
}

static bool is_within(ost_text host, ost_text domain)
{
    if (domain.len > host.len)
        return false;
    ost_text end = text_slice(host, host.len - domain.len, host.len);
    return text_equal(end, domain) &&
           (domain.len == host.len || host.data[host.len - domain.len - 1] == '.');
}

bool login_client_id_is_good(ost_text id)
{
    for (size_t i = 0; i < id.len; i++) {
        if (id.data[i] < ' ' || id.data[i] > '~')
            return false;
    }
    return id.len > 0 && id.len <= LOGIN_CLIENT_MAX;
}

static bool is_client(const login_client *client)
{
    return client->id != NULL && login_client_id_is_good(text_of(client->id)) &&
           client->redirect_path != NULL && client->redirect_path[0] == '/';
}

bool login_place_is_good(const login_place *place)
{
    if (place == NULL || !login_base_is_origin(place->base))
        return false;
    if (place->client != NULL && !is_client(place->client))
        return false;
    return place->domain.len == 0 ||
           (place->domain.len <= LOGIN_DOMAIN_MAX && login_base_is_secure(place->base) &&
            is_within(host_of(place->base), place->domain));
}

ost_text login_place_host_cookie(const login_place *place, const char *name, ost_arena *arena)
{
    ost_text port = port_of(place->base);
    ost_text cookie = login_cookies_name(arena, name, login_base_is_secure(place->base));
    if (place->everywhere || port.len == 0 || cookie.data == NULL)
        return cookie;
    return text_of(ost_arena_format(arena, "%.*s-p%.*s", OST_FORMAT(cookie), OST_FORMAT(port)));
}

ost_text login_place_cookie(const login_place *place, const char *name, ost_arena *arena)
{
    if (place->domain.len == 0)
        return login_place_host_cookie(place, name, arena);
    return text_of(
        ost_arena_format(arena, LOGIN_DOMAIN_PREFIX "%s-%.*s", name, OST_FORMAT(place->domain)));
}

/* Neither names of cookies nor origins nor clients have the end of a line in them. */
ost_text login_place_begun(const login_place *place, ost_text cookie, ost_arena *arena)
{
    if (place->client == NULL)
        return cookie;
    return text_of(ost_arena_format(arena, "%.*s\n%s", OST_FORMAT(cookie), place->client->id));
}

/* A cookie's name has no blank in it. That of a domain's cookie has the domain. */
ost_text login_place_bound(const login_place *place, ost_text cookie, ost_arena *arena)
{
    ost_text bound = cookie;
    if (!place->everywhere && place->domain.len == 0)
        bound = text_of(
            ost_arena_format(arena, "%.*s %.*s", OST_FORMAT(cookie), OST_FORMAT(place->base)));
    return bound.data != NULL ? login_place_begun(place, bound, arena) : bound;
}
