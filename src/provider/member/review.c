/* SPDX-License-Identifier: Apache-2.0 */
/* The walk through a realm file by the tables; see review.h. */
#include "provider/member/review.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error_sentence.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/member/member_value.h"
#include "provider/member/scalar.h"
#include "provider/member/unknown_member.h"
#include "provider/realm/document_limit.h"

#define MAX_PATH 512
#define MAX_DEPTH 40 /* of groups within groups */

typedef struct review {
    bool strict;
    bool renews;
    bool body; /* of the admin API: null takes away what is there, and one text is no list */
    bool trims;
    ost_arena *arena;
    ost_json_writer *writer;
    import_report *report;
    ost_error *error;
    ost_result result;
    ost_result refused; /* something is; the walk goes on, so that the report is whole */
    unsigned depth;
    ost_text owner; /* the name of the user whose credentials are looked at */
    size_t path_len;
    char path[MAX_PATH];
} review;

static void fail(review *r, ost_text name, const char *what)
{
    if (r->result == OST_OK)
        r->result = ost_error_set(r->error, OST_E_FORMAT, "%s%s%.*s: %s", r->path,
                                  r->path_len > 0 ? "." : "", (int)name.len, name.data, what);
}

static size_t enter(review *r, ost_text name)
{
    size_t before = r->path_len;
    int len = snprintf(r->path + before, sizeof r->path - before, "%s%.*s", before > 0 ? "." : "",
                       (int)(name.len < 100 ? name.len : 100), name.data);
    r->path_len = before + (len > 0 ? (size_t)len : 0);
    if (r->path_len >= sizeof r->path) {
        r->path_len = sizeof r->path - 1;
        fail(r, OST_TEXT("…"), "too deep");
    }
    return before;
}

static void leave(review *r, size_t before)
{
    r->path_len = before;
    r->path[before] = '\0';
}

/* Why a member does not do what it seems to say, as its value or the object is; NULL: it does. Then
 * *ret_fate is what becomes of it. */
static const char *why_not(review *r, const ost_json *object, const ost_json *value,
                           const member *m, member_fate *ret_fate)
{
    const char *why = member_is_unread(value, m) ? "not a whole number; the usual one counts"
                                                 : member_unmet(m, value);
    bool tells = r->report != NULL || r->strict;
    if (why == NULL && m != NULL && m->unfit != NULL && tells)
        why = m->unfit(object, m->name, r->arena);
    if (why == NULL)
        why = member_stray(m, value, r->arena);
    if (why == NULL && m != NULL && m->shape != NULL) {
        why = unknown_value_of(value, m->shape, r->arena);
        *ret_fate = MEMBER_REFUSED;
        if (why != NULL)
            return why;
    }
    *ret_fate = m != NULL && m->stray != MEMBER_ACTED ? m->stray : MEMBER_TOLD;
    return why;
}

static void refuse_member(review *r, ost_text name, const char *why, const char *behind)
{
    if (r->refused == OST_OK)
        r->refused =
            ost_error_set(r->error, OST_E_FORMAT, "%s%s%.*s: %s%s", r->path,
                          r->path_len > 0 ? "." : "", (int)name.len, name.data, why, behind);
}

/* An attribute may have any name; one that differs from a known one by a letter or by its case is a
 * slip of the pen, and Keycloak would not say so. */
static const char *why_unknown(const review *r, const member_kind *kind, ost_text name)
{
    const member *near = member_near(kind, name);
    const char *why = NULL;
    if (near != NULL)
        why = ost_arena_format(r->arena, "no such %s is known; is %s meant?",
                               kind->open ? "attribute" : "member", near->name);
    return why != NULL ? why : "no such member is known";
}

