/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting realm files; see realm_split.h. */
#include "provider/stream/realm_split.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/context.h"
#include "base/json/json_file.h"
#include "base/json/other_format.h"
#include "base/shown.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"
#include "provider/stream/placeholder.h"

#define MAX_DEPTH 64
#define SCRATCH ((size_t)1 << 30) /* while one value is checked */
#define SCRATCH_KEPT ((size_t)256 << 10)
#define FIRST_PARTS 4

const ost_json_limits realm_file_limits = {
    .max_bytes = DOCUMENT_MAX, .max_depth = MAX_DEPTH, .max_values = (size_t)1 << 22};
const ost_json_limits realm_user_limits = {
    .max_bytes = USER_MAX, .max_depth = MAX_DEPTH - 2, .max_values = (size_t)1 << 18};

#define PATH_MAX_BYTES 128
#define NAMES 256 /* of a realm's members: Keycloak has some 150 */

typedef struct split {
    piece_reader reader;
    char path[PATH_MAX_BYTES]; /* of what is read, for errors */
    bool placeholders;
    size_t outer; /* containers around a realm */
    ost_arena *arena, *scratch;
    ost_text names[NAMES]; /* of the realm's members so far */
    size_t name_count;
    buffer rest;      /* of the realm that is being read */
    size_t rest_size; /* of those before */
    realm_parts parts;
    size_t room;
} split;

static ost_result too_long(split *s, ost_result result, const char *what)
{
    return result == OST_E_CEILING ? piece_reader_fail(&s->reader, 0, result, what) : result;
}

static ost_result append(split *s, ost_text text)
{
    buffer_append(&s->rest, text);
    ost_result failed = s->rest.failed;
    if (failed == OST_OK && s->rest_size + s->rest.len > DOCUMENT_MAX)
        failed = OST_E_CEILING;
    return failed == OST_OK
               ? OST_OK
               : piece_reader_fail(&s->reader, 0, failed,
                                   failed == OST_E_CEILING ? "over 64 MiB beside the users"
                                                           : "out of memory");
}

/* The value is JSON; what it is, is known later. */
static ost_result check_piece(split *s, ost_text piece, const ost_json_limits *limits, size_t depth,
                              const ost_json **ret_value)
{
    ost_json_limits deeper = *limits;
    deeper.max_depth = MAX_DEPTH - depth - s->outer;
    ost_arena_reset(s->scratch);
    arena_trim(s->scratch, SCRATCH_KEPT);
    return piece_reader_parse(&s->reader, piece, s->placeholders, &deeper, s->scratch, ret_value);
}

/* What stands between two values: *ret_more, or the end. */
static ost_result pass_comma(split *s, char closing, bool *ret_more)
{
    char next;
    ost_result result = piece_reader_look(&s->reader, &next);
    *ret_more = next == ',';
    if (result != OST_OK || next == ',' || next == closing)
        return result == OST_OK ? piece_reader_take(&s->reader, next == ',' ? ',' : closing, "")
                                : result;
    return piece_reader_fail(&s->reader, 0, OST_E_JSON,
                             next == '\0' ? "the document ends too early"
                                          : "',' or the closing bracket is expected");
}

/* Behind the opening bracket: *ret_more unless the closing one follows. */
static ost_result pass_opening(split *s, char closing, bool *ret_more)
{
    char next;
    ost_result result = piece_reader_look(&s->reader, &next);
    *ret_more = next != closing;
    return result == OST_OK && next == closing ? piece_reader_take(&s->reader, closing, "")
                                               : result;
}

/* "[1].clients": a member of the realm that is read; empty: the realm itself. */
static void set_path(split *s, ost_text member)
{
    int len = 0;
    if (s->outer > 0)
        len = snprintf(s->path, sizeof s->path, "[%zu]", s->parts.count - 1);
    snprintf(s->path + len, sizeof s->path - (size_t)len, "%s%.*s",
             len > 0 && member.len > 0 ? "." : "",
             (int)(member.len < PATH_MAX_BYTES ? member.len : PATH_MAX_BYTES), member.data);
}

/* ---- users ---- */

static ost_result read_user(split *s, realm_part *part)
{
    char next, name[32];
    ost_text piece;
    const ost_json *user;
    snprintf(name, sizeof name, "users[%zu]", part->user_count);
    set_path(s, text_of(name));
    ost_result result = piece_reader_look(&s->reader, &next);
    if (result == OST_OK)
        result = too_long(s, piece_reader_next(&s->reader, false, USER_MAX, &piece),
                          "a user of more than 4 MiB");
    if (result == OST_OK)
        result = check_piece(s, piece, &realm_user_limits, 2, &user);
    part->user_count++;
    return result;
}

