/* SPDX-License-Identifier: Apache-2.0 */
/* The walk through a body by the tables; see unknown_member.h. */
#include "provider/member/unknown_member.h"

#include "base/text.h"
#include "provider/member/kept_shape.h"

#define MAX_NAME 100 /* bytes of it that are told */
#define NO_MEMORY "out of memory"

const char *unknown_member_words(const char *representation, ost_text name, ost_arena *arena)
{
    size_t len = name.len < MAX_NAME ? name.len : MAX_NAME;
    while (len > 0 && len < name.len && ((unsigned char)name.data[len] & 0xc0) == 0x80)
        len--; /* not within a letter */
    const char *words =
        ost_arena_format(arena, "Invalid json representation for %s. Unrecognized field \"%.*s\".",
                         representation, (int)len, name.data);
    return words != NULL ? words : NO_MEMORY;
}

/* Of what is looked for: wrong values of enumerated types alone, or unknown names, too. */
typedef struct walk {
    ost_arena *arena;
    bool names;
} walk;

static const char *of_object(const ost_json *object, const member_kind *kind, const walk *w);

/* ---- what is kept unread ---- */

static bool is_among(const char *names, ost_text name)
{
    ost_text rest = text_of(names), one;
    while (text_next(&rest, '|', &one)) {
        if (text_equal(one, name))
            return true;
    }
    return false;
}

static const char *fault_of_object(const ost_json *object, const kept_shape *shape, const walk *w);

static const char *not_such(ost_text name, const char *what, ost_arena *arena)
{
    const char *why = ost_arena_format(
        arena, "%.*s: not %s", (int)(name.len < MAX_NAME ? name.len : MAX_NAME), name.data, what);
    return why != NULL ? why : NO_MEMORY;
}

/* A text may stand for an object: a resource's scope by its name alone. `name`: of the whole. */
static const char *fault_of_list(const ost_json *list, const kept_shape *shape, ost_text name,
                                 const walk *w)
{
    const char *why = NULL;
    if (!ost_json_is(list, OST_JSON_ARRAY))
        return ost_json_is(list, OST_JSON_NULL) ? NULL : not_such(name, "an array", w->arena);
    for (const ost_json *at = ost_json_first(list); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        if (ost_json_is(at, OST_JSON_OBJECT))
            why = fault_of_object(at, shape, w);
    }
    return why;
}

/* Its number as Java counts, or the text of it, will do for a value. */
static bool is_number_of(const char *values, const ost_json *value)
{
    ost_text rest = text_of(values), one;
    uint64_t number;
    ost_text digits = ost_json_source(value);
    if (ost_json_text(value, &digits))
        digits = text_trim_lines(digits);
    if (!text_to_unsigned(digits, INT32_MAX, &number))
        return false;
    while (number-- > 0) {
        if (!text_next(&rest, '|', &one))
            return false;
    }
    return text_next(&rest, '|', &one);
}

static const char *fault_of_choice(const ost_json *value, const kept_class *of, ost_arena *arena)
{
    ost_text text, name = ost_json_name(value);
    if ((ost_json_text(value, &text) && is_among(of->names, text_trim_lines(text))) ||
        is_number_of(of->names, value))
        return NULL;
    const char *why =
        ost_arena_format(arena, "%.*s: not one of %s",
                         (int)(name.len < MAX_NAME ? name.len : MAX_NAME), name.data, of->names);
    return why != NULL ? why : NO_MEMORY;
}

/* Why the first thing that is not so built cannot be read; NULL: it can. As deep as the reader of
 * JSON lets it be. */
static const char *fault_of_shape(const ost_json *value, const kept_shape *shape, const walk *w)
{
    const char *why = NULL;
    ost_text name = ost_json_name(value);
    if (ost_json_is(value, OST_JSON_NULL))
        return NULL;
    if (shape->form == KEPT_CHOICE)
        return fault_of_choice(value, shape->of, w->arena);
    if (shape->form == KEPT_LIST)
        return fault_of_list(value, shape, name, w);
    if (!ost_json_is(value, OST_JSON_OBJECT))
        return not_such(name, "an object", w->arena);
    if (shape->form == KEPT_OBJECT)
        return fault_of_object(value, shape, w);
    for (const ost_json *at = ost_json_first(value); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        if (shape->form == KEPT_LISTS)
            why = fault_of_list(at, shape, name, w);
        else if (ost_json_is(at, OST_JSON_OBJECT))
            why = fault_of_object(at, shape, w);
    }
    return why;
}

