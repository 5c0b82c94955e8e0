/* SPDX-License-Identifier: Apache-2.0 */
/* Groups by path; see group.h. */
#include "provider/realm/group.h"

#include "base/text.h"

#define MAX_TRIES 1000 /* of names that begin alike: bounds what a strange realm costs */

typedef struct group_search {
    const ost_json **way;
    unsigned tries;
} group_search;

static size_t skip_slashes(ost_text path, size_t at)
{
    while (at < path.len && path.data[at] == '/')
        at++;
    return at;
}

/* How much of the path the name takes up, to the slash behind it or to the end; 0: it does not
 * stand there. A slash within the name may be escaped. */
static size_t name_len(ost_text path, ost_text name)
{
    size_t at = 0;
    for (size_t i = 0; i < name.len; i++, at++) {
        if (name.data[i] == '/' && at + 1 < path.len && path.data[at] == '~' &&
            path.data[at + 1] == '/')
            at++;
        if (at >= path.len || path.data[at] != name.data[i])
            return 0;
    }
    return at == path.len || path.data[at] == '/' ? at : 0;
}

/* By turns each group whose name stands there: "/a/b" may be b within a, or a group "a/b". */
static size_t find_way(group_search *s, const ost_json *level, ost_text path, size_t depth)
{
    ost_text name;
    path = text_slice(path, skip_slashes(path, 0), path.len);
    if (path.len == 0)
        return depth;
    for (const ost_json *at = ost_json_first(level); at != NULL && depth < GROUP_DEPTH;
         at = ost_json_next(at)) {
        size_t len = ost_json_text(ost_json_get(at, "name"), &name) ? name_len(path, name) : 0;
        if (len == 0 || s->tries++ >= MAX_TRIES)
            continue;
        s->way[depth] = at;
        size_t found =
            find_way(s, ost_json_get(at, "subGroups"), text_slice(path, len, path.len), depth + 1);
        if (found > 0)
            return found;
    }
    return 0;
}

size_t group_path(const ost_json *groups, ost_text path, const ost_json *ret_groups[GROUP_DEPTH])
{
    group_search search = {.way = ret_groups};
    return find_way(&search, groups, path, 0);
}

bool group_exists(const realm *r, ost_text path)
{
    const ost_json *way[GROUP_DEPTH];
    return group_path(ost_json_get(r->document, "groups"), path, way) > 0;
}
