/* SPDX-License-Identifier: Apache-2.0 */
#include "store/realm/realm_missing.h"

#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"

#define NAME_SHOWN 255 /* bytes */

static int shown(ost_text name)
{
    return (int)(name.len < NAME_SHOWN ? name.len : NAME_SHOWN);
}

/* The name that is nearest; NULL data: none is near. */
static ost_text nearest_name(ost_text name, const store_realm *realms, size_t count,
                             ost_arena *arena)
{
    ost_text nearest = {0};
    size_t least = name.len < 9 ? 1 + name.len / 3 : 4; /* edits that are too many for a slip */
    for (size_t i = 0; i < count; i++) {
        const char *known = ost_arena_copy(arena, realms[i].name);
        if (known != NULL && text_is_nearer(name, known, &least))
            nearest = realms[i].name;
    }
    return nearest;
}

ost_result realm_missing(store *s, ost_text name, ost_arena *arena, ost_error *error)
{
    store_realm *realms = NULL;
    size_t count = 0;
    if (error == NULL || store_realm_names(s, arena, &realms, &count) != OST_OK)
        count = 0;
    ost_text nearest = nearest_name(name, realms, count, arena);
    if (nearest.len == 0)
        return ost_error_set(error, OST_E_NOT_FOUND, "Realm not found: %.*s", shown(name),
                             name.data);
    return ost_error_set(error, OST_E_NOT_FOUND, "Realm not found: %.*s; did you mean %.*s?",
                         shown(name), name.data, shown(nearest), nearest.data);
}