static void tell(review *r, const ost_json *object, const member_kind *kind, const ost_json *value,
                 const member *m)
{
    ost_text name = {0};
    member_fate fate, otherwise;
    const char *unmet = why_not(r, object, value, m, &otherwise);
    fate = unmet != NULL ? otherwise : member_fate_of(kind, object, value, m);
    const char *why = member_is_outdone(object, m) ? "its successor stands beside it and counts"
                      : unmet != NULL              ? unmet
                      : m != NULL                  ? m->why
                      : fate == MEMBER_UNKNOWN     ? why_unknown(r, kind, ost_json_name(value))
                                                   : NULL;
    if (fate == MEMBER_REFUSED)
        refuse_member(r, ost_json_name(value), why, "");
    else if (r->strict && (fate == MEMBER_TOLD || fate == MEMBER_UNKNOWN))
        refuse_member(r, ost_json_name(value), why, " (--strict)");
    if (r->report == NULL)
        return;
    if (kind->owned && r->owner.len > 0)
        name = r->owner;
    else if (kind->name != NULL)
        (void)!ost_json_text(ost_json_get(object, kind->name), &name);
    if (!import_report_add(r->report, r->path, kind->title, name, fate, ost_json_name(value), why))
        r->result = ost_error_set(r->error, OST_E_MEMORY, "out of memory");
}

/* ---- values ---- */

static void put_boolean(review *r, const ost_json *value)
{
    bool boolean;
    if (scalar_boolean(value, &boolean))
        ost_json_put_boolean(r->writer, boolean);
    else
        fail(r, ost_json_name(value), "neither true nor false");
}

static void put_integer(review *r, const ost_json *value, bool wide)
{
    int64_t integer;
    if (scalar_integer(value, wide, &integer))
        ost_json_put_integer(r->writer, integer);
    else
        fail(r, ost_json_name(value), "not a whole number");
}

/* Keycloak takes a password of 1234. */
static void put_string(review *r, const ost_json *value, ost_text name)
{
    ost_text text;
    if (scalar_text(value, &text))
        ost_json_put_text(r->writer, r->trims ? text_trim_lines(text) : text);
    else
        fail(r, name, "not a string");
}

/* A client scope is named in requests, between blanks. */
static void put_scope_name(review *r, const ost_json *value)
{
    ost_text text;
    if (!r->renews || !ost_json_text(value, &text)) {
        put_string(r, value, ost_json_name(value));
        return;
    }
    char *name = ost_arena_copy(r->arena, text);
    for (size_t i = 0; name != NULL && i < text.len; i++)
        name[i] = name[i] == ' ' ? '_' : name[i];
    ost_json_put_text(r->writer, name != NULL ? (ost_text){name, text.len} : text);
}

static void put_strings(review *r, const ost_json *value, ost_text name)
{
    size_t index = 0;
    char which[160];
    if (!ost_json_is(value, OST_JSON_ARRAY)) {
        fail(r, name, "not an array");
        return;
    }
    ost_json_open_array(r->writer);
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at), index++) {
        snprintf(which, sizeof which, "%.*s[%zu]", (int)(name.len < 120 ? name.len : 120),
                 name.data, index);
        if (!ost_json_is(at, OST_JSON_NULL))
            put_string(r, at, text_of(which));
    }
    ost_json_close_array(r->writer);
}

static bool is_object(review *r, const ost_json *value, ost_text name)
{
    if (!ost_json_is(value, OST_JSON_OBJECT))
        fail(r, name, "not an object");
    return r->result == OST_OK;
}

/* One string may stand where a list of one is meant. */
static void put_string_lists(review *r, const ost_json *value, bool single)
{
    if (!is_object(r, value, ost_json_name(value)))
        return;
    ost_json_open_object(r->writer);
    size_t before = enter(r, ost_json_name(value));
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        if (ost_json_is(at, OST_JSON_NULL))
            continue;
        ost_json_put_name(r->writer, ost_json_name(at));
        if (ost_json_is(at, OST_JSON_ARRAY) || (r->body && !single)) {
            put_strings(r, at, ost_json_name(at));
            continue;
        }
        ost_json_open_array(r->writer);
        put_string(r, at, ost_json_name(at));
        ost_json_close_array(r->writer);
    }
    leave(r, before);
    ost_json_close_object(r->writer);
}

