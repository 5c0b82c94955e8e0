/* SPDX-License-Identifier: Apache-2.0 */
/* Values of another type than is meant; see scalar.h. */
#include "provider/member/scalar.h"

#include <string.h>

#include "base/text.h"

#define WIDE ((uint64_t)1 << 53)

/* Without a fraction and an exponent. */
static bool is_plain(ost_text source)
{
    for (size_t i = 0; i < source.len; i++) {
        if (strchr(".eE", source.data[i]) != NULL)
            return false;
    }
    return true;
}

bool scalar_boolean(const ost_json *value, bool *ret)
{
    ost_text text;
    int64_t integer;
    if (ost_json_boolean(value, ret))
        return true;
    if (ost_json_integer(value, &integer) && is_plain(ost_json_source(value))) {
        *ret = integer != 0;
        return true;
    }
    if (!ost_json_text(value, &text))
        return false;
    text = text_trim_lines(text);
    bool yes = text_equal_ignoring_case(text, OST_TEXT("true"));
    if (!yes && !text_equal_ignoring_case(text, OST_TEXT("false")))
        return false;
    *ret = yes;
    return true;
}

/* "1.5": what stands before the point. With an exponent it is whole, or it is none. */
static bool whole_part(ost_text source, ost_text *ret)
{
    size_t point = text_find(source, '.', 0);
    *ret = text_slice(source, 0, point);
    return point < source.len && is_plain(text_slice(source, point + 1, source.len));
}

bool scalar_integer(const ost_json *value, bool wide, int64_t *ret)
{
    uint64_t ceiling = wide ? WIDE : INT32_MAX, number;
    ost_text text;
    int64_t integer;
    if (ost_json_integer(value, &integer)) {
        bool fits = integer >= -(int64_t)ceiling - 1 && integer <= (int64_t)ceiling;
        if (fits)
            *ret = integer;
        return fits;
    }
    if (ost_json_text(value, &text))
        text = text_trim_lines(text);
    else if (!ost_json_is(value, OST_JSON_NUMBER) || !whole_part(ost_json_source(value), &text))
        return false;
    bool negative = text_starts(text, "-"), positive = text_starts(text, "+");
    if (!text_to_unsigned(text_slice(text, negative || positive, text.len), ceiling + negative,
                          &number))
        return false;
    *ret = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

bool scalar_text(const ost_json *value, ost_text *ret)
{
    if (ost_json_text(value, ret))
        return true;
    if (!ost_json_is(value, OST_JSON_BOOL) && !ost_json_is(value, OST_JSON_NUMBER))
        return false;
    *ret = ost_json_source(value);
    return true;
}

bool scalar_is_absent(const ost_json *value)
{
    ost_text text;
    if (!ost_json_text(value, &text))
        return false;
    text = text_trim_lines(text);
    return text.len == 0 || text_is(text, "null");
}
