/* SPDX-License-Identifier: Apache-2.0 */
/* What a value asks for; see member_value.h. */
#include "provider/member/member_value.h"

#include "base/text.h"

static bool is_idle(const ost_json *value, const char *idle)
{
    bool boolean = false;
    int64_t integer = 0;
    ost_text text, rest = text_of(idle != NULL ? idle : ""), one;
    while (text_next(&rest, '|', &one)) {
        if (text_equal(ost_json_source(value), one))
            return true;
    }
    if (ost_json_boolean(value, &boolean))
        return !boolean;
    if (ost_json_integer(value, &integer))
        return integer == 0;
    if (ost_json_text(value, &text))
        return text.len == 0 || text_is(text, "false") || text_is(text, "0");
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        if (!is_idle(at, NULL))
            return false;
    }
    return ost_json_type_of(value) != OST_JSON_NUMBER;
}

static bool is_acted(ost_text text, const member *m)
{
    ost_text rest = text_of(m->acted), acted;
    while (text_next(&rest, '|', &acted)) {
        if (text_equal(text, acted))
            return true;
    }
    return false;
}

/* Of a list, if all of it is. */
static bool all_acted(const ost_json *list, const member *m)
{
    const ost_json *at = ost_json_first(list);
    ost_text text;
    while (at != NULL && ost_json_text(at, &text) && is_acted(text, m))
        at = ost_json_next(at);
    return at == NULL;
}

/* Beside its successor a member of an old layout has no effect. */
bool member_is_outdone(const ost_json *object, const member *m)
{
    const ost_json *successor = m != NULL && m->now != NULL ? ost_json_get(object, m->now) : NULL;
    return successor != NULL && !ost_json_is(successor, OST_JSON_NULL);
}

/* What has another unit, or no number, counts for nothing: a lifetime is then the usual one. */
bool member_is_unread(const ost_json *value, const member *m)
{
    ost_text text;
    uint64_t number;
    return m != NULL && m->number && ost_json_text(value, &text) && text.len > 0 &&
           !text_to_unsigned(text, UINT64_MAX, &number) && !(m->open && text_is(text, "-1"));
}

/* It asks for nothing. */
static bool is_quiet(const ost_json *value, const member *m)
{
    return !m->loud && is_idle(value, m->idle);
}

/* A single one, or each of a list. */
static bool has_acted_values(const ost_json *value, const member *m)
{
    ost_text text;
    if (ost_json_text(value, &text))
        return is_acted(text, m);
    return m->acted != NULL && m->type == MEMBER_STRINGS && ost_json_count(value) > 0 &&
           all_acted(value, m);
}

member_fate member_fate_of(const member_kind *kind, const ost_json *object, const ost_json *value,
                           const member *m)
{
    if (m == NULL)
        return kind->open && member_near(kind, ost_json_name(value)) == NULL ? MEMBER_KEPT
                                                                             : MEMBER_UNKNOWN;
    if (member_is_outdone(object, m))
        return is_idle(value, m->idle) ? MEMBER_KEPT : MEMBER_TOLD;
    if (has_acted_values(value, m))
        return MEMBER_ACTED;
    return m->fate != MEMBER_ACTED && is_quiet(value, m) ? MEMBER_KEPT : m->fate;
}