static void put_object(review *r, const ost_json *object, const member_kind *kind);

/* As if it had been left out, but for a change, which takes away what was there. */
static bool put_null(review *r, const ost_json *value)
{
    if (!ost_json_is(value, OST_JSON_NULL))
        return false;
    if (r->body) {
        ost_json_put_name(r->writer, ost_json_name(value));
        ost_json_put_value(r->writer, value);
    }
    return true;
}

static void put_map(review *r, const ost_json *value, const member_kind *of)
{
    size_t before = enter(r, ost_json_name(value));
    if (!ost_json_is(value, OST_JSON_OBJECT)) {
        leave(r, before);
        fail(r, ost_json_name(value), "not an object");
        return;
    }
    if (of != NULL) {
        put_object(r, value, of);
    } else {
        ost_json_open_object(r->writer);
        for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
            if (put_null(r, at))
                continue;
            ost_json_put_name(r->writer, ost_json_name(at));
            put_string(r, at, ost_json_name(at));
        }
        ost_json_close_object(r->writer);
    }
    leave(r, before);
}

static void put_list(review *r, const ost_json *value, const member_kind *of)
{
    size_t index = 0;
    char which[160];
    ost_text name = ost_json_name(value);
    if (!ost_json_is(value, OST_JSON_ARRAY)) {
        fail(r, name, "not an array");
        return;
    }
    ost_json_open_array(r->writer);
    for (const ost_json *at = ost_json_first(value); at != NULL && r->result == OST_OK;
         at = ost_json_next(at), index++) {
        snprintf(which, sizeof which, "%.*s[%zu]", (int)(name.len < 120 ? name.len : 120),
                 name.data, index);
        if (ost_json_is(at, OST_JSON_NULL) || !is_object(r, at, text_of(which)))
            continue;
        size_t before = enter(r, text_of(which));
        put_object(r, at, of);
        leave(r, before);
    }
    ost_json_close_array(r->writer);
}

static void put_lists(review *r, const ost_json *value, const member_kind *of)
{
    if (!is_object(r, value, ost_json_name(value)))
        return;
    size_t before = enter(r, ost_json_name(value));
    ost_json_open_object(r->writer);
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        if (ost_json_is(at, OST_JSON_NULL))
            continue;
        ost_json_put_name(r->writer, ost_json_name(at));
        put_list(r, at, of);
    }
    ost_json_close_object(r->writer);
    leave(r, before);
}

static void put_one(review *r, const ost_json *value, const member_kind *of)
{
    if (!is_object(r, value, ost_json_name(value)))
        return;
    size_t before = enter(r, ost_json_name(value));
    put_object(r, value, of);
    leave(r, before);
}

static void put_spelt(review *r, const ost_json *value, const member *m)
{
    ost_text text;
    if (m->any_case && ost_json_text(value, &text))
        ost_json_put_text(r->writer, member_spelt(m, text));
    else
        put_string(r, value, ost_json_name(value));
}

static void put_value(review *r, const ost_json *value, const member *m)
{
    r->trims = r->renews && m != NULL && m->trims;
    switch (m != NULL ? m->type : MEMBER_ANY) {
    case MEMBER_BOOLEAN:
        put_boolean(r, value);
        break;
    case MEMBER_INTEGER:
        put_integer(r, value, m->wide);
        break;
    case MEMBER_STRING:
        put_spelt(r, value, m);
        break;
    case MEMBER_SCOPE_NAME:
        put_scope_name(r, value);
        break;
    case MEMBER_STRINGS:
        put_strings(r, value, ost_json_name(value));
        break;
    case MEMBER_MAP:
        put_map(r, value, m->of);
        break;
    case MEMBER_STRING_LISTS:
        put_string_lists(r, value, m->single);
        break;
    case MEMBER_OBJECT:
        put_one(r, value, m->of);
        break;
    case MEMBER_LIST:
        put_list(r, value, m->of);
        break;
    case MEMBER_LISTS:
        put_lists(r, value, m->of);
        break;
    case MEMBER_ANY:
        ost_json_put_value(r->writer, value);
        break;
    }
}

