/* SPDX-License-Identifier: Apache-2.0 */
/* See level_map.h. Levels may stand as strings, which consoles write. */
#include "provider/member/level_map.h"

#include "provider/proof/attribute.h"

/* NULL: there is no map. */
static const ost_json *read_map(const ost_json *attributes, const char *name, ost_arena *arena)
{
    const ost_json *map;
    ost_text text;
    return ost_json_text(ost_json_get(attributes, name), &text) && text.len > 0 &&
                   ost_json_read(text, NULL, arena, &map, NULL) == OST_OK &&
                   ost_json_is(map, OST_JSON_OBJECT)
               ? map
               : NULL;
}

const char *level_map_unfit(const ost_json *object, const char *name, ost_arena *arena)
{
    ost_text text = {0};
    int64_t level;
    (void)!ost_json_text(ost_json_get(object, name), &text);
    if (text.len == 0)
        return NULL;
    const ost_json *map = read_map(object, name, arena);
    if (map == NULL)
        return "it is no JSON object of names and levels; there are none then";
    for (const ost_json *at = ost_json_first(map); at != NULL; at = ost_json_next(at)) {
        if (!attribute_level(at, &level))
            return "a level of it is no whole number";
    }
    return NULL;
}

int64_t level_map_highest(const ost_json *attributes, const char *name, ost_arena *arena)
{
    const ost_json *map = read_map(attributes, name, arena);
    int64_t highest = -1, level;
    for (const ost_json *at = ost_json_first(map); at != NULL; at = ost_json_next(at)) {
        if (attribute_level(at, &level) && level > highest)
            highest = level;
    }
    return highest;
}
