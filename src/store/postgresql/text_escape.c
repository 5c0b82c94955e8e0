/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that PostgreSQL cannot hold in a text, and back; see postgresql_store.h. */
#include <string.h>

#include "base/text.h"
#include "store/postgresql/postgresql_store.h"

#define ESCAPE '\x10' /* DLE; two hexadecimal digits follow */
static const char digits[] = "0123456789abcdef";

/* How many bytes at `at` are kept as they are: a character of UTF-8; 0: the byte is escaped. */
static size_t kept_at(ost_text text, size_t at)
{
    unsigned char first = (unsigned char)text.data[at];
    if (first < 0x80)
        return first != '\0' && first != ESCAPE;
    size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    return at + len <= text.len && text_is_utf8(text_slice(text, at, len)) ? len : 0;
}

bool text_needs_escape(ost_text text)
{
    return text.len > 0 && (memchr(text.data, '\0', text.len) != NULL || text_is_escaped(text) ||
                            !text_is_utf8(text));
}

size_t text_escape(ost_text text, char *ret)
{
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        size_t kept = kept_at(text, at);
        if (kept == 0) {
            unsigned char byte = (unsigned char)text.data[at++];
            ret[len++] = ESCAPE;
            ret[len++] = digits[byte >> 4];
            ret[len++] = digits[byte & 15];
        } else {
            memcpy(ret + len, text.data + at, kept);
            len += kept;
            at += kept;
        }
    }
    return len;
}

bool text_is_escaped(ost_text text)
{
    return text.len > 0 && memchr(text.data, ESCAPE, text.len) != NULL;
}

static int value_of(char digit)
{
    const char *found = digit != '\0' ? strchr(digits, digit) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

size_t text_unescape(ost_text text, char *ret)
{
    size_t len = 0;
    for (size_t at = 0; at < text.len; at++) {
        int high = -1, low = -1;
        if (text.data[at] == ESCAPE && at + 2 < text.len) {
            high = value_of(text.data[at + 1]);
            low = value_of(text.data[at + 2]);
        }
        bool escaped = high >= 0 && low >= 0;
        ret[len++] =
            escaped ? (char)(unsigned char)((unsigned)high << 4 | (unsigned)low) : text.data[at];
        at += escaped ? 2 : 0;
    }
    return len;
}
