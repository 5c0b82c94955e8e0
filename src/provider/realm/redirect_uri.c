/* SPDX-License-Identifier: Apache-2.0 */
/* Which URIs a browser may be sent to (RFC 6749 §3.1.2, RFC 9700 §4.1): as registered, byte by
 * byte, but for one wildcard at the end of a path. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/proof/attribute.h"
#include "provider/realm/realm.h"

#define MAX_URI 2048

/* scheme://host[:port], and what follows. */
static bool split_uri(ost_text uri, ost_text *ret_origin, ost_text *ret_rest)
{
    size_t colon = text_find(uri, ':', 0);
    if (colon == 0 || colon + 3 > uri.len || !text_starts(text_slice(uri, colon, uri.len), "://"))
        return false;
    size_t end = colon + 3;
    while (end < uri.len && uri.data[end] != '/' && uri.data[end] != '?' && uri.data[end] != '#')
        end++;
    *ret_origin = text_slice(uri, 0, end);
    *ret_rest = text_slice(uri, end, uri.len);
    return end > colon + 3;
}

ost_text realm_uri_origin(ost_text uri)
{
    ost_text origin, rest;
    return split_uri(uri, &origin, &rest) ? origin : (ost_text){0};
}

/* The character at *at, however often it has been escaped ("%2e", "%252e"); *at goes past it. */
static unsigned char next_character(ost_text path, size_t *at)
{
    size_t i = *at + 1;
    if (path.data[*at] == '%') {
        while (i + 1 < path.len && path.data[i] == '2' && path.data[i + 1] == '5')
            i += 2;
        int high = i + 1 < path.len ? hex_digit(path.data[i]) : -1;
        int low = high >= 0 ? hex_digit(path.data[i + 1]) : -1;
        if (low >= 0) {
            *at = i + 2;
            return (unsigned char)(high * 16 + low);
        }
    }
    return (unsigned char)path.data[(*at)++];
}

/* A "." or ".." segment, plain, escaped, or with parameters ("..;x"): two parties may resolve it
 * differently. */
static bool has_dot_segment(ost_text path)
{
    size_t dots = 0;
    bool plain = true; /* nothing but dots so far */
    path = text_slice(path, 0, text_find(path, '?', 0));
    for (size_t at = 0; at < path.len;) {
        unsigned char c = next_character(path, &at);
        bool slash = c == '/' || c == '\\';
        bool ends = slash || c == ';';
        if (ends && plain && (dots == 1 || dots == 2))
            return true;
        dots = slash ? 0 : dots + (c == '.');
        plain = slash || (plain && c == '.');
    }
    return plain && (dots == 1 || dots == 2);
}

/* Schemes whose URI is a page or a program itself: they lead nowhere. */
static bool runs(ost_text scheme)
{
    static const char *const schemes[] = {"javascript", "data", "vbscript", "blob", "about"};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (text_equal_ignoring_case(scheme, text_of(schemes[i])))
            return true;
    }
    return false;
}

static bool has_plain_characters(ost_text uri)
{
    for (size_t i = 0; i < uri.len; i++) {
        unsigned char c = (unsigned char)uri.data[i];
        if (c <= 0x20 || c >= 0x7f || c == '\\' || c == '"' || c == '<' || c == '>' || c == '#')
            return false;
    }
    return true;
}

/* What no redirect may have, however it was registered. */
static bool is_clean(ost_text uri)
{
    ost_text origin, rest, scheme = text_slice(uri, 0, text_find(uri, ':', 0));
    if (uri.len > MAX_URI || !has_plain_characters(uri) || scheme.len == uri.len ||
        !uri_is_scheme(scheme) || runs(scheme))
        return false;
    if (!split_uri(uri, &origin, &rest)) /* a private-use scheme: app:/callback */
        return !has_dot_segment(text_slice(uri, scheme.len + 1, uri.len));
    return text_find(origin, '@', 0) == origin.len && !has_dot_segment(rest);
}

/* A scheme of an application's own (RFC 8252 §7.1): "myapp:/callback". */
static bool is_of_application(ost_text uri)
{
    ost_text scheme = text_slice(uri, 0, text_find(uri, ':', 0));
    return scheme.len < uri.len && uri_is_scheme(scheme) &&
           !text_equal_ignoring_case(scheme, OST_TEXT("http")) &&
           !text_equal_ignoring_case(scheme, OST_TEXT("https"));
}

/* In a query it is a character as any other, as for Keycloak. */
static bool has_wildcard(ost_text pattern)
{
    return text_ends(pattern, "*") && text_find(pattern, '?', 0) == pattern.len;
}

/* A wildcard stands for the end of the path, so it must come after scheme, host and a slash. */
static bool may_end_in_wildcard(ost_text prefix)
{
    ost_text origin, rest;
    return text_find(prefix, '*', 0) == prefix.len &&
           (is_of_application(prefix) ||
            (split_uri(prefix, &origin, &rest) && rest.len > 0 && rest.data[0] == '/'));
}

