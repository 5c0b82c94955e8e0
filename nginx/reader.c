/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of bytes; see reader.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include "reader.h"

#include <string.h>

#define STEPS 8
#define STEP_MAX 256

/* What is before the next `stop`, and `rest` without both; false: nothing is left. */
static bool piece_take(ost_text *rest, char stop, ost_text *ret_piece)
{
    if (rest->data == NULL)
        return false;
    const char *at = rest->len > 0 ? memchr(rest->data, stop, rest->len) : NULL;
    size_t len = at != NULL ? (size_t)(at - rest->data) : rest->len;
    *ret_piece = (ost_text){rest->data, len};
    *rest = at != NULL ? (ost_text){at + 1, rest->len - len - 1} : (ost_text){0};
    return true;
}

/* ---- cookies ---- */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

void ostiary_cookie_find(ost_text field, ost_text name, ost_text *ret_value, size_t *count)
{
    for (ost_text pair; piece_take(&field, ';', &pair);) {
        while (pair.len > 0 && is_blank(pair.data[0]))
            pair = (ost_text){pair.data + 1, pair.len - 1};
        while (pair.len > 0 && is_blank(pair.data[pair.len - 1]))
            pair.len--;
        if (pair.len <= name.len || pair.data[name.len] != '=' ||
            memcmp(pair.data, name.data, name.len) != 0)
            continue;
        *ret_value = (ost_text){pair.data + name.len + 1, pair.len - name.len - 1};
        ++*count;
    }
}

/* ---- certificates ---- */

static int digit_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | ' ');
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* False: a percent sign without two digits behind it. */
static bool percent_decode(ost_text text, char *room, size_t *ret_len)
{
    size_t len = 0;
    for (size_t k = 0; k < text.len; k++) {
        if (text.data[k] != '%') {
            room[len++] = text.data[k];
            continue;
        }
        int high = k + 2 < text.len ? digit_of(text.data[k + 1]) : -1;
        int low = k + 2 < text.len ? digit_of(text.data[k + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        room[len++] = (char)(high * 16 + low);
        k += 2;
    }
    *ret_len = len;
    return true;
}

static int sextet_of(char byte)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = byte != '\0' ? strchr(alphabet, byte) : NULL;
    return at != NULL ? (int)(at - alphabet) : -1;
}

/* Base64 with padding (RFC 4648 §4), blanks and line ends anywhere, into the same place: what is
 * written is always behind what is read. False: it is none, or empty. */
static bool base64_decode(char *text, size_t len, size_t *ret_len)
{
    size_t count = 0, padding = 0, written = 0;
    unsigned bits = 0;
    for (size_t k = 0; k < len; k++) {
        if ((unsigned char)text[k] <= ' ')
            continue;
        int sextet = text[k] == '=' ? 0 : sextet_of(text[k]);
        if (sextet < 0 || (padding > 0 && text[k] != '='))
            return false;
        padding += text[k] == '=';
        bits = bits << 6 | (unsigned)sextet;
        if (++count % 4 == 0) {
            for (int shift = 16; shift >= 0; shift -= 8)
                text[written++] = (char)(bits >> shift & 0xff);
            bits = 0;
        }
    }
    if (count == 0 || count % 4 != 0 || padding > 2)
        return false;
    *ret_len = written - padding;
    return true;
}

bool ostiary_certificate_read(ost_text text, unsigned char *room, ost_text *ret_der)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    char *raw = (char *)room;
    size_t len;
    if (!percent_decode(text, raw, &len))
        return false;
    char *first = memmem(raw, len, begin, sizeof begin - 1);
    if (first == NULL)
        return false;
    first += sizeof begin - 1;
    size_t left = len - (size_t)(first - raw);
    const char *last = memmem(first, left, end, sizeof end - 1);
    if (last == NULL || !base64_decode(first, (size_t)(last - first), &len))
        return false;
    *ret_der = (ost_text){first, len};
    return true;
}

/* ---- claims ---- */

/* One step of a path, of a JSON pointer with "~1" and "~0" read; false: too long, or no step. */
static bool step_read(ost_text from, bool pointer, char *room, size_t *ret_len)
{
    size_t len = 0;
    for (size_t k = 0; k < from.len; k++) {
        char byte = from.data[k];
        if (len == STEP_MAX)
            return false;
        if (pointer && byte == '~') {
            byte = k + 1 < from.len ? from.data[++k] : '\0';
            if (byte != '0' && byte != '1')
                return false;
            byte = byte == '1' ? '/' : '~';
        }
        room[len++] = byte;
    }
    *ret_len = len;
    return true;
}

/* "0", or digits that do not begin with one (RFC 6901 §4). */
static const ost_json *element_at(const ost_json *list, ost_text index)
{
    size_t n = 0;
    if (index.len == 0 || index.len > 9 || (index.len > 1 && index.data[0] == '0'))
        return NULL;
    for (size_t k = 0; k < index.len; k++) {
        if (index.data[k] < '0' || index.data[k] > '9')
            return NULL;
        n = n * 10 + (size_t)(index.data[k] - '0');
    }
    const ost_json *at = ost_json_first(list);
    while (at != NULL && n-- > 0)
        at = ost_json_next(at);
    return at;
}

const ost_json *ostiary_claim_find(const ost_json *claims, ost_text path)
{
    bool pointer = path.len > 0 && path.data[0] == '/';
    ost_text rest = pointer ? (ost_text){path.data + 1, path.len - 1} : path, piece;
    const ost_json *found = claims;
    for (int steps = 0; found != NULL && piece_take(&rest, pointer ? '/' : '.', &piece); steps++) {
        char name[STEP_MAX];
        size_t len;
        if (steps == STEPS || !step_read(piece, pointer, name, &len))
            return NULL;
        ost_text step = {name, len};
        found = pointer && ost_json_is(found, OST_JSON_ARRAY) ? element_at(found, step)
                                                              : ost_json_get_text(found, step);
    }
    return found;
}
