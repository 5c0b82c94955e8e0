/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of front-channel logouts; see front_channel.h. */
#include "provider/logout/front_channel.h"

#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/logout/logout_client.h"
#include "store/session/store_session.h"

#define URL_MAX 2048 /* bytes, before iss and sid */
#define SOURCES_MAX                                                                                \
    2048 /* bytes of them in one policy: proxies have little room for an answer's fields */
#define ORIGINS_MAX 16384

/* A policy is a list with spaces and semicolons (CSP3 §2.3.1): what has others in its path is let
 * in by its origin. */
static ost_text source_of(ost_text url)
{
    ost_text bare = text_slice(url, 0, text_find(url, '?', 0));
    return text_is_made_of(bare, ":/.-_~%[]") ? bare : realm_uri_origin(url);
}

/* Without a fragment, which would swallow what is added. */
static bool is_good(ost_text url)
{
    ost_text origin = realm_uri_origin(url);
    return origin.len > 0 && text_is_made_of(origin, ":/.-_[]") &&
           (text_starts(url, "https://") || text_starts(url, "http://")) && url.len > 0 &&
           url.len <= URL_MAX && text_find(url, '#', 0) == url.len;
}

static const char *with_session(call *c, const logout_client *wants, ost_text session_id)
{
    if (!wants->front_session)
        return wants->front_url;
    bool query = text_find(text_of(wants->front_url), '?', 0) < text_of(wants->front_url).len;
    return call_format(c, "%s%ciss=%.*s&sid=%.*s", wants->front_url, query ? '&' : '?',
                       OST_FORMAT(percent_encode(c->arena, text_of(c->issuer))),
                       OST_FORMAT(percent_encode(c->arena, session_id)));
}

ost_result front_channel_collect(call *c, ost_text session_id, front_channel *front)
{
    store_session_count *parts;
    size_t count;
    ost_result result =
        store_session_clients(c->provider->store, session_id, c->arena, &parts, &count);
    for (size_t i = 0; result == OST_OK && i < count && front->count < FRONT_CHANNEL_MAX; i++) {
        const realm_client *client = realm_find_client(c->realm, parts[i].client_id);
        logout_client wants = {0};
        if (client != NULL && client->enabled)
            wants = logout_client_read(client, c->arena);
        if (!is_good(text_of(wants.front_url)))
            continue;
        const char *url = with_session(c, &wants, session_id);
        if (url == NULL)
            return OST_E_MEMORY;
        front->names[front->count] =
            text_of(client->name != NULL ? client->name : client->client_id);
        front->sources[front->count] = source_of(text_of(wants.front_url));
        front->urls[front->count++] = text_of(url);
    }
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static bool is_before(const ost_text *list, size_t count, ost_text one)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(list[i], one))
            return true;
    return false;
}

static void list_sources(const ost_text *sources, size_t count, buffer *to)
{
    for (size_t i = 0; i < count; i++) {
        if (is_before(sources, i, sources[i]))
            continue;
        if (i > 0)
            buffer_append_byte(to, ' ');
        buffer_append(to, sources[i]);
    }
}

const char *front_channel_sources(call *c, const front_channel *front)
{
    buffer_auto buffer whole = {0}, short_ones = {0};
    ost_text origins[FRONT_CHANNEL_MAX], sources;
    buffer_init(&whole, SOURCES_MAX);
    buffer_init(&short_ones, ORIGINS_MAX);
    list_sources(front->sources, front->count, &whole);
    if (whole.failed != OST_E_CEILING)
        return call_keep(c, &whole, &sources) ? sources.data : NULL;
    for (size_t i = 0; i < front->count; i++)
        origins[i] = realm_uri_origin(front->urls[i]);
    list_sources(origins, front->count, &short_ones);
    return call_keep(c, &short_ones, &sources) ? sources.data : NULL;
}
