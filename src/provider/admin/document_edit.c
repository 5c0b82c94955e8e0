/* SPDX-License-Identifier: Apache-2.0 */
/* Documents with a member changed; see document_edit.h. */
#include "provider/admin/document_edit.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/error_sentence.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"

ost_result document_put(const ost_json *object, ost_text name, const ost_json *value,
                        ost_arena *arena, const ost_json **ret_object)
{
    bool there = false;
    ost_json_writer *w = ost_json_writer_new(arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        bool this = text_equal(ost_json_name(at), name);
        there = there || this;
        if (this && value == NULL)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, this ? value : at);
    }
    if (!there && value != NULL) {
        ost_json_put_name(w, name);
        ost_json_put_value(w, value);
    }
    ost_json_close_object(w);
    return json_writer_read(w, &document_limits, ret_object, NULL);
}

ost_result document_put_members(const ost_json *object, const json_share_member *members,
                                size_t count, ost_arena *arena, const ost_json **ret_object)
{
    return json_share_members(object, members, count, DOCUMENT_MAX, arena, ret_object);
}

static ost_result string_value(ost_text text, ost_arena *arena, const ost_json **ret_value)
{
    ost_json_writer *w = ost_json_writer_new(arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_put_text(w, text);
    return json_writer_read(w, &document_limits, ret_value, NULL);
}

ost_result document_put_text(const ost_json *object, const char *name, ost_text value,
                             ost_arena *arena, const ost_json **ret_object)
{
    const ost_json *string;
    ost_result result = string_value(value, arena, &string);
    return result == OST_OK ? document_put(object, text_of(name), string, arena, ret_object)
                            : result;
}

ost_result document_put_secret(const ost_json *client, ost_text secret, ost_arena *arena,
                               const ost_json **ret_client)
{
    static const char *const of_the_old[] = {
        "client.secret.expiration.time", "client.secret.rotated",
        "client.secret.rotated.creation.time", "client.secret.rotated.expiration.time"};
    const ost_json *attributes = ost_json_get(client, "attributes"), *document = client;
    ost_result result = OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(of_the_old) && result == OST_OK; i++) {
        if (ost_json_get(attributes, of_the_old[i]) != NULL)
            result = document_put(attributes, text_of(of_the_old[i]), NULL, arena, &attributes);
    }
    if (result == OST_OK && attributes != ost_json_get(client, "attributes"))
        result = document_put(client, OST_TEXT("attributes"), attributes, arena, &document);
    return result == OST_OK ? document_put_text(document, "secret", secret, arena, ret_client)
                            : result;
}

ost_result document_put_boolean(const ost_json *object, const char *name, bool value,
                                ost_arena *arena, const ost_json **ret_object)
{
    const ost_json *boolean;
    ost_result result =
        ost_json_read(value ? OST_TEXT("true") : OST_TEXT("false"), NULL, arena, &boolean, NULL);
    return result == OST_OK ? document_put(object, text_of(name), boolean, arena, ret_object)
                            : result;
}

ost_result document_put_integer(const ost_json *object, const char *name, int64_t value,
                                ost_arena *arena, const ost_json **ret_object)
{
    const char *text = ost_arena_format(arena, "%lld", (long long)value);
    const ost_json *number;
    ost_result result =
        text != NULL ? ost_json_read(text_of(text), NULL, arena, &number, NULL) : OST_E_MEMORY;
    return result == OST_OK ? document_put(object, text_of(name), number, arena, ret_object)
                            : result;
}

/* Values of a list that is changed, sorted, so that many of them are found in many. */
typedef struct listed_text {
    ost_text text;
    size_t at; /* the first of two alike is found */
    bool there;
} listed_text;

static int compare_listed(const void *a, const void *b)
{
    const listed_text *one = a, *other = b;
    int order = text_compare(one->text, other->text);
    return order != 0 ? order : (one->at > other->at) - (one->at < other->at);
}

/* NULL: there is no memory. */
static listed_text *sort_texts(const ost_text *values, size_t count, ost_arena *arena)
{
    listed_text *sorted = ost_arena_alloc(arena, (count + 1) * sizeof *sorted);
    for (size_t i = 0; sorted != NULL && i < count; i++)
        sorted[i] = (listed_text){.text = values[i], .at = i};
    if (sorted != NULL)
        qsort(sorted, count, sizeof *sorted, compare_listed);
    return sorted;
}

