/* SPDX-License-Identifier: Apache-2.0 */
/* Looking members up; see member.h. */
#include "provider/member/member.h"

#include <string.h>

/* The tables are sorted by name. */
static const member *find(const member_kind *kind, ost_text name)
{
    size_t low = 0, high = kind->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const member *m = &kind->members[middle];
        size_t len = strlen(m->name), shorter = len < name.len ? len : name.len;
        int order = shorter > 0 ? memcmp(m->name, name.data, shorter) : 0;
        if (order == 0 && len == name.len)
            return m;
        if (order < 0 || (order == 0 && len < name.len))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const member *member_find(const member_kind *kind, ost_text name)
{
    const member *found = NULL;
    for (const member_kind *at = kind; at != NULL && found == NULL; at = at->base)
        found = find(at, name);
    return found;
}
