/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into arrays; see json_list.h. */
#include "base/json/json_list.h"

bool json_list_has(const ost_json *list, ost_text text)
{
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(at, text))
            return true;
    }
    return false;
}

const ost_json *json_list_find(const ost_json *list, const char *member, ost_text value)
{
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(ost_json_get(at, member), value))
            return at;
    }
    return NULL;
}
