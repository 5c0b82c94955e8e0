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

static const char *of_object(const ost_json *object, const member_kind *kind, ost_arena *arena);

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

static const char *fault_of_object(const ost_json *object, const kept_shape *shape,
                                   ost_arena *arena);

static const char *not_such(ost_text name, const char *what, ost_arena *arena)
{
    const char *why = ost_arena_format(
        arena, "%.*s: not %s", (int)(name.len < MAX_NAME ? name.len : MAX_NAME), name.data, what);
    return why != NULL ? why : NO_MEMORY;
}

/* A text may stand for an object: a resource's scope by its name alone. `name`: of the whole. */
static const char *fault_of_list(const ost_json *list, const kept_shape *shape, ost_text name,
                                 ost_arena *arena)
{
    const char *why = NULL;
    if (!ost_json_is(list, OST_JSON_ARRAY))
        return ost_json_is(list, OST_JSON_NULL) ? NULL : not_such(name, "an array", arena);
    for (const ost_json *at = ost_json_first(list); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        if (ost_json_is(at, OST_JSON_OBJECT))
            why = fault_of_object(at, shape, arena);
    }
    return why;
}

/* Why the first thing that is not so built cannot be read; NULL: it can. As deep as the reader of
 * JSON lets it be. */
static const char *fault_of_shape(const ost_json *value, const kept_shape *shape, ost_arena *arena)
{
    const char *why = NULL;
    ost_text name = ost_json_name(value);
    if (ost_json_is(value, OST_JSON_NULL))
        return NULL;
    if (shape->form == KEPT_LIST)
        return fault_of_list(value, shape, name, arena);
    if (!ost_json_is(value, OST_JSON_OBJECT))
        return not_such(name, "an object", arena);
    if (shape->form == KEPT_OBJECT)
        return fault_of_object(value, shape, arena);
    for (const ost_json *at = ost_json_first(value); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        if (shape->form == KEPT_LISTS)
            why = fault_of_list(at, shape, name, arena);
        else if (ost_json_is(at, OST_JSON_OBJECT))
            why = fault_of_object(at, shape, arena);
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
static const char *fault_of_part(const ost_json *value, const kept_part *part, ost_arena *arena)
{
    return part->shape.form == KEPT_OBJECT && ost_json_is(value, OST_JSON_STRING)
               ? NULL
               : fault_of_shape(value, &part->shape, arena);
}

static const char *fault_of_object(const ost_json *object, const kept_shape *shape,
                                   ost_arena *arena)
{
    const kept_class *of = shape->of;
    const char *why = NULL;
    if (of == NULL)
        return of_object(object, shape->kind, arena);
    for (const ost_json *at = ost_json_first(object); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        const kept_part *part = find_part(of, name);
        if (part != NULL)
            why = fault_of_part(at, part, arena);
        else if (!is_among(of->names, name) &&
                 (shape->kind == NULL || member_find(shape->kind, name) == NULL))
            why = unknown_member_words(of->representation, name, arena);
    }
    return why;
}

/* ---- what is read ---- */

static const char *of_list(const ost_json *list, const member_kind *kind, ost_arena *arena)
{
    const char *words = NULL;
    for (const ost_json *at = ost_json_first(list); at != NULL && words == NULL;
         at = ost_json_next(at))
        words = of_object(at, kind, arena);
    return words;
}

static const char *of_value(const ost_json *value, const member *m, ost_arena *arena)
{
    const char *words = NULL;
    switch (m->shape != NULL ? MEMBER_ANY : m->type) {
    case MEMBER_OBJECT:
        return of_object(value, m->of, arena);
    case MEMBER_LIST:
        return of_list(value, m->of, arena);
    case MEMBER_LISTS:
        for (const ost_json *at = ost_json_first(value); at != NULL && words == NULL;
             at = ost_json_next(at))
            words = of_list(at, m->of, arena);
        return words;
    default:
        return m->shape != NULL ? fault_of_shape(value, m->shape, arena) : NULL;
    }
}

/* As deep as the reader of JSON lets it be. */
static const char *of_object(const ost_json *object, const member_kind *kind, ost_arena *arena)
{
    const char *words = NULL;
    if (!ost_json_is(object, OST_JSON_OBJECT))
        return NULL; /* which is told elsewhere */
    for (const ost_json *at = ost_json_first(object); at != NULL && words == NULL;
         at = ost_json_next(at)) {
        const member *m = member_find(kind, ost_json_name(at));
        if (m != NULL)
            words = of_value(at, m, arena);
        else if (kind->representation != NULL)
            words = unknown_member_words(kind->representation, ost_json_name(at), arena);
    }
    return words;
}

const char *unknown_member_of(const ost_json *body, const member_kind *kind, ost_arena *arena)
{
    return ost_json_is(body, OST_JSON_ARRAY) ? of_list(body, kind, arena)
                                             : of_object(body, kind, arena);
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
