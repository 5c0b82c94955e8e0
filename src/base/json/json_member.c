/* SPDX-License-Identifier: Apache-2.0 */
/* Members of an object as plain values; see json_member.h. */
#include "base/json/json_member.h"

bool json_true_of(const ost_json *object, const char *name)
{
    bool value = false;
    return ost_json_boolean(ost_json_get(object, name), &value) && value;
}

ost_text json_text_of(const ost_json *object, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(object, name), &text);
    return text;
}