static const kept_part *find_part(const kept_class *of, ost_text name)
{
    for (const kept_part *part = of->parts; part != NULL && part->name != NULL; part++) {
        if (text_is(name, part->name))
            return part;
    }
    return NULL;
}

/* The owner of a resource may be a text. */
static const char *fault_of_part(const ost_json *value, const kept_part *part, const walk *w)
{
    return part->shape.form == KEPT_OBJECT && ost_json_is(value, OST_JSON_STRING)
               ? NULL
               : fault_of_shape(value, &part->shape, w);
}

static const char *fault_of_object(const ost_json *object, const kept_shape *shape, const walk *w)
{
    const kept_class *of = shape->of;
    const char *why = NULL;
    if (of == NULL)
        return w->names ? of_object(object, shape->kind, w) : NULL;
    for (const ost_json *at = ost_json_first(object); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        const kept_part *part = find_part(of, name);
        if (part != NULL)
            why = fault_of_part(at, part, w);
        else if (w->names && !is_among(of->names, name) &&
                 (shape->kind == NULL || member_find(shape->kind, name) == NULL))
            why = unknown_member_words(of->representation, name, w->arena);
    }
    return why;
}

/* ---- what is read ---- */

static const char *of_list(const ost_json *list, const member_kind *kind, const walk *w)
{
    const char *words = NULL;
    for (const ost_json *at = ost_json_first(list); at != NULL && words == NULL;
         at = ost_json_next(at))
        words = of_object(at, kind, w);
    return words;
}

static const char *of_value(const ost_json *value, const member *m, const walk *w)
{
    const char *words = NULL;
    switch (m->shape != NULL ? MEMBER_ANY : m->type) {
    case MEMBER_OBJECT:
        return of_object(value, m->of, w);
    case MEMBER_LIST:
        return of_list(value, m->of, w);
    case MEMBER_LISTS:
        for (const ost_json *at = ost_json_first(value); at != NULL && words == NULL;
             at = ost_json_next(at))
            words = of_list(at, m->of, w);
        return words;
    default:
        return m->shape != NULL ? fault_of_shape(value, m->shape, w) : NULL;
    }
}

/* As deep as the reader of JSON lets it be. */
static const char *of_object(const ost_json *object, const member_kind *kind, const walk *w)
{
    const char *words = NULL;
    if (!ost_json_is(object, OST_JSON_OBJECT))
        return NULL; /* which is told elsewhere */
    for (const ost_json *at = ost_json_first(object); at != NULL && words == NULL;
         at = ost_json_next(at)) {
        const member *m = member_find(kind, ost_json_name(at));
        if (m != NULL)
            words = of_value(at, m, w);
        else if (kind->representation != NULL)
            words = unknown_member_words(kind->representation, ost_json_name(at), w->arena);
    }
    return words;
}

const char *unknown_member_of(const ost_json *body, const member_kind *kind, ost_arena *arena)
{
    const walk w = {.arena = arena, .names = true};
    return ost_json_is(body, OST_JSON_ARRAY) ? of_list(body, kind, &w) : of_object(body, kind, &w);
}

const char *unknown_value_of(const ost_json *value, const struct kept_shape *shape,
                             ost_arena *arena)
{
    const walk w = {.arena = arena};
    return fault_of_shape(value, shape, &w);
}

const char *unknown_member_beside(const ost_json *object, const char *representation,
                                  const char *names, ost_arena *arena)
{
    if (!ost_json_is(object, OST_JSON_OBJECT))
        return NULL;
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        if (!is_among(names, ost_json_name(at)))
            return unknown_member_words(representation, ost_json_name(at), arena);
    }
    return NULL;
}
