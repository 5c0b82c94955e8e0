/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing PEM (RFC 7468 §3, the lax form for white space). */
#include "jose/key/pem.h"

#include <string.h>

#include "base/base64url.h"
#include "base/text.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"

/* Where `line` stands at the beginning of a line at or after `from`; text.len: nowhere. */
static size_t find_line(ost_text text, const char *line, size_t from)
{
    for (size_t at = from; at < text.len; at = text_find(text, '\n', at) + 1) {
        if (text_starts(text_slice(text, at, text.len), line))
            return at;
    }
    return text.len;
}

/* The label behind `prefix` at `at`; moves *at behind its line. */
static bool read_label(ost_text text, const char *prefix, size_t *at, ost_text *ret_label)
{
    size_t start = *at + strlen(prefix), end = text_find(text, '\n', start);
    ost_text line = text_slice(text, start, end - start);
    if (text_ends(line, "\r"))
        line.len--;
    line = text_trim(line);
    if (!text_ends(line, DASHES) || line.len <= strlen(DASHES) || line.len > 64)
        return false;
    *ret_label = text_slice(line, 0, line.len - strlen(DASHES));
    *at = end < text.len ? end + 1 : text.len;
    return true;
}

ost_result pem_next(ost_text *rest, bool *ret_found, pem_block *ret_block)
{
    pem_block block;
    ost_text end_label;
    size_t at = find_line(*rest, BEGIN, 0);
    *ret_found = false;
    if (at == rest->len)
        return OST_OK;
    if (!read_label(*rest, BEGIN, &at, &block.label))
        return OST_E_KEY_FORMAT;
    size_t end = find_line(*rest, DASHES, at);
    block.body = text_slice(*rest, at, end - at);
    if (!text_starts(text_slice(*rest, end, rest->len), END) ||
        !read_label(*rest, END, &end, &end_label) || !text_equal(block.label, end_label))
        return OST_E_KEY_FORMAT;
    *rest = text_slice(*rest, end, rest->len);
    *ret_found = true;
    *ret_block = block;
    return OST_OK;
}

ost_result pem_decode(const pem_block *block, ost_arena *arena, ost_text *ret_der)
{
    size_t len = 0, der_len;
    /* RFC 1421 §4.6: headers, of which only those of encryption were ever used. */
    if (text_find(block->body, ':', 0) != block->body.len)
        return OST_E_UNSUPPORTED;
    char *encoded = ost_arena_alloc(arena, block->body.len + 1);
    unsigned char *der = ost_arena_alloc(arena, block->body.len + 1);
    if (encoded == NULL || der == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < block->body.len; i++) {
        char byte = block->body.data[i];
        if (byte != '\n' && byte != '\r' && byte != ' ' && byte != '\t')
            encoded[len++] = byte;
    }
    if (len == 0 || base64_decode((ost_text){encoded, len}, der, &der_len) != OST_OK)
        return OST_E_KEY_FORMAT;
    *ret_der = (ost_text){(const char *)der, der_len};
    return OST_OK;
}

ost_result pem_encode(const char *label, ost_text der, ost_arena *arena, ost_text *ret_pem)
{
    size_t len = (der.len + 2) / 3 * 4, at = 0;
    size_t room =
        2 * (strlen(BEGIN) + strlen(label) + strlen(DASHES) + 1) + len + len / PEM_LINE + 2;
    char *encoded = ost_arena_alloc(arena, len + 1);
    const char *begin = ost_arena_format(arena, BEGIN "%s" DASHES "\n", label);
    const char *end = ost_arena_format(arena, END "%s" DASHES "\n", label);
    char *pem = ost_arena_alloc(arena, room + 1);
    if (encoded == NULL || begin == NULL || end == NULL || pem == NULL)
        return OST_E_MEMORY;
    base64_encode((const unsigned char *)der.data, der.len, encoded);
    memcpy(pem, begin, strlen(begin));
    at = strlen(begin);
    for (size_t i = 0; i < len; i += PEM_LINE) {
        size_t line = len - i < PEM_LINE ? len - i : PEM_LINE;
        memcpy(pem + at, encoded + i, line);
        at += line;
        pem[at++] = '\n';
    }
    memcpy(pem + at, end, strlen(end));
    *ret_pem = (ost_text){pem, at + strlen(end)};
    return OST_OK;
}