const char *realm_redirect_idle(ost_text pattern)
{
    pattern = text_slice(pattern, 0, text_find(pattern, '#', 0));
    if (!has_wildcard(pattern) || text_starts(pattern, "/") ||
        may_end_in_wildcard(text_slice(pattern, 0, pattern.len - 1)))
        return NULL;
    return "leads nowhere: a wildcard stands for the end of a path, behind host and slash";
}

static bool fits_wildcard(ost_text pattern, ost_text uri)
{
    ost_text prefix = text_slice(pattern, 0, pattern.len - 1);
    if (!may_end_in_wildcard(prefix))
        return false;
    if (text_equal(text_slice(uri, 0, prefix.len), prefix))
        return true;
    if (is_of_application(prefix))
        return false;
    /* The wildcard may stand for nothing, and for the slash before it. */
    ost_text path = text_slice(uri, 0, text_find(uri, '?', 0));
    return text_ends(prefix, "/") && text_equal(path, text_slice(prefix, 0, prefix.len - 1));
}

static bool fits(const realm_client *client, ost_text pattern, ost_text uri)
{
    char absolute[MAX_URI];
    if (pattern.len > 0 && pattern.data[0] == '/') { /* relative to the root URL */
        ost_text root = text_of(client->root_url);
        if (root.len == 0)
            return false;
        while (text_ends(root, "/"))
            root.len--;
        int len =
            snprintf(absolute, sizeof absolute, "%.*s%.*s", OST_FORMAT(root), OST_FORMAT(pattern));
        if (len < 0 || (size_t)len >= sizeof absolute)
            return false;
        pattern = (ost_text){absolute, (size_t)len};
    }
    if (has_wildcard(pattern))
        return fits_wildcard(pattern, uri);
    return text_equal(pattern, uri);
}

/* A program on the user's machine takes the port that the system gives it (RFC 8252 §7.3), so a
 * loopback address that is registered without a port has any. False: the URI names no such port. */
static bool without_loopback_port(ost_text uri, char made[MAX_URI], ost_text *ret_uri)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};
    ost_text origin, rest;
    uint64_t port;
    if (!split_uri(uri, &origin, &rest))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        size_t len = strlen(hosts[i]);
        if (!text_starts(origin, hosts[i]) || origin.len <= len || origin.data[len] != ':' ||
            !text_to_unsigned(text_slice(origin, len + 1, origin.len), 65535, &port))
            continue;
        int all = snprintf(made, MAX_URI, "%s%.*s", hosts[i], (int)rest.len, rest.data);
        *ret_uri = (ost_text){made, (size_t)all};
        return all > 0 && all < MAX_URI;
    }
    return false;
}

static bool fits_any(const realm_client *client, const char *const *registered, ost_text uri)
{
    char made[MAX_URI];
    ost_text portless;
    if (!is_clean(uri))
        return false;
    bool loopback = without_loopback_port(uri, made, &portless);
    for (size_t i = 0; registered != NULL && registered[i] != NULL; i++) {
        if (fits(client, text_of(registered[i]), uri) ||
            (loopback && fits(client, text_of(registered[i]), portless)))
            return true;
    }
    return false;
}

bool realm_redirect_allowed(const realm_client *client, ost_text uri)
{
    return fits_any(client, client->redirect_uris, uri);
}

bool realm_request_uri_allowed(const realm_client *client, ost_text uri)
{
    ost_text registered, rest = client->request.uris;
    if (!is_clean(uri) || (!text_starts(uri, "https://") && !text_starts(uri, "http://")))
        return false;
    while (attribute_next(&rest, &registered)) {
        if (fits(client, text_slice(registered, 0, text_find(registered, '#', 0)), uri))
            return true;
    }
    return false;
}

bool realm_post_logout_allowed(const realm_client *client, ost_text uri)
{
    return fits_any(client, client->post_logout_redirect_uris, uri);
}

ost_text realm_redirect_origin(const realm_client *client, size_t index)
{
    ost_text uri = text_of(client->redirect_uris[index]);
    return realm_uri_origin(text_starts(uri, "/") ? text_of(client->root_url) : uri);
}

/* "+" stands for the origins of the redirect URIs, "*" for all. */
bool realm_origin_allowed(const realm_client *client, ost_text origin)
{
    if (origin.len == 0 || text_is(origin, "null"))
        return false;
    for (size_t i = 0; client->web_origins != NULL && client->web_origins[i] != NULL; i++) {
        const char *registered = client->web_origins[i];
        if (text_is(origin, registered) || strcmp(registered, "*") == 0)
            return true;
        for (size_t k = 0; strcmp(registered, "+") == 0 && client->redirect_uris != NULL &&
                           client->redirect_uris[k] != NULL;
             k++) {
            if (text_equal(realm_redirect_origin(client, k), origin))
                return true;
        }
    }
    return false;
}
