/* SPDX-License-Identifier: Apache-2.0 */
/* Members of representations; see policy_value.h. */
#include "provider/policy/policy_value.h"

#include "base/text.h"

bool policy_switch(const ost_json *object, const char *name)
{
    const ost_json *value = ost_json_get(object, name);
    bool on = false;
    ost_text text;
    return ost_json_text(value, &text) ? text_says_true(text) : ost_json_boolean(value, &on) && on;
}

bool policy_is_off(const ost_json *object, const char *name)
{
    const ost_json *value = ost_json_get(object, name);
    bool on = true;
    return ost_json_equals(value, OST_TEXT("false")) || (ost_json_boolean(value, &on) && !on);
}

int64_t policy_number(const ost_json *object, const char *name, int64_t otherwise)
{
    const ost_json *value = ost_json_get(object, name);
    ost_text text;
    uint64_t read;
    int64_t number;
    if (ost_json_integer(value, &number))
        return number;
    return ost_json_text(value, &text) && text_to_unsigned(text, INT32_MAX, &read) ? (int64_t)read
                                                                                   : otherwise;
}

ost_text policy_text(const ost_json *object, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(object, name), &text);
    return text;
}
