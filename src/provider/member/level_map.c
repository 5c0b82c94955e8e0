/* SPDX-License-Identifier: Apache-2.0 */
/* See level_map.h. Levels may stand as strings, which consoles write. */
#include "provider/member/level_map.h"

#include "base/text.h"

#define HIGHEST 1 /* that a login reaches */

const char *level_map_unfit(const ost_json *object, const char *name, ost_arena *arena)
{
    const ost_json *map;
    ost_text text = {0}, level;
    (void)!ost_json_text(ost_json_get(object, name), &text);
    if (text.len == 0)
        return NULL;
    if (ost_json_read(text, NULL, arena, &map, NULL) != OST_OK ||
        !ost_json_is(map, OST_JSON_OBJECT))
        return "it is no JSON object of names and levels; there are none then";
    for (const ost_json *at = ost_json_first(map); at != NULL; at = ost_json_next(at)) {
        int64_t number = 0;
        uint64_t spelt;
        bool whole = ost_json_integer(at, &number) ||
                     (ost_json_text(at, &level) && text_to_unsigned(level, INT32_MAX, &spelt));
        if (!whole)
            return "a level of it is no whole number";
        if (number > HIGHEST || (ost_json_text(at, &level) && spelt > HIGHEST))
            return "a login reaches level 1, and none above";
    }
    return NULL;
}
