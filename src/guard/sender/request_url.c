/* SPDX-License-Identifier: Apache-2.0 */
/* URLs in their normal form: RFC 3986 §5.2.4, §6.2.2, §6.2.3; see request_url.h. */
#include "guard/sender/request_url.h"

#include <string.h>

#include "base/ascii.h"
#include "base/percent.h"
#include "base/text.h"

/* The normal form on its way, in memory that holds three bytes for each of the URL's. */
typedef struct normal {
    char *data;
    size_t len;
} normal;

/* What stands in a path as it is (RFC 3986 §3.3 pchar). That the same byte may be encoded as well
 * makes no difference to any program that decodes a path before it looks at it. */
static bool stands_in_path(char c)
{
    return c != '\0' && (ascii_is_alphanumeric(c) || strchr("-._~!$&'()*+,;=:@", c) != NULL);
}

static void put_text(normal *n, ost_text text)
{
    if (text.len > 0)
        memcpy(n->data + n->len, text.data, text.len);
    n->len += text.len;
}

static void put_encoded(normal *n, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    const char encoded[3] = {'%', digits[byte >> 4], digits[byte & 15]};
    put_text(n, (ost_text){encoded, 3});
}

/* ---- authority ---- */

static bool is_host(ost_text host)
{
    bool bracketed = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
    ost_text inner = bracketed ? text_slice(host, 1, host.len - 2) : host;
    for (size_t i = 0; i < inner.len; i++) {
        char c = inner.data[i];
        if (!ascii_is_alphanumeric(c) && strchr(bracketed ? ":." : "-._~", c) == NULL)
            return false;
    }
    return inner.len > 0 && memchr(inner.data, '\0', inner.len) == NULL;
}

static bool put_authority(normal *n, ost_text authority, uint64_t default_port)
{
    size_t close = text_find(authority, ']', 0);
    size_t colon = text_find(authority, ':', close < authority.len ? close : 0);
    ost_text host = text_slice(authority, 0, colon);
    ost_text port = text_slice(authority, colon + 1, authority.len);
    uint64_t number = default_port;
    if (!is_host(host) || (port.len > 0 && !text_to_unsigned(port, 65535, &number)))
        return false;
    for (size_t i = 0; i < host.len; i++)
        n->data[n->len++] = ascii_lower(host.data[i]);
    if (number != default_port) {
        put_text(n, OST_TEXT(":"));
        put_text(n, port);
    }
    return true;
}

/* ---- path ---- */

/* One segment, without its slash. */
static bool put_segment(normal *n, ost_text segment)
{
    for (size_t i = 0; i < segment.len; i++) {
        char c = segment.data[i];
        if (stands_in_path(c)) {
            n->data[n->len++] = c;
        } else if (c != '%') {
            put_encoded(n, (unsigned char)c);
        } else {
            int high = i + 2 < segment.len ? hex_digit(segment.data[i + 1]) : -1;
            int low = i + 2 < segment.len ? hex_digit(segment.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            unsigned char byte = (unsigned char)(high * 16 + low);
            if (stands_in_path((char)byte))
                n->data[n->len++] = (char)byte;
            else
                put_encoded(n, byte);
            i += 2;
        }
    }
    return true;
}

/* `n` ends with a slash; takes it and the segment before it away, but not the first slash. */
static void drop_segment(normal *n, size_t root)
{
    if (n->len == root + 1)
        return;
    n->len--;
    while (n->data[n->len - 1] != '/')
        n->len--;
}

/* `path` is empty or begins with a slash. Before each round `n` ends with one. */
static bool put_path(normal *n, ost_text path)
{
    const size_t root = n->len;
    put_text(n, OST_TEXT("/"));
    for (size_t at = 1; at <= path.len;) {
        size_t end = text_find(path, '/', at), begin = n->len;
        bool last = end == path.len;
        if (!put_segment(n, text_slice(path, at, end - at)))
            return false;
        ost_text put_now = {n->data + begin, n->len - begin};
        bool up = text_is(put_now, "..");
        if (up || text_is(put_now, ".")) {
            n->len = begin;
            if (up)
                drop_segment(n, root);
        } else if (!last) {
            put_text(n, OST_TEXT("/"));
        }
        at = end + 1;
    }
    return true;
}

ost_result request_url_normalize(ost_text url, ost_arena *arena, ost_text *ret_url)
{
    const ost_text http = OST_TEXT("http://"), https = OST_TEXT("https://");
    bool is_http = text_equal_ignoring_case(text_slice(url, 0, http.len), http);
    bool is_https = text_equal_ignoring_case(text_slice(url, 0, https.len), https);
    const ost_text scheme = is_https ? https : http;
    if (url.len > REQUEST_URL_MAX)
        return OST_E_CEILING;
    if (!is_http && !is_https)
        return OST_E_FORMAT;
    size_t end = scheme.len;
    while (end < url.len && url.data[end] != '?' && url.data[end] != '#')
        end++;
    size_t slash = text_find(text_slice(url, 0, end), '/', scheme.len);
    normal n = {.data = ost_arena_alloc(arena, 3 * url.len + 2)};
    if (n.data == NULL)
        return OST_E_MEMORY;
    put_text(&n, scheme);
    if (!put_authority(&n, text_slice(url, scheme.len, slash - scheme.len), is_https ? 443 : 80) ||
        !put_path(&n, text_slice(url, slash, end - slash)))
        return OST_E_FORMAT;
    *ret_url = (ost_text){n.data, n.len};
    return OST_OK;
}
