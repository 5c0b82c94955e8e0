/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for many values among many: what json_list_find and ost_json_get_text do, in order of the
 * logarithm. A list is sorted when it is first looked into, and short ones are not. */
#ifndef JSON_FINDER_H
#define JSON_FINDER_H

#include <ostiary/json.h>

/* Zeroed but for the arena, where it keeps what it has sorted: as long as that, the lists live too.
 * Not thread-safe. Out of memory, or where there is no finder (NULL), one is looked at after the
 * other. */
typedef struct json_finder {
    ost_arena *arena;
    struct json_order **orders; /* chains; NULL: none yet */
} json_finder;

/* One in the arena; NULL: there is no memory. */
json_finder *json_finder_in(ost_arena *arena);

/* As json_list_find: the first object of the list whose member is this string. */
const ost_json *json_finder_find(json_finder *finder, const ost_json *list, const char *member,
                                 ost_text value);

/* As json_list_has: one of the array's values is this string. */
bool json_finder_has(json_finder *finder, const ost_json *list, ost_text text);

/* As ost_json_get_text: the member of the object. */
const ost_json *json_finder_get(json_finder *finder, const ost_json *object, ost_text name);

#endif