static ost_result read_users(split *s, realm_part *part)
{
    bool more;
    ost_result result = piece_reader_take(&s->reader, '[', "'[' is expected");
    part->users_at = piece_reader_offset(&s->reader);
    if (result == OST_OK)
        result = append(s, OST_TEXT("[]"));
    if (result == OST_OK)
        result = pass_opening(s, ']', &more);
    while (result == OST_OK && more) {
        result = read_user(s, part);
        if (result == OST_OK)
            result = pass_comma(s, ']', &more);
    }
    return result;
}

/* ---- realms ---- */

/* Of two members of one name Keycloak takes the second; which name it is helps whoever has to mend
 * it. Beyond NAMES the document is refused as a whole (finish_realm). */
static ost_result check_name(split *s, ost_text member, size_t len)
{
    char sentence[128];
    size_t i = 0;
    while (i < s->name_count && !text_equal(s->names[i], member))
        i++;
    if (i < s->name_count) {
        snprintf(sentence, sizeof sentence, "an object has two members of the same name, \"%.*s\"",
                 SHOWN(member, 60));
        return piece_reader_fail(&s->reader, len, OST_E_JSON, sentence);
    }
    if (s->name_count == NAMES)
        return OST_OK;
    member.data = ost_arena_copy(s->arena, member);
    if (member.data == NULL)
        return piece_reader_fail(&s->reader, len, OST_E_MEMORY, "out of memory");
    s->names[s->name_count++] = member;
    return OST_OK;
}

static ost_result read_name(split *s, bool *ret_users)
{
    char next;
    ost_text piece;
    const ost_json *name;
    ost_result result = piece_reader_look(&s->reader, &next);
    if (result == OST_OK && next != '"')
        return piece_reader_fail(&s->reader, 0, OST_E_JSON,
                                 next == '\0' ? "the document ends too early"
                                              : "a member's name in quotes is expected");
    if (result == OST_OK)
        result = too_long(s, piece_reader_next(&s->reader, true, USER_MAX, &piece), "a long name");
    if (result == OST_OK)
        result = check_piece(s, piece, &realm_user_limits, 1, &name);
    if (result != OST_OK)
        return result;
    *ret_users = ost_json_equals(name, OST_TEXT("users"));
    ost_text member = {0};
    (void)!ost_json_text(name, &member);
    result = check_name(s, member, piece.len);
    set_path(s, member);
    if (result == OST_OK)
        result = append(s, piece);
    return result == OST_OK ? append(s, OST_TEXT(":")) : result;
}

static ost_result read_value(split *s)
{
    ost_text piece;
    const ost_json *value;
    ost_result result = too_long(s, piece_reader_next(&s->reader, false, DOCUMENT_MAX, &piece),
                                 "over 64 MiB beside the users");
    if (result == OST_OK)
        result = check_piece(s, piece, &realm_file_limits, 1, &value);
    return result == OST_OK ? append(s, piece) : result;
}

static ost_result read_member(split *s, realm_part *part)
{
    char next;
    bool users = false;
    ost_result result = s->rest.len > 1 ? append(s, OST_TEXT(",")) : OST_OK;
    if (result == OST_OK)
        result = read_name(s, &users);
    if (result == OST_OK)
        result = piece_reader_take(&s->reader, ':', "':' is expected");
    if (result == OST_OK)
        result = piece_reader_look(&s->reader, &next);
    if (result != OST_OK)
        return result;
    result = users && next == '[' ? read_users(s, part) : read_value(s);
    if (result == OST_OK)
        set_path(s, (ost_text){0});
    return result;
}

/* Its values are known to be JSON: what can be wrong now are names that stand there twice. */
static ost_result finish_realm(split *s, realm_part *part)
{
    ost_json_limits limits = realm_file_limits;
    ost_text text = {ost_arena_copy(s->arena, buffer_text(&s->rest)), s->rest.len};
    s->rest_size += s->rest.len;
    buffer_clear(&s->rest);
    limits.max_depth -= s->outer;
    ost_result result = text.data != NULL ? OST_OK : OST_E_MEMORY;
    if (result == OST_OK && s->placeholders)
        result = placeholder_replace(text, s->arena, &text);
    if (result == OST_OK)
        result = ost_json_read(text, &limits, s->arena, &part->document, NULL);
    return result == OST_OK ? OST_OK
                            : piece_reader_fail(&s->reader, 1, result,
                                                result == OST_E_JSON
                                                    ? "an object has two members of the same name"
                                                    : ost_result_sentence(result));
}

