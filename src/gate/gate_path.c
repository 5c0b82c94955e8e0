/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and judges paths; see gate_path.h. */
#include "gate/gate_path.h"

#include "base/fold.h"
#include "base/percent.h"
#include "base/text.h"
#include "http/message/request_target.h"

static bool is_still_encoded(ost_text path)
{
    for (size_t at = text_find(path, '%', 0); at < path.len; at = text_find(path, '%', at + 1)) {
        if (percent_byte(text_slice(path, at, path.len)) >= 0)
            return true;
        char next = at + 1 < path.len ? path.data[at + 1] : '\0';
        if (next == 'u' || next == 'U') /* "%u002f" of Microsoft's servers */
            return true;
    }
    return false;
}

static const char *check_segment(ost_text segment)
{
    if (segment.len == 0)
        return "empty segment in the path";
    if (path_segment_is_dots(segment))
        return "dot segment in the path";
    char end = segment.data[segment.len - 1];
    return end == '.' || end == ' ' ? "dot or blank at the end of a segment" : NULL;
}

const char *gate_path_check(ost_text path)
{
    if (path.len == 0 || path.data[0] != '/')
        return "the path does not begin with a slash";
    if (text_find(path, ';', 0) < path.len)
        return "parameters in the path";
    if (text_find(path, '\\', 0) < path.len)
        return "backslash in the path";
    if (is_still_encoded(path))
        return "path that is encoded twice";
    ost_text rest = text_slice(path, 1, path.len), segment;
    while (rest.len > 0 && text_next(&rest, '/', &segment)) {
        const char *reason = check_segment(segment);
        if (reason != NULL)
            return reason;
    }
    return NULL;
}

const char *gate_path_read(ost_text target, ost_arena *arena, ost_text *ret_path)
{
    request_target read;
    if (target.len == 0 || target.data[0] != '/')
        return "the target does not begin with a slash";
    char *copy = ost_arena_copy(arena, target);
    if (copy == NULL)
        return "out of memory";
    const char *reason = request_target_read(copy, target.len, HTTP_GET, &read);
    if (reason == NULL)
        reason = gate_path_check(read.path);
    if (reason == NULL)
        *ret_path = read.path;
    return reason;
}

/* Beyond folding by single letters, what comes to plain ones where it is done by words or by
 * tongues: "ß" is "ss" (Unicode's full folding, and capitals), and Java's equalsIgnoreCase takes
 * the Turkish "ı" and "İ" for "i". Nothing gets longer. */
static ost_text without_special_letters(ost_text text, ost_arena *arena)
{
    char *out = ost_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    if (out == NULL)
        return (ost_text){0};
    while (text.len > 0) {
        bool is_s = text_starts(text, "\xC3\x9F");
        bool is_i = text_starts(text, "\xC4\xB0") || text_starts(text, "\xC4\xB1");
        size_t taken = is_s || is_i ? 2 : 1;
        out[len++] = is_s ? 's' : is_i ? 'i' : text.data[0];
        if (is_s)
            out[len++] = 's';
        text = text_slice(text, taken, text.len - taken);
    }
    return (ost_text){out, len};
}

ost_text gate_path_loose(ost_text path, ost_arena *arena)
{
    ost_text loose = text_compatible(path, arena);
    if (loose.data == NULL)
        return loose;
    loose = text_slice(loose, 0, text_find(loose, '?', 0));
    loose = text_slice(loose, 0, text_find(loose, '#', 0));
    while (text_ends(loose, "/"))
        loose.len--;
    loose = text_fold(loose.len > 0 ? loose : OST_TEXT(""), arena);
    return loose.data != NULL ? without_special_letters(loose, arena) : loose;
}

const char *gate_path_check_loose(ost_text loose)
{
    ost_text segment;
    if (text_find(loose, '\\', 0) < loose.len)
        return "backslash in the path's compatibility form";
    while (text_next(&loose, '/', &segment)) {
        if (path_segment_is_dots(segment))
            return "dot segment in the path's compatibility form";
        if (text_ends(segment, " ")) /* also a wide one, or one that keeps words together */
            return "blank at the end of a segment in the path's compatibility form";
    }
    return NULL;
}
