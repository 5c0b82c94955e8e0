/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's own URLs; see public_url.h. */
#include "provider/call/public_url.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "http/message/request_target.h"

#define MAX_URL 1024

static ost_result refuse(ost_error *error, const char *what, const char *value)
{
    return ost_error_set(error, OST_E_CONFIG, "%s, not \"%.100s\"", what, value);
}

static bool is_host_character(char c, bool of_address)
{
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    return letter || ascii_is_digit(c) || c == '-' || c == '.' ||
           (of_address && (c == ':' || c == '[' || c == ']'));
}

static bool is_port(ost_text text)
{
    uint64_t number;
    return text.len == 0 ||
           (text.data[0] == ':' && text_to_unsigned(text_slice(text, 1, text.len), 65535, &number));
}

/* "host", "host:port", "[address]:port" */
static bool is_host(ost_text text)
{
    bool bracketed = text_starts(text, "[");
    size_t end = bracketed ? text_find(text, ']', 0) + 1 : text_find(text, ':', 0);
    ost_text host = text_slice(text, 0, end);
    for (size_t i = 0; i < host.len; i++) {
        if (!is_host_character(host.data[i], bracketed))
            return false;
    }
    return host.len > 0 && host.len <= 255 && end <= text.len &&
           is_port(text_slice(text, end, text.len));
}

/* Segments of characters that no cookie, URL or route has to write otherwise. */
static bool is_path(ost_text path)
{
    ost_text rest = text_slice(path, 1, path.len), segment;
    if (path.len == 0 || path.data[0] != '/')
        return path.len == 0;
    while (text_next(&rest, '/', &segment)) {
        if (segment.len == 0 || !percent_is_unreserved(segment) || path_segment_is_dots(segment))
            return false;
    }
    return true;
}

static ost_text without_slashes(ost_text text)
{
    while (text_ends(text, "/"))
        text.len--;
    return text;
}

static ost_result read_url(const char *hostname, ost_text url, public_url *made, ost_error *error)
{
    size_t begin = text_starts(url, "https://") ? 8 : 7;
    size_t end = text_find(url, '/', begin);
    char joined[MAX_URL];
    if (!is_host(text_slice(url, begin, end - begin)) || !is_path(text_slice(url, end, url.len)))
        return refuse(error, "the host name is a URL such as https://id.example.org", hostname);
    int len = snprintf(joined, sizeof joined, "%.*s%s", (int)url.len, url.data,
                       end == url.len ? made->path : "");
    if (len < 0 || (size_t)len >= sizeof joined)
        return ost_error_set(error, OST_E_CONFIG, "the host name is too long");
    made->url = memory_copy(text_of(joined));
    return made->url != NULL ? OST_OK : OST_E_MEMORY;
}

ost_result public_url_read(const char *hostname, const char *path, public_url *ret_url,
                           ost_error *error)
{
    ost_text name = without_slashes(text_of(hostname)), before = without_slashes(text_of(path));
    *ret_url = (public_url){0};
    if (!is_path(before))
        return refuse(error, "the relative path is one such as /auth", path);
    ret_url->path = memory_copy(before);
    if (ret_url->path == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (hostname == NULL)
        return OST_OK;
    if (text_starts(name, "https://") || text_starts(name, "http://"))
        return read_url(hostname, name, ret_url, error);
    if (!is_host(name))
        return refuse(error,
                      "the host name is a URL such as https://id.example.org, or a host such as "
                      "id.example.org",
                      hostname);
    ret_url->host = memory_copy(name);
    return ret_url->host != NULL ? OST_OK : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

void public_url_free(public_url *url)
{
    memory_free(url->url);
    memory_free(url->host);
    memory_free(url->path);
    *url = (public_url){0};
}

/* ":8080" of "localhost:8080"; empty when there is none. */
static ost_text port_of(ost_text authority)
{
    size_t from = text_starts(authority, "[") ? text_find(authority, ']', 0) : 0;
    size_t colon = text_find(authority, ':', from);
    return text_slice(authority, colon, authority.len);
}

const char *public_url_base(const public_url *url, ost_text authority, bool secure,
                            ost_arena *arena)
{
    buffer_auto buffer b = {0};
    if (url->url != NULL)
        return url->url;
    buffer_init(&b, MAX_URL);
    buffer_append_string(&b, secure ? "https://" : "http://");
    if (url->host != NULL) {
        ost_text host = text_of(url->host);
        buffer_append(&b, host);
        if (port_of(host).len == 0)
            buffer_append(&b, port_of(authority));
    } else {
        buffer_append(&b, authority);
    }
    buffer_append_string(&b, url->path);
    return b.failed == OST_OK ? ost_arena_copy(arena, buffer_text(&b)) : NULL;
}
