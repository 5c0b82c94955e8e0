/* Appends parameters to URLs and judges paths; see login_url.h. */
#include "login_url.h"

#include <string.h>

#include "text.h"

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void login_url_encode(buffer *to, ost_text text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (is_unreserved(c)) {
            buffer_append_byte(to, c);
            continue;
        }
        buffer_append_byte(to, '%');
        buffer_append_byte(to, digits[(unsigned char)c >> 4]);
        buffer_append_byte(to, digits[(unsigned char)c & 15]);
    }
}

static void append_pair(buffer *to, const char *name, ost_text value)
{
    buffer_append_string(to, name);
    buffer_append_byte(to, '=');
    login_url_encode(to, value);
}

void login_url_parameter(buffer *to, const char *name, ost_text value)
{
    bool has_query = to->len > 0 && memchr(to->data, '?', to->len) != NULL;
    buffer_append_byte(to, has_query ? '&' : '?');
    append_pair(to, name, value);
}

void login_url_field(buffer *to, const char *name, ost_text value)
{
    if (to->len > 0)
        buffer_append_byte(to, '&');
    append_pair(to, name, value);
}

ost_text login_url_wanted(ost_text wanted)
{
    const ost_text root = OST_TEXT("/");
    if (wanted.len == 0 || wanted.len > LOGIN_WANTED_MAX || wanted.data[0] != '/')
        return root;
    if (wanted.len > 1 && wanted.data[1] == '/')
        return root;
    for (size_t i = 0; i < wanted.len; i++) {
        char c = wanted.data[i];
        if (c <= ' ' || c > '~' || c == '\\')
            return root;
    }
    return wanted;
}
