/* SPDX-License-Identifier: Apache-2.0 */
/* The names of levels of authentication in realm files. */
#ifndef LEVEL_MAP_H
#define LEVEL_MAP_H

#include <ostiary/json.h>

/* For member.unfit: why a map of names to levels, which is JSON within the string of that name, is
 * not followed as it stands; NULL: it is. A constant; the arena is for what is read. */
const char *level_map_unfit(const ost_json *object, const char *name, ost_arena *arena);

/* The highest level that such a map among `attributes` has a name for; −1: it has none. */
int64_t level_map_highest(const ost_json *attributes, const char *name, ost_arena *arena);

#endif
