/* SPDX-License-Identifier: Apache-2.0 */
/* Long JSON in pieces; see piece_reader.h. */
#include "provider/stream/piece_reader.h"

#include <errno.h>
#include <string.h>

#include "base/ascii.h"
#include "base/context.h"
#include "base/text.h"
#include "provider/stream/placeholder.h"

#define FIRST_ROOM ((size_t)256 << 10)

bool piece_reader_begin(piece_reader *ret_reader, byte_source source, uint64_t offset,
                        ost_error *error)
{
    *ret_reader =
        (piece_reader){.source = source, .base = offset, .room = FIRST_ROOM, .error = error};
    ret_reader->window = memory_alloc(FIRST_ROOM);
    return ret_reader->window != NULL;
}

void piece_reader_free(piece_reader *r)
{
    if (r->window != NULL)
        wipe(r->window, r->room);
    memory_free(r->window);
    r->window = NULL;
}

uint64_t piece_reader_offset(const piece_reader *r)
{
    return r->base + r->at;
}

/* ---- where it is ---- */

/* Errors are rare: the text before is read again for the number of its line, and the column. */
static json_origin origin_of(const piece_reader *r, uint64_t offset)
{
    char part[4096];
    json_origin origin = {.line = 1, .byte = (size_t)offset, .column = 1, .path = ""};
    for (uint64_t at = 0; at < offset;) {
        uint64_t left = offset - at;
        ssize_t len = r->source.read(r->source.user, at, part,
                                     left < sizeof part ? (size_t)left : sizeof part);
        if (len <= 0)
            break;
        for (ssize_t i = 0; i < len; i++) {
            origin.line += part[i] == '\n';
            origin.column = part[i] == '\n' ? 1 : origin.column + 1;
        }
        at += (uint64_t)len;
    }
    if (r->path != NULL)
        origin.path = r->path;
    return origin;
}

ost_result piece_reader_fail(piece_reader *r, size_t back, ost_result code, const char *what)
{
    if (r->error == NULL)
        return code;
    const json_origin origin = origin_of(r, piece_reader_offset(r) - back);
    return ost_error_set(r->error, code, "line %zu, byte %zu: %s (column %zu%s%s)", origin.line,
                         origin.byte, what, origin.column, origin.path[0] != '\0' ? ", in " : "",
                         origin.path);
}

/* ---- bytes ---- */

static ost_result make_room(piece_reader *r, size_t ceiling)
{
    if (r->start > 0) {
        memmove(r->window, r->window + r->start, r->end - r->start);
        r->base += r->start;
        r->at -= r->start;
        r->end -= r->start;
        r->start = 0;
    }
    if (r->end < r->room)
        return OST_OK;
    if (r->end > ceiling)
        return OST_E_CEILING;
    char *larger = memory_alloc(r->room * 2);
    if (larger == NULL)
        return ost_error_set(r->error, OST_E_MEMORY, "out of memory");
    memcpy(larger, r->window, r->end);
    wipe(r->window, r->end);
    memory_free(r->window);
    r->window = larger;
    r->room *= 2;
    return OST_OK;
}

/* More bytes behind those that are there, unless there are none. */
static ost_result fill(piece_reader *r, size_t ceiling)
{
    ost_result result = make_room(r, ceiling);
    if (result != OST_OK || r->last)
        return result;
    ssize_t len =
        r->source.read(r->source.user, r->base + r->end, r->window + r->end, r->room - r->end);
    if (len < 0)
        return ost_error_set(r->error, OST_E_SYSTEM, "%s", strerror(errno));
    r->last = len == 0;
    r->end += (size_t)len;
    return OST_OK;
}

ost_result piece_reader_look(piece_reader *r, char *ret_next)
{
    for (;;) {
        while (r->at < r->end && ascii_is_space(r->window[r->at]))
            r->at++;
        r->start = r->at;
        if (r->at < r->end || r->last)
            break;
        ost_result result = fill(r, 0);
        if (result != OST_OK)
            return result;
    }
    *ret_next = '\0';
    if (r->at < r->end)
        *ret_next = r->window[r->at] != '\0' ? r->window[r->at] : '\x01'; /* neither is JSON */
    return OST_OK;
}

ost_result piece_reader_take(piece_reader *r, char byte, const char *what)
{
    char next = '\0';
    ost_result result = piece_reader_look(r, &next);
    if (result == OST_OK && next != byte)
        return piece_reader_fail(r, 0, OST_E_JSON,
                                 next == '\0' ? "the document ends too early" : what);
    if (result == OST_OK)
        r->at++;
    return result;
}

/* ---- pieces ---- */

/* How far a value has been looked through. Brackets of both kinds count alike: where they do not
 * match, it is not JSON, wherever its end is seen. */
typedef struct scan {
    bool quoted, escaped, name;
    size_t depth;
} scan;

static const char *skip_string(scan *s, const char *at, const char *end)
{
    while (at < end) {
        char c = *at++;
        if (s->escaped) {
            s->escaped = false;
        } else if (c == '\\') {
            s->escaped = true;
        } else if (c == '"') {
            s->quoted = false;
            break;
        }
    }
    return at;
}

/* NULL: it goes on. */
static const char *find_end(scan *s, const char *at, const char *end)
{
    while (at < end) {
        if (s->quoted) {
            at = skip_string(s, at, end);
            if (!s->quoted && s->name)
                return at;
            continue;
        }
        char c = *at;
        bool closes = c == '}' || c == ']';
        if (s->depth == 0 && (closes || c == ','))
            return at;
        s->quoted = c == '"';
        s->depth += c == '{' || c == '[';
        s->depth -= closes;
        at++;
    }
    return NULL;
}

ost_result piece_reader_next(piece_reader *r, bool name, size_t ceiling, ost_text *ret_piece)
{
    scan s = {.name = name};
    const char *end;
    r->start = r->at;
    while ((end = find_end(&s, r->window + r->at, r->window + r->end)) == NULL && !r->last) {
        r->at = r->end;
        ost_result result = fill(r, ceiling);
        if (result != OST_OK)
            return result;
    }
    r->at = end != NULL ? (size_t)(end - r->window) : r->end;
    if (r->at - r->start > ceiling)
        return OST_E_CEILING;
    *ret_piece = (ost_text){r->window + r->start, r->at - r->start};
    return OST_OK;
}

ost_result piece_reader_parse(piece_reader *r, ost_text piece, bool placeholders,
                              const ost_json_limits *limits, ost_arena *arena,
                              const ost_json **ret_value)
{
    json_origin origin = {.line = 1, .column = 1};
    ost_text text = piece;
    ost_result result = placeholders ? placeholder_replace(piece, arena, &text) : OST_OK;
    if (result != OST_OK)
        return piece_reader_fail(r, piece.len, result, ost_result_sentence(result));
    if (text.len == 0)
        return piece_reader_fail(r, piece.len, OST_E_JSON, "a value is expected");
    result = json_read_part(text, origin, limits, arena, ret_value, NULL);
    if (result == OST_OK || r->error == NULL)
        return result;
    origin = origin_of(r, piece_reader_offset(r) - piece.len);
    ost_result again = json_read_part(text, origin, limits, arena, ret_value, r->error);
    return again != OST_OK ? again : result;
}
