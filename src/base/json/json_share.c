/* SPDX-License-Identifier: Apache-2.0 */
/* Values that share; see json_share.h. */
#include "base/json/json_share.h"

#include "base/json/json_value.h"
#include "base/json/json_writer.h"
#include "base/text.h"

/* A container and, behind it, its children, each a copy that shares what is below it; with room for
 * one child more. NULL: out of memory. */
static ost_json *copy_container(const ost_json *container, ost_arena *arena)
{
    size_t count = ost_json_count(container), i = 0;
    ost_json *copy = ost_arena_alloc(arena, (count + 2) * sizeof *copy);
    if (copy == NULL)
        return NULL;
    copy[0] = *container;
    for (const ost_json *at = ost_json_first(container); at != NULL; at = ost_json_next(at)) {
        copy[++i] = *at;
        copy[i].next = &copy[i + 1];
    }
    return copy;
}

/* The child at `index`, from 1, becomes `value`; one that was not there is added. */
static void put_child(ost_json *copy, size_t index, const ost_json *value, ost_text name)
{
    size_t count = copy->as.children.count;
    copy[index] = *value;
    copy[index].name = name;
    copy->as.children.count = index > count ? index : count;
}

static void end_children(ost_json *copy)
{
    size_t count = copy->as.children.count;
    copy->as.children.first = count > 0 ? &copy[1] : NULL;
    for (size_t i = 1; i <= count; i++)
        copy[i].next = i < count ? &copy[i + 1] : NULL;
}

/* Where the child stands, from 1; NULL: behind the others. 0: it is no child. Copies of a child
 * have its text, and no other one has. */
static size_t place_of(const ost_json *container, const ost_json *child)
{
    size_t place = 1;
    const ost_json *at = ost_json_first(container);
    while (at != NULL && (child == NULL || at->source.data != child->source.data)) {
        at = ost_json_next(at);
        place++;
    }
    return at == NULL && child != NULL ? 0 : place;
}

static void put_elements(ost_json_writer *w, const ost_json *list)
{
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        ost_json_put_value(w, at);
    ost_json_close_array(w);
}

/* The text of the whole, of which that of the list is a part. */
static ost_result write_object(ost_json *object, ost_json *list, size_t expected, size_t ceiling,
                               ost_arena *arena)
{
    size_t from = 0, upto = 0;
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(arena, ceiling);
    if (w == NULL)
        return OST_E_MEMORY;
    json_writer_expect(w, expected);
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
    list->source = text_slice(text, from, upto - from);
    return OST_OK;
}

ost_result json_share_list(const ost_json *object, const char *name, const ost_json *old,
                           const ost_json *value, size_t ceiling, ost_arena *arena,
                           const ost_json **ret_object)
{
    static const ost_json none = {.type = OST_JSON_ARRAY};
    const ost_json *there = ost_json_get(object, name);
    const ost_json *list = ost_json_type_of(there) != OST_JSON_NULL ? there : &none;
    size_t place = place_of(list, old);
    if (!ost_json_is(object, OST_JSON_OBJECT) || !ost_json_is(list, OST_JSON_ARRAY) || place == 0)
        return OST_E_ARGUMENT;
    ost_json *elements = copy_container(list, arena), *members = copy_container(object, arena);
    if (elements == NULL || members == NULL)
        return OST_E_MEMORY;
    put_child(elements, place, value, (ost_text){0});
    end_children(elements);
    place = place_of(object, there);
    put_child(members, place, elements, text_of(name));
    end_children(members);
    ost_result result =
        write_object(members, &members[place],
                     ost_json_source(object).len + ost_json_source(value).len + text_of(name).len,
                     ceiling, arena);
    if (result == OST_OK)
        *ret_object = members;
    return result;
}
