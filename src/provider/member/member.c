/* SPDX-License-Identifier: Apache-2.0 */
/* Looking members up; see member.h. */
#include "provider/member/member.h"

#include <string.h>

#include "base/text.h"
#include "provider/proof/attribute.h"

/* The tables are sorted by name. */
static const member *own_member_find(const member_kind *kind, ost_text name)
{
    size_t low = 0, high = kind->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const member *m = &kind->members[middle];
        size_t len = strlen(m->name), shorter = len < name.len ? len : name.len;
        int order = shorter > 0 ? memcmp(m->name, name.data, shorter) : 0;
        if (order == 0 && len == name.len)
            return m;
        if (order < 0 || (order == 0 && len < name.len))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const member *member_find(const member_kind *kind, ost_text name)
{
    const member *found = NULL;
    for (const member_kind *at = kind; at != NULL && found == NULL; at = at->base)
        found = own_member_find(at, name);
    return found;
}

/* tls_client_certificate_bound_access_tokens is how the metadata of clients have it. */
static bool is_spelt_alike(ost_text name, const char *known)
{
    if (name.len != strlen(known))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        bool separate = name.data[i] == '-' || name.data[i] == '_';
        if (!text_equal_ignoring_case((ost_text){separate ? "." : &name.data[i], 1},
                                      (ost_text){&known[i], 1}))
            return false;
    }
    return true;
}

#define NEAR 2
#define TELLING_LENGTH 6 /* shorter names are all alike */

const member *member_near(const member_kind *kind, ost_text name)
{
    const member *found = NULL;
    size_t least = NEAR + 1;
    name = text_trim(name);
    for (const member_kind *at = kind; at != NULL; at = at->base) {
        for (size_t i = 0; i < at->count && name.len >= TELLING_LENGTH; i++) {
            const char *known = at->members[i].name;
            ost_text read = is_spelt_alike(name, known) ? text_of(known) : name;
            if (text_is_nearer(read, known, &least))
                found = &at->members[i];
        }
    }
    return found;
}

const char *member_unmet(const member *m, const ost_json *value)
{
    ost_text rest, one;
    const char *why = NULL;
    if (m == NULL || m->unmet == NULL)
        return NULL;
    if (ost_json_text(value, &rest)) {
        while (why == NULL && attribute_next(&rest, &one))
            why = m->unmet(one);
        return why;
    }
    for (const ost_json *at = ost_json_first(value); at != NULL && why == NULL;
         at = ost_json_next(at)) {
        if (ost_json_text(at, &one))
            why = m->unmet(one);
    }
    return why;
}

/* ---- sets of values ---- */

#define FLAGS "true|false"

static bool is_among(ost_text text, const char *values, bool any_case)
{
    ost_text rest = text_of(values), one;
    while (text_next(&rest, '|', &one)) {
        if (any_case ? text_equal_ignoring_case(text, one) : text_equal(text, one))
            return true;
    }
    return false;
}

static bool is_stray(const member *m, const ost_json *value, const char *values)
{
    ost_text text;
    if (ost_json_is(value, OST_JSON_NULL))
        return false;
    if (!ost_json_text(value, &text))
        text = ost_json_source(value);
    /* An empty one says nothing, but where Keycloak has an enumerated type. */
    return text.len == 0 ? m->stray == MEMBER_REFUSED
                         : !is_among(text, values, m->any_case || m->flag);
}

/* "none of a, b, c; what becomes of it" */
static const char *stray_sentence(const member *m, const char *values, ost_arena *arena)
{
    ost_text rest = text_of(values), one;
    const char *listed = "";
    while (listed != NULL && text_next(&rest, '|', &one))
        listed = ost_arena_format(arena, "%s%s%.*s", listed, listed[0] != '\0' ? ", " : "",
                                  (int)one.len, one.data);
    const char *sentence = ost_arena_format(arena, "none of %s%s%s", listed != NULL ? listed : "",
                                            m->otherwise != NULL ? "; " : "",
                                            m->otherwise != NULL ? m->otherwise : "");
    return sentence != NULL ? sentence : "no such value is known";
}

ost_text member_spelt(const member *m, ost_text text)
{
    ost_text rest = text_of(m->values != NULL && m->any_case ? m->values : ""), one;
    while (text_next(&rest, '|', &one)) {
        if (text_equal_ignoring_case(text, one))
            return one;
    }
    return text;
}

const char *member_stray(const member *m, const ost_json *value, ost_arena *arena)
{
    const char *values = m == NULL ? NULL : m->flag ? FLAGS : m->values;
    if (values == NULL)
        return NULL;
    if (!ost_json_is(value, OST_JSON_ARRAY))
        return is_stray(m, value, values) ? stray_sentence(m, values, arena) : NULL;
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        if (is_stray(m, at, values))
            return stray_sentence(m, values, arena);
    }
    return NULL;
}