/* A placeholder that stands for nothing leaves no number and no boolean. */
static bool is_left_out(const ost_json *value, const member *m)
{
    bool scalar = m != NULL && (m->type == MEMBER_BOOLEAN || m->type == MEMBER_INTEGER);
    return scalar && scalar_is_absent(value);
}

static void put_object(review *r, const ost_json *object, const member_kind *kind)
{
    if (++r->depth > MAX_DEPTH)
        fail(r, OST_TEXT("…"), "too deep");
    if (kind == &member_user) {
        r->owner = (ost_text){0};
        (void)!ost_json_text(ost_json_get(object, kind->name), &r->owner);
    }
    ost_json_open_object(r->writer);
    for (const ost_json *at = ost_json_first(object); at != NULL && r->result == OST_OK;
         at = ost_json_next(at)) {
        const member *m = member_find(kind, ost_json_name(at));
        if (is_left_out(at, m) || put_null(r, at))
            continue;
        tell(r, object, kind, at, m);
        bool outdone = member_is_outdone(object, m);
        bool renewed = r->renews && m != NULL && m->now != NULL && !outdone;
        ost_json_put_name(r->writer, renewed ? text_of(m->now) : ost_json_name(at));
        if (outdone)
            ost_json_put_value(r->writer, at);
        else if (kind->open)
            put_string(r, at, ost_json_name(at));
        else
            put_value(r, at, m);
    }
    ost_json_close_object(r->writer);
    r->depth--;
}

static ost_result write_reviewed(review *r, const ost_json *object, const member_kind *kind,
                                 const char *path)
{
    r->writer = ost_json_writer_new(r->arena, DOCUMENT_MAX);
    if (r->writer == NULL)
        return ost_error_set(r->error, OST_E_MEMORY, "out of memory");
    if (path[0] != '\0')
        enter(r, text_of(path));
    put_object(r, object, kind);
    if (r->result != OST_OK)
        return r->result;
    return r->refused;
}

static ost_result review_run(review *r, const ost_json *object, const member_kind *kind,
                             const char *path, const ost_json **ret_object)
{
    ost_result result = write_reviewed(r, object, kind, path);
    return result == OST_OK ? json_writer_read(r->writer, &document_limits, ret_object, r->error)
                            : result;
}

ost_result review_text(const ost_json *object, const member_kind *kind, ost_arena *arena,
                       ost_text *ret_text, ost_error *error)
{
    review r = {.arena = arena, .error = error};
    ost_result result = write_reviewed(&r, object, kind, "");
    return result == OST_OK ? error_set_sentence(error, ost_json_writer_finish(r.writer, ret_text))
                            : result;
}

ost_result review_object(const ost_json *object, const member_kind *kind, const char *path,
                         bool strict, ost_arena *arena, import_report *report,
                         const ost_json **ret_object, ost_error *error)
{
    review r = {.strict = strict, .arena = arena, .report = report, .error = error};
    return review_run(&r, object, kind, path, ret_object);
}

ost_result review_renew(const ost_json *object, const member_kind *kind, const char *path,
                        bool strict, ost_arena *arena, import_report *report,
                        const ost_json **ret_object, ost_error *error)
{
    review r = {.strict = strict, .renews = true, .arena = arena, .report = report, .error = error};
    return review_run(&r, object, kind, path, ret_object);
}

ost_result review_body(const ost_json *object, const member_kind *kind, ost_arena *arena,
                       const ost_json **ret_object, ost_error *error)
{
    review r = {.body = true, .arena = arena, .error = error};
    return review_run(&r, object, kind, "", ret_object);
}
