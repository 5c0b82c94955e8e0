/* SPDX-License-Identifier: Apache-2.0 */
/* Typed members of a realm's document; see realm_loader.h. */
#include "provider/realm/realm_loader.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LEVELS 8
#define TAG_MAX 35 /* bytes of a language tag (RFC 5646 §4.4.1) */

bool loader_failed(const realm_loader *l)
{
    return l->result != OST_OK;
}

void loader_fail(realm_loader *l, const char *member, const char *what)
{
    if (!loader_failed(l))
        l->result = ost_error_set(l->error, OST_E_FORMAT, "%s%s: %s", l->path, member, what);
}

void loader_enter(realm_loader *l, const char *member, size_t index)
{
    size_t len = strlen(l->path);
    if (l->depth < LEVELS)
        l->path_len[l->depth] = len;
    l->depth++;
    snprintf(l->path + len, sizeof l->path - len, "%s[%zu].", member, index);
}

void loader_leave(realm_loader *l)
{
    l->depth--;
    if (l->depth < LEVELS)
        l->path[l->path_len[l->depth]] = '\0';
}

static const ost_json *member_of(const ost_json *object, const char *name)
{
    const ost_json *member = ost_json_get(object, name);
    return ost_json_is(member, OST_JSON_NULL) ? NULL : member;
}

void *loader_alloc(realm_loader *l, size_t size)
{
    void *memory = ost_arena_alloc(l->arena, size > 0 ? size : 1);
    if (memory == NULL && !loader_failed(l))
        l->result = ost_error_set(l->error, OST_E_MEMORY, "out of memory");
    return memory;
}

const char *loader_copy(realm_loader *l, ost_text text)
{
    const char *copy = ost_arena_copy(l->arena, text);
    if (copy == NULL && !loader_failed(l))
        l->result = ost_error_set(l->error, OST_E_MEMORY, "out of memory");
    return copy;
}

const char *loader_string(realm_loader *l, const ost_json *object, const char *name)
{
    const ost_json *member = member_of(object, name);
    ost_text text;
    if (member == NULL || loader_failed(l))
        return NULL;
    if (!ost_json_text(member, &text)) {
        loader_fail(l, name, "not a string");
        return NULL;
    }
    return loader_copy(l, text);
}

const ost_json *loader_array(realm_loader *l, const ost_json *object, const char *name)
{
    const ost_json *member = member_of(object, name);
    if (member == NULL || loader_failed(l))
        return NULL;
    if (!ost_json_is(member, OST_JSON_ARRAY)) {
        loader_fail(l, name, "not an array");
        return NULL;
    }
    return member;
}

const char *const *loader_strings(realm_loader *l, const ost_json *object, const char *name)
{
    static const char *const none[] = {NULL};
    const ost_json *array = loader_array(l, object, name);
    const char **strings = loader_alloc(l, (ost_json_count(array) + 1) * sizeof *strings);
    size_t count = 0;
    for (const ost_json *at = ost_json_first(array); at != NULL && strings != NULL;
         at = ost_json_next(at)) {
        ost_text text;
        char which[96];
        snprintf(which, sizeof which, "%.60s[%zu]", name, count);
        if (!ost_json_text(at, &text)) {
            loader_fail(l, which, "not a string");
            return none;
        }
        strings[count++] = loader_copy(l, text);
    }
    return strings != NULL ? strings : none;
}

/* They stand in headers, cookies and addresses. */
static bool is_tag(const char *text)
{
    size_t len = text_of(text).len;
    return len > 0 && len <= TAG_MAX && text_is_made_of(text_of(text), "-");
}

const char *loader_tag(realm_loader *l, const ost_json *object, const char *name)
{
    const char *text = loader_string(l, object, name);
    return is_tag(text) ? text : NULL;
}

const char *const *loader_tags(realm_loader *l, const ost_json *object, const char *name)
{
    const char *const *strings = loader_strings(l, object, name);
    size_t count = 0, kept = 0;
    while (strings[count] != NULL)
        count++;
    const char **tags = loader_alloc(l, (count + 1) * sizeof *tags);
    for (size_t i = 0; i < count && tags != NULL; i++) {
        if (is_tag(strings[i]))
            tags[kept++] = strings[i];
    }
    return tags != NULL ? tags : strings;
}

bool loader_boolean(realm_loader *l, const ost_json *object, const char *name, bool fallback)
{
    const ost_json *member = member_of(object, name);
    bool boolean = fallback;
    if (member != NULL && !ost_json_boolean(member, &boolean))
        loader_fail(l, name, "neither true nor false");
    return boolean;
}

int64_t loader_integer(realm_loader *l, const ost_json *object, const char *name, int64_t fallback)
{
    const ost_json *member = member_of(object, name);
    int64_t integer = fallback;
    if (member != NULL && !ost_json_integer(member, &integer))
        loader_fail(l, name, "not a whole number");
    return integer;
}
