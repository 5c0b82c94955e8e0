/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into JSON values; see <ostiary/json.h>. */
#include "base/json/json_value.h"

#include "base/text.h"

ost_json_type ost_json_type_of(const ost_json *value)
{
    return value != NULL ? value->type : OST_JSON_NULL;
}

bool ost_json_is(const ost_json *value, ost_json_type type)
{
    return value != NULL && value->type == type;
}

const ost_json *ost_json_get(const ost_json *object, const char *name)
{
    return ost_json_get_text(object, text_of(name));
}

const ost_json *ost_json_get_text(const ost_json *object, ost_text name)
{
    if (!ost_json_is(object, OST_JSON_OBJECT))
        return NULL;
    for (const ost_json *member = object->as.children.first; member != NULL;
         member = member->next) {
        /* Claims are looked up on every request, and most names differ in length. */
        if (member->name.len == name.len && text_equal(member->name, name))
            return member;
    }
    return NULL;
}

size_t ost_json_count(const ost_json *value)
{
    return json_is_container(value) ? value->as.children.count : 0;
}

const ost_json *ost_json_first(const ost_json *container)
{
    return json_is_container(container) ? container->as.children.first : NULL;
}

const ost_json *ost_json_next(const ost_json *value)
{
    return value != NULL ? value->next : NULL;
}

ost_text ost_json_name(const ost_json *member)
{
    return member != NULL ? member->name : (ost_text){0};
}

bool ost_json_text(const ost_json *value, ost_text *ret_text)
{
    if (ret_text == NULL || !ost_json_is(value, OST_JSON_STRING))
        return false;
    *ret_text = value->as.text;
    return true;
}

bool ost_json_integer(const ost_json *value, int64_t *ret_integer)
{
    if (ret_integer == NULL || !ost_json_is(value, OST_JSON_NUMBER) || !value->is_whole)
        return false;
    *ret_integer = value->as.number.whole;
    return true;
}

bool ost_json_number(const ost_json *value, double *ret_number)
{
    if (ret_number == NULL || !ost_json_is(value, OST_JSON_NUMBER))
        return false;
    *ret_number = value->as.number.value;
    return true;
}

bool ost_json_boolean(const ost_json *value, bool *ret_boolean)
{
    if (ret_boolean == NULL || !ost_json_is(value, OST_JSON_BOOL))
        return false;
    *ret_boolean = value->as.boolean;
    return true;
}

bool ost_json_equals(const ost_json *value, ost_text text)
{
    return ost_json_is(value, OST_JSON_STRING) && text_equal(value->as.text, text);
}

ost_text ost_json_source(const ost_json *value)
{
    return value != NULL ? value->source : (ost_text){0};
}
