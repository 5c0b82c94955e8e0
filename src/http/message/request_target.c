/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a request target: RFC 9112 §3.2, RFC 3986 §3. The path is decoded once; whatever another
 * program might decode or resolve differently (encoded slashes, control characters, dot segments)
 * is refused, so that the path a guard has judged is the path a handler serves. */
#include "http/message/request_target.h"

#include <string.h>

#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"

/* What a byte may stand for; a '%' in a path is checked when it is decoded. */
enum { NAME = 1, PATH = 2 };

static const unsigned char byte_class[256] = {
    ['-'] = NAME | PATH,
    ['.'] = NAME | PATH,
    ['_'] = NAME | PATH,
    ['/'] = PATH,
    ['~'] = PATH,
    ['%'] = PATH,
    ['!'] = PATH,
    ['$'] = PATH,
    ['&'] = PATH,
    ['\''] = PATH,
    ['('] = PATH,
    [')'] = PATH,
    ['*'] = PATH,
    ['+'] = PATH,
    [','] = PATH,
    [';'] = PATH,
    ['='] = PATH,
    [':'] = PATH,
    ['@'] = PATH,
    ['0' ... '9'] = NAME | PATH,
    ['A' ... 'Z'] = NAME | PATH,
    ['a' ... 'z'] = NAME | PATH,
};

static bool is_of(char c, unsigned char classes)
{
    return (byte_class[(unsigned char)c] & classes) != 0;
}

/* Past "[2001:db8::1]"; 0 when it is none. */
static size_t bracketed_end(const char *data, size_t len)
{
    bool colon = false;
    for (size_t i = 1; i < len; i++) {
        if (data[i] == ']')
            return colon ? i + 1 : 0;
        if (data[i] == ':')
            colon = true;
        else if (data[i] != '.' && hex_digit(data[i]) < 0)
            return 0;
    }
    return 0;
}

/* Past the host; 0 when there is none. */
static size_t host_end(const char *data, size_t len)
{
    if (len > 0 && data[0] == '[')
        return bracketed_end(data, len);
    size_t i = 0;
    while (i < len && is_of(data[i], NAME))
        i++;
    return i;
}

bool authority_normalize(char *data, size_t len)
{
    size_t end = host_end(data, len);
    if (end == 0 || end > 255)
        return false;
    if (end < len) {
        uint64_t port;
        ost_text digits = {data + end + 1, len - end - 1};
        if (data[end] != ':' || !text_to_unsigned(digits, 65535, &port))
            return false;
    }
    text_make_lower(data, end);
    return true;
}

/* Browsers leave some bytes outside RFC 3986 §3.4 unencoded in a query ('|', '{', '[' …): visible
 * ASCII is let through, since a query is read by one reader only (form.c). */
static bool is_query_byte(char c)
{
    return c > 0x20 && c < 0x7f && c != '#' && c != '"' && c != '<' && c != '>';
}

bool path_segment_is_dots(ost_text segment)
{
    return text_is(segment, ".") || text_is(segment, "..");
}

static const char *check_segments(ost_text path)
{
    if (path.len > 1 && path.data[1] == '/')
        return "path begins with two slashes"; /* would be an authority in a redirect */
    for (ost_text rest = path, segment; text_next(&rest, '/', &segment);)
        if (path_segment_is_dots(segment))
            return "dot segment in the path";
    return NULL;
}

/* Decodes in place. */
static const char *read_path(char *data, size_t len, ost_text *ret_path)
{
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        if (!is_of(data[i], PATH)) /* RFC 3986 §3.3 pchar, and '/' */
            return "character not allowed in a path";
        if (data[i] != '%') {
            data[out++] = data[i];
            continue;
        }
        int byte = percent_byte((ost_text){data + i, len - i});
        if (byte < 0)
            return "malformed percent-encoding in the path";
        if (byte < 0x20 || byte == 0x7f)
            return "encoded control character in the path";
        if (byte == '/' || byte == '\\')
            return "encoded slash in the path";
        data[out++] = (char)byte;
        i += 2;
    }
    *ret_path = (ost_text){data, out};
    if (out < len && !text_is_utf8(*ret_path))
        return "path is not UTF-8";
    return check_segments(*ret_path);
}

/* absolute-form: leaves *data and *len at the path. */
static const char *read_authority(char **data, size_t *len, ost_text *ret_authority)
{
    static const char *const schemes[] = {"http://", "https://"};
    ost_text text = {*data, *len};
    size_t scheme = 0;
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        if (text_equal_ignoring_case(text_slice(text, 0, strlen(schemes[i])), text_of(schemes[i])))
            scheme = strlen(schemes[i]);
    if (scheme == 0)
        return "malformed request target";
    size_t end = scheme;
    while (end < *len && (*data)[end] != '/' && (*data)[end] != '?')
        end++;
    if (!authority_normalize(*data + scheme, end - scheme))
        return "malformed authority in the request target";
    if (end == *len || (*data)[end] == '?')
        return "request target without a path";
    *ret_authority = (ost_text){*data + scheme, end - scheme};
    *data += end;
    *len -= end;
    return NULL;
}

const char *request_target_read(char *data, size_t len, http_method method,
                                request_target *ret_target)
{
    request_target target = {.query = OST_TEXT("")};
    if (method == HTTP_OPTIONS && len == 1 && data[0] == '*') {
        target.path = (ost_text){data, 1};
        *ret_target = target;
        return NULL;
    }
    if (len == 0)
        return "empty request target";
    if (data[0] != '/') {
        const char *reason = read_authority(&data, &len, &target.authority);
        if (reason != NULL)
            return reason;
    }
    size_t path_len = text_find((ost_text){data, len}, '?', 0);
    if (path_len < len) {
        target.query = (ost_text){data + path_len + 1, len - path_len - 1};
        for (size_t i = 0; i < target.query.len; i++)
            if (!is_query_byte(target.query.data[i]))
                return "character not allowed in a query";
    }
    const char *reason = read_path(data, path_len, &target.path);
    if (reason != NULL)
        return reason;
    *ret_target = target;
    return NULL;
}
