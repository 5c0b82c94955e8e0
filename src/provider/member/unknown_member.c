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
        return m->shape != NULL ? kept_shape_fault(value, m->shape, arena) : NULL;
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
        ost_text rest = text_of(names), one;
        bool known = false;
        while (!known && text_next(&rest, '|', &one))
            known = text_equal(one, ost_json_name(at));
        if (!known)
            return unknown_member_words(representation, ost_json_name(at), arena);
    }
    return NULL;
}