static ost_result read_realm(split *s, realm_part *part)
{
    bool more;
    s->name_count = 0;
    ost_result result = piece_reader_take(&s->reader, '{', "'{' is expected");
    if (result == OST_OK)
        result = append(s, OST_TEXT("{"));
    if (result == OST_OK)
        result = pass_opening(s, '}', &more);
    while (result == OST_OK && more) {
        result = read_member(s, part);
        if (result == OST_OK)
            result = pass_comma(s, '}', &more);
    }
    if (result == OST_OK)
        result = append(s, OST_TEXT("}"));
    return result == OST_OK ? finish_realm(s, part) : result;
}

/* What is no object is no realm; whoever imports it says so. */
static ost_result read_other(split *s, realm_part *part)
{
    ost_text piece;
    ost_result result = too_long(s, piece_reader_next(&s->reader, false, USER_MAX, &piece),
                                 "a value of more than 4 MiB that is not a realm");
    if (result == OST_OK)
        piece.data = ost_arena_copy(s->arena, piece);
    if (result == OST_OK && piece.data == NULL)
        return ost_error_set(s->reader.error, OST_E_MEMORY, "out of memory");
    return result == OST_OK ? piece_reader_parse(&s->reader, piece, s->placeholders,
                                                 &realm_user_limits, s->arena, &part->document)
                            : result;
}

static ost_result add_part(split *s)
{
    realm_parts *p = &s->parts;
    char next;
    if (p->count == s->room) {
        size_t room = s->room > 0 ? s->room * 2 : FIRST_PARTS;
        realm_part *larger = ost_arena_alloc(s->arena, room * sizeof *larger);
        if (larger == NULL)
            return ost_error_set(s->reader.error, OST_E_MEMORY, "out of memory");
        if (p->count > 0)
            memcpy(larger, p->parts, p->count * sizeof *larger);
        p->parts = larger;
        s->room = room;
    }
    realm_part *part = &p->parts[p->count++];
    *part = (realm_part){0};
    set_path(s, (ost_text){0});
    ost_result result = piece_reader_look(&s->reader, &next);
    if (result != OST_OK)
        return result;
    return next == '{' ? read_realm(s, part) : read_other(s, part);
}

static ost_result read_list(split *s)
{
    bool more;
    s->parts.is_list = true;
    s->outer = 1;
    ost_result result = piece_reader_take(&s->reader, '[', "'[' is expected");
    if (result == OST_OK)
        result = pass_opening(s, ']', &more);
    while (result == OST_OK && more) {
        result = add_part(s);
        if (result == OST_OK)
            result = pass_comma(s, ']', &more);
    }
    return result;
}

static ost_result read_document(split *s, byte_source source)
{
    char next;
    char beginning[OTHER_FORMAT_BYTES];
    ssize_t len = source.read(source.user, 0, beginning, sizeof beginning);
    const char *other = len > 0 ? other_format((ost_text){beginning, (size_t)len}) : NULL;
    if (other != NULL)
        return ost_error_set(s->reader.error, OST_E_JSON, "%s", other);
    ost_result result = piece_reader_look(&s->reader, &next);
    if (result == OST_OK && next == '\0')
        return ost_error_set(s->reader.error, OST_E_JSON, "the document is empty");
    if (result == OST_OK)
        result = next == '[' ? read_list(s) : add_part(s);
    if (result == OST_OK)
        result = piece_reader_look(&s->reader, &next);
    return result == OST_OK && next != '\0'
               ? piece_reader_fail(&s->reader, 0, OST_E_JSON, "something follows the document")
               : result;
}

/* Some editors put it before a file. */
static uint64_t behind_mark(byte_source source)
{
    char mark[sizeof BYTE_ORDER_MARK - 1];
    ssize_t len = source.read(source.user, 0, mark, sizeof mark);
    return len == sizeof mark && memcmp(mark, BYTE_ORDER_MARK, sizeof mark) == 0 ? sizeof mark : 0;
}

ost_result realm_split(byte_source source, bool placeholders, ost_arena *arena,
                       realm_parts *ret_parts, ost_error *error)
{
    split s = {.placeholders = placeholders, .arena = arena, .scratch = ost_arena_new(SCRATCH)};
    buffer_init(&s.rest, DOCUMENT_MAX);
    bool begun = piece_reader_begin(&s.reader, source, behind_mark(source), error);
    s.reader.path = s.path;
    ost_result result = begun && s.scratch != NULL
                            ? read_document(&s, source)
                            : ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (result == OST_OK)
        *ret_parts = s.parts;
    piece_reader_free(&s.reader);
    buffer_free(&s.rest);
    ost_arena_free(s.scratch);
    return result;
}
