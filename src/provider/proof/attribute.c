/* SPDX-License-Identifier: Apache-2.0 */
/* Reading attributes; see attribute.h. */
#include "provider/proof/attribute.h"

#include "base/json/json_member.h"
#include "base/text.h"

ost_text attribute_text(const ost_json *of, const char *name)
{
    return json_text_of(ost_json_get(of, "attributes"), name);
}

bool attribute_next(ost_text *rest, ost_text *ret_value)
{
    ost_text value = {0};
    while (value.len == 0 && rest->len > 0) {
        size_t end = 0;
        while (end < rest->len && !text_starts(text_slice(*rest, end, rest->len), "##"))
            end++;
        value = text_slice(*rest, 0, end);
        *rest = text_slice(*rest, end + 2, rest->len);
    }
    if (value.len > 0)
        *ret_value = value;
    return value.len > 0;
}

bool attribute_level(const ost_json *value, int64_t *ret_level)
{
    ost_text text;
    uint64_t level;
    if (ost_json_integer(value, ret_level))
        return true;
    if (!ost_json_text(value, &text) || !text_to_unsigned(text, 1u << 30, &level))
        return false;
    *ret_level = (int64_t)level;
    return true;
}