static listed_text *find_text(listed_text *sorted, size_t count, ost_text text)
{
    size_t from =
        text_find_sorted(sorted, sizeof *sorted, count, offsetof(listed_text, text), text);
    return from < count && text_equal(sorted[from].text, text) ? &sorted[from] : NULL;
}

ost_result document_add_texts(const ost_json *array, const ost_text *values, size_t count,
                              ost_arena *arena, const ost_json **ret_array)
{
    listed_text *sorted = sort_texts(values, count, arena), *one;
    ost_json_writer *w = sorted != NULL ? ost_json_writer_new(arena, DOCUMENT_MAX) : NULL;
    ost_text text;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(array); at != NULL; at = ost_json_next(at)) {
        one = ost_json_text(at, &text) ? find_text(sorted, count, text) : NULL;
        if (one != NULL)
            one->there = true;
        ost_json_put_value(w, at);
    }
    for (size_t i = 0; i < count; i++) {
        one = find_text(sorted, count, values[i]);
        if (one == NULL || one->there)
            continue;
        ost_json_put_text(w, values[i]);
        one->there = true;
    }
    ost_json_close_array(w);
    return json_writer_read(w, &document_limits, ret_array, NULL);
}

ost_result document_remove_texts(const ost_json *array, const ost_text *values, size_t count,
                                 ost_arena *arena, const ost_json **ret_array)
{
    listed_text *sorted = sort_texts(values, count, arena);
    ost_json_writer *w = sorted != NULL ? ost_json_writer_new(arena, DOCUMENT_MAX) : NULL;
    ost_text text;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(array); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &text) || find_text(sorted, count, text) == NULL)
            ost_json_put_value(w, at);
    }
    ost_json_close_array(w);
    return json_writer_read(w, &document_limits, ret_array, NULL);
}

ost_result document_add_text(const ost_json *array, ost_text value, ost_arena *arena,
                             const ost_json **ret_array)
{
    return document_add_texts(array, &value, 1, arena, ret_array);
}

ost_result document_remove_text(const ost_json *array, ost_text value, ost_arena *arena,
                                const ost_json **ret_array)
{
    return document_remove_texts(array, &value, 1, arena, ret_array);
}

ost_result document_append(const ost_json *array, const ost_json *value, ost_arena *arena,
                           const ost_json **ret_array)
{
    ost_json_writer *w = ost_json_writer_new(arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(array); at != NULL; at = ost_json_next(at))
        ost_json_put_value(w, at);
    ost_json_put_value(w, value);
    ost_json_close_array(w);
    return json_writer_read(w, &document_limits, ret_array, NULL);
}

ost_result document_replace(const ost_json *array, const ost_json *old, const ost_json *value,
                            ost_arena *arena, const ost_json **ret_array)
{
    ost_json_writer *w = ost_json_writer_new(arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(array); at != NULL; at = ost_json_next(at)) {
        bool is_old = ost_json_source(at).data == ost_json_source(old).data;
        if (!is_old || value != NULL)
            ost_json_put_value(w, is_old ? value : at);
    }
    ost_json_close_array(w);
    return json_writer_read(w, &document_limits, ret_array, NULL);
}

ost_result document_assign(const ost_json *object, ost_text assignment, ost_arena *arena,
                           const ost_json **ret_object, ost_error *error)
{
    static const char attributes[] = "attributes.";
    size_t equals = text_find(assignment, '=', 0);
    ost_text name = text_slice(assignment, 0, equals);
    ost_text text = text_slice(assignment, equals + 1, assignment.len);
    const ost_json *value = NULL, *inner;
    bool attribute = text_starts(name, attributes);
    ost_result result = OST_OK;
    if (attribute)
        name = text_slice(name, sizeof attributes - 1, name.len);
    if (equals == assignment.len || name.len == 0)
        return ost_error_set(error, OST_E_ARGUMENT, "not NAME=VALUE: %.*s", (int)assignment.len,
                             assignment.data);
    if (text.len > 0 &&
        (attribute || ost_json_read(text, &document_limits, arena, &value, NULL) != OST_OK))
        result = string_value(text, arena, &value);
    if (result == OST_OK && !attribute)
        result = document_put(object, name, value, arena, ret_object);
    if (result == OST_OK && attribute) {
        result = document_put(ost_json_get(object, "attributes"), name, value, arena, &inner);
        if (result == OST_OK)
            result = document_put(object, OST_TEXT("attributes"), inner, arena, ret_object);
    }
    return error_set_sentence(error, result);
}
