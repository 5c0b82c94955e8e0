/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of ids; see id_set.h. */
#include "provider/stream/id_set.h"

#include <string.h>

#include "base/context.h"

#define FIRST_ROOM 1024

ost_result id_set_begin(id_set *ret_set, const ost_context *context)
{
    id_set set = {0};
    ost_result result = context_random(context, set.key, sizeof set.key);
    if (result == OST_OK)
        *ret_set = set;
    return result;
}

void id_set_clear(id_set *set)
{
    memory_free(set->marks);
    set->marks = NULL;
    set->count = set->room = 0;
}

static id_mark mark_of(const id_set *set, ost_text id)
{
    id_mark mark;
    _Static_assert(sizeof mark == crypto_shorthash_siphashx24_BYTES, "one hash");
    crypto_shorthash_siphashx24((unsigned char *)&mark, (const unsigned char *)id.data, id.len,
                                set->key);
    mark.half[1] |= 1; /* never nothing */
    return mark;
}

static bool is_nothing(const id_mark *mark)
{
    return mark->half[1] == 0;
}

/* Where it stands, or is to stand: there always is room. */
static size_t place_of(const id_mark *marks, size_t room, const id_mark *mark)
{
    size_t at = (size_t)mark->half[0] & (room - 1);
    while (!is_nothing(&marks[at]) && memcmp(&marks[at], mark, sizeof *mark) != 0)
        at = (at + 1) & (room - 1);
    return at;
}

static ost_result grow(id_set *set, size_t room)
{
    id_mark *larger = memory_alloc(room * sizeof *larger);
    if (larger == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < set->room; i++) {
        if (!is_nothing(&set->marks[i]))
            larger[place_of(larger, room, &set->marks[i])] = set->marks[i];
    }
    memory_free(set->marks);
    set->marks = larger;
    set->room = room;
    return OST_OK;
}

static ost_result make_room(id_set *set)
{
    if (set->count < set->room / 4 * 3)
        return OST_OK;
    return grow(set, set->room > 0 ? set->room * 2 : FIRST_ROOM);
}

ost_result id_set_reserve(id_set *set, size_t count)
{
    size_t room = FIRST_ROOM;
    while (room / 4 * 3 < count && room < SIZE_MAX / 2 / sizeof(id_mark))
        room *= 2;
    return room > set->room ? grow(set, room) : OST_OK;
}

ost_result id_set_add(id_set *set, ost_text id, bool *ret_new)
{
    ost_result result = make_room(set);
    if (result != OST_OK)
        return result;
    const id_mark mark = mark_of(set, id);
    size_t at = place_of(set->marks, set->room, &mark);
    *ret_new = is_nothing(&set->marks[at]);
    set->marks[at] = mark;
    set->count += *ret_new;
    return OST_OK;
}

bool id_set_has(const id_set *set, ost_text id)
{
    if (set->room == 0)
        return false;
    const id_mark mark = mark_of(set, id);
    return !is_nothing(&set->marks[place_of(set->marks, set->room, &mark)]);
}
