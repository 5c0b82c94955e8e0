/* SPDX-License-Identifier: Apache-2.0 */
/* Values that share; see json_share.h. */
#include "base/json/json_share.h"

#include "base/json/json_value.h"
#include "base/json/json_writer.h"
#include "base/text.h"

/* Room for a container and, behind it, `count` children. NULL: out of memory. */
static ost_json *copy_of(const ost_json *container, size_t count, ost_arena *arena)
{
    ost_json *copy = ost_arena_alloc(arena, (count + 1) * sizeof *copy);
    if (copy != NULL) {
        copy[0] = *container;
        copy[0].as.children.count = 0;
    }
    return copy;
}

/* One more child, which shares what is below it. */
static ost_json *add_child(ost_json *copy, const ost_json *child, ost_text name)
{
    ost_json *added = &copy[++copy->as.children.count];
    *added = *child;
    added->name = name;
    return added;
}

static void end_children(ost_json *copy)
{
    size_t count = copy->as.children.count;
    copy->as.children.first = count > 0 ? &copy[1] : NULL;
    for (size_t i = 1; i <= count; i++)
        copy[i].next = i < count ? &copy[i + 1] : NULL;
}

static void put_elements(ost_json_writer *w, const ost_json *list)
{
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        ost_json_put_value(w, at);
    ost_json_close_array(w);
}

/* The text of the whole, of which that of the list (NULL: there is none) is a part. */
static ost_result write_object(ost_json *object, ost_json *list, size_t expected, size_t ceiling,
                               ost_arena *arena)
{
    size_t from = 0, upto = 0;
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(arena, ceiling);
    if (w == NULL)
        return OST_E_MEMORY;
    json_writer_expect(w, expected < ceiling ? expected : ceiling);
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        if (at != list) {
            ost_json_put_value(w, at);
            continue;
        }
        from = json_writer_len(w);
        put_elements(w, list);
        upto = json_writer_len(w);
    }
    ost_json_close_object(w);
    ost_result result = ost_json_writer_finish(w, &text);
    if (result != OST_OK)
        return result;
    object->source = text;
    if (list != NULL)
        list->source = text_slice(text, from, upto - from);
    return OST_OK;
}

/* Copies of an element have its text, and no other one has. False: `old` is none. */
static bool fill_list(ost_json *copy, const ost_json *list, const ost_json *old,
                      const ost_json *value)
{
    bool found = false;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        bool is_old = old != NULL && at->source.data == old->source.data;
        if (!is_old || value != NULL)
            (void)add_child(copy, is_old ? value : at, (ost_text){0});
        found = found || is_old;
    }
    if (old == NULL)
        (void)add_child(copy, value, (ost_text){0});
    end_children(copy);
    return found || old == NULL;
}

ost_result json_share_list(const ost_json *object, const char *name, const ost_json *old,
                           const ost_json *value, size_t ceiling, ost_arena *arena,
                           const ost_json **ret_object)
{
    static const ost_json none = {.type = OST_JSON_ARRAY};
    const ost_json *there = ost_json_get(object, name);
    const ost_json *list = ost_json_type_of(there) != OST_JSON_NULL ? there : &none;
    ost_json *own = NULL;
    if (!ost_json_is(object, OST_JSON_OBJECT) || !ost_json_is(list, OST_JSON_ARRAY) ||
        (old == NULL && value == NULL))
        return OST_E_ARGUMENT;
    ost_json *elements = copy_of(list, ost_json_count(list) + 1, arena);
    ost_json *members = copy_of(object, ost_json_count(object) + 1, arena);
    if (elements == NULL || members == NULL)
        return OST_E_MEMORY;
    if (!fill_list(elements, list, old, value))
        return OST_E_ARGUMENT;
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        ost_json *added = add_child(members, at == there ? elements : at, at->name);
        own = at == there ? added : own;
    }
    if (there == NULL)
        own = add_child(members, elements, text_of(name));
    end_children(members);
    ost_result result = write_object(
        members, own, ost_json_source(object).len + ost_json_source(value).len + text_of(name).len,
        ceiling, arena);
    if (result == OST_OK)
        *ret_object = members;
    return result;
}

/* NULL: it stays as it is. */
static const json_share_member *find_member(const json_share_member *members, size_t count,
                                            ost_text name)
{
    size_t i = 0;
    while (i < count && !text_equal(members[i].name, name))
        i++;
    return i < count ? &members[i] : NULL;
}

ost_result json_share_members(const ost_json *object, const json_share_member *members,
                              size_t count, size_t ceiling, ost_arena *arena,
                              const ost_json **ret_object)
{
    size_t expected = ost_json_source(object).len;
    if (!ost_json_is(object, OST_JSON_OBJECT))
        return OST_E_ARGUMENT;
    ost_json *copy = copy_of(object, ost_json_count(object) + count, arena);
    if (copy == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        const json_share_member *other = find_member(members, count, at->name);
        if (other == NULL || other->value != NULL)
            (void)add_child(copy, other != NULL ? other->value : at, at->name);
    }
    for (size_t i = 0; i < count; i++) {
        expected += ost_json_source(members[i].value).len;
        if (members[i].value != NULL && ost_json_get_text(object, members[i].name) == NULL)
            (void)add_child(copy, members[i].value, members[i].name);
    }
    end_children(copy);
    ost_result result = write_object(copy, NULL, expected, ceiling, arena);
    if (result == OST_OK)
        *ret_object = copy;
    return result;
}
