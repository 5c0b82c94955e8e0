/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization details; see authorization_details.h. */
#include "provider/detail/authorization_details.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/attribute.h"

#define TYPE_MAX 255

/* ---- what they are ---- */

static bool is_texts(const ost_json *list)
{
    ost_text text;
    if (!ost_json_is(list, OST_JSON_ARRAY))
        return false;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &text))
            return false;
    }
    return true;
}

/* Each is a word: it stands in lists of words. */
static bool is_type(const ost_json *value)
{
    ost_text type;
    if (!ost_json_text(value, &type) || type.len == 0 || type.len > TYPE_MAX)
        return false;
    for (size_t i = 0; i < type.len; i++) {
        unsigned char byte = (unsigned char)type.data[i];
        if (byte <= 0x20 || byte >= 0x7f)
            return false;
    }
    return true;
}

static const char *fault_of(const ost_json *detail)
{
    static const char *const lists[] = {"locations", "actions", "datatypes", "privileges"};
    const ost_json *identifier = ost_json_get(detail, "identifier");
    ost_text text;
    if (!ost_json_is(detail, OST_JSON_OBJECT))
        return "not a list of objects";
    if (!is_type(ost_json_get(detail, "type")))
        return "an object without a type";
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        const ost_json *list = ost_json_get(detail, lists[i]);
        if (list != NULL && !is_texts(list))
            return "locations, actions, datatypes and privileges are lists of texts";
    }
    return identifier == NULL || ost_json_text(identifier, &text) ? NULL : "identifier is a text";
}

const ost_json *details_parse(ost_text text, ost_arena *arena, const char **ret_why)
{
    static const ost_json_limits limits = {
        .max_bytes = DETAILS_BYTES_MAX, .max_depth = 8, .max_values = 500};
    const ost_json *list;
    size_t count = 0;
    *ret_why = "not a JSON array within limits";
    if (ost_json_read(text, &limits, arena, &list, NULL) != OST_OK ||
        !ost_json_is(list, OST_JSON_ARRAY))
        return NULL;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        *ret_why = ++count > DETAILS_MAX ? "too many objects" : fault_of(at);
        if (*ret_why != NULL)
            return NULL;
    }
    *ret_why = count == 0 ? "an empty list" : NULL;
    return count > 0 ? list : NULL;
}

/* ---- comparing ---- */

static bool is_same(const ost_json *one, const ost_json *other);

static bool is_same_list(const ost_json *one, const ost_json *other)
{
    const ost_json *at = ost_json_first(one), *with = ost_json_first(other);
    while (at != NULL && with != NULL && is_same(at, with)) {
        at = ost_json_next(at);
        with = ost_json_next(with);
    }
    return at == NULL && with == NULL;
}

/* Of members the order says nothing. */
static bool is_same_object(const ost_json *one, const ost_json *other)
{
    if (ost_json_count(one) != ost_json_count(other))
        return false;
    for (const ost_json *at = ost_json_first(one); at != NULL; at = ost_json_next(at)) {
        const ost_json *with = ost_json_get_text(other, ost_json_name(at));
        if (with == NULL || !is_same(at, with))
            return false;
    }
    return true;
}

/* As deep as the reader lets it be. */
static bool is_same(const ost_json *one, const ost_json *other)
{
    ost_text text;
    if (ost_json_is(one, OST_JSON_OBJECT))
        return ost_json_is(other, OST_JSON_OBJECT) && is_same_object(one, other);
    if (ost_json_is(one, OST_JSON_ARRAY))
        return ost_json_is(other, OST_JSON_ARRAY) && is_same_list(one, other);
    if (ost_json_text(one, &text))
        return ost_json_equals(other, text);
    return text_equal(ost_json_source(one), ost_json_source(other));
}

bool details_are_within(const ost_json *asked, const ost_json *granted)
{
    if (ost_json_count(asked) > ost_json_count(granted))
        return false;
    for (const ost_json *at = ost_json_first(asked); at != NULL; at = ost_json_next(at)) {
        const ost_json *with = ost_json_first(granted);
        while (with != NULL && !is_same(at, with))
            with = ost_json_next(with);
        if (with == NULL)
            return false;
    }
    return true;
}

/* ---- in a call ---- */

static bool details_refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_authorization_details", why);
}

static bool refuse_more(call *c)
{
    return details_refuse(c, "Invalid " DETAILS ": more than was granted");
}

static bool check_types(call *c, const ost_json *list)
{
    ost_text allowed = attribute_text(c->client->document, DETAILS_TYPES), type = {0};
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(ost_json_get(at, "type"), &type) || !text_list_has(allowed, type))
            return details_refuse(
                c, call_format(c, "The client may not ask for the type '%.*s'", OST_FORMAT(type)));
    }
    return true;
}

/* Written anew, without what stands between the values. */
static bool keep(call *c, const ost_json *list, ost_text *ret_details)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_put_value(w, list);
    return ost_json_writer_finish(w, ret_details) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}

static bool read(call *c, ost_text text, const ost_json **ret_list)
{
    const char *why;
    const ost_json *list = details_parse(text, c->arena, &why);
    if (list == NULL)
        return details_refuse(c, call_format(c, "Invalid " DETAILS ": %s", why));
    *ret_list = list;
    return check_types(c, list);
}

bool details_read(call *c, ost_text *ret_details)
{
    ost_text text = call_parameter(c, DETAILS);
    const ost_json *list;
    *ret_details = (ost_text){0};
    return text.len == 0 || (read(c, text, &list) && keep(c, list, ret_details));
}

bool details_narrow(call *c, ost_text granted, ost_text *ret_details)
{
    ost_text text = call_parameter(c, DETAILS);
    const ost_json *asked, *before = NULL;
    if (text.len == 0 && granted.len == 0)
        return details_read(c, ret_details);
    if (granted.len > 0 && !read(c, granted, &before))
        return false;
    if (text.len == 0)
        return keep(c, before, ret_details);
    return read(c, text, &asked) &&
           ((before != NULL && details_are_within(asked, before)) || refuse_more(c)) &&
           keep(c, asked, ret_details);
}

bool details_choose(call *c, ost_text granted, ost_text *ret_details)
{
    ost_text text = call_parameter(c, DETAILS);
    const ost_json *asked, *before;
    const char *why;
    *ret_details = (ost_text){0};
    if (text.len == 0)
        return true;
    if (!read(c, text, &asked))
        return false;
    before = granted.len > 0 ? details_parse(granted, c->arena, &why) : NULL;
    return ((before != NULL && details_are_within(asked, before)) || refuse_more(c)) &&
           keep(c, asked, ret_details);
}

static size_t add_types(ost_text words, ost_text types[DETAILS_TYPES_MAX], size_t count)
{
    ost_text type;
    while (text_next(&words, ' ', &type) && count < DETAILS_TYPES_MAX) {
        size_t at = 0;
        while (at < count && !text_equal(types[at], type))
            at++;
        if (at == count && type.len > 0)
            types[count++] = type;
    }
    return count;
}

size_t details_types_of(const realm *r, ost_text ret_types[DETAILS_TYPES_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < r->client_count; i++) {
        if (r->clients[i]->enabled)
            count =
                add_types(attribute_text(r->clients[i]->document, DETAILS_TYPES), ret_types, count);
    }
    return count;
}

bool details_are_absent(call *c)
{
    return call_parameter(c, DETAILS).len == 0 ||
           details_refuse(c, DETAILS " is not supported for tokens of this type");
}
