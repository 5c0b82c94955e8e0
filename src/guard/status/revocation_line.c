/* SPDX-License-Identifier: Apache-2.0 */
/* One line of the file of revocations; see revocation_file.h. */
#include <string.h>

#include <ostiary/json.h>

#include "base/text.h"
#include "guard/status/revocation_file.h"

static const char *const kinds[] = {
    [OST_REVOKED_TOKEN] = "jti", [OST_REVOKED_SESSION] = "sid", [OST_REVOKED_SUBJECT] = "sub"};

static bool read_time(const ost_json *line, const char *name, int64_t *ret_time)
{
    return ost_json_integer(ost_json_get(line, name), ret_time) && *ret_time >= 0;
}

ost_result revocation_line_read(ost_text text, ost_arena *arena, ost_revocation *ret_what)
{
    static const ost_json_limits limits = {
        .max_bytes = REVOCATION_LINE_MAX, .max_depth = 2, .max_values = 8};
    const ost_json *line;
    ost_text issuer;
    ost_revocation what = {0};
    ost_result result = ost_json_read(text, &limits, arena, &line, NULL);
    if (result != OST_OK)
        return result == OST_E_MEMORY ? result : OST_E_FORMAT;
    if (!ost_json_is(line, OST_JSON_OBJECT) || ost_json_count(line) != 4 ||
        !ost_json_text(ost_json_get(line, "iss"), &issuer) || issuer.len == 0 ||
        memchr(issuer.data, '\0', issuer.len) != NULL ||
        !read_time(line, "not_before", &what.not_before) || !read_time(line, "until", &what.until))
        return OST_E_FORMAT;
    for (ost_revoked kind = OST_REVOKED_TOKEN; kind <= OST_REVOKED_SUBJECT; kind++) {
        if (ost_json_text(ost_json_get(line, kinds[kind]), &what.value))
            what.kind = kind;
    }
    if (what.kind == 0 || what.value.len == 0)
        return OST_E_FORMAT;
    what.issuer = ost_arena_copy(arena, issuer);
    if (what.issuer == NULL)
        return OST_E_MEMORY;
    *ret_what = what;
    return OST_OK;
}

ost_result revocation_line_write(const ost_revocation *what, ost_arena *arena, ost_text *ret_line)
{
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(arena, REVOCATION_LINE_MAX);
    if (what->issuer == NULL || what->kind < OST_REVOKED_TOKEN || what->kind > OST_REVOKED_SUBJECT)
        return OST_E_ARGUMENT;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "iss", what->issuer);
    ost_json_member_text(w, kinds[what->kind], what->value);
    ost_json_member_integer(w, "not_before", what->not_before);
    ost_json_member_integer(w, "until", what->until);
    ost_json_close_object(w);
    ost_result result = ost_json_writer_finish(w, &text);
    if (result != OST_OK)
        return result;
    const char *line = ost_arena_format(arena, "%.*s\n", OST_FORMAT(text));
    if (line == NULL)
        return OST_E_MEMORY;
    *ret_line = text_of(line);
    return OST_OK;
}
