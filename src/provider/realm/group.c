/* SPDX-License-Identifier: Apache-2.0 */
/* Groups by path; see group.h. */
#include "provider/realm/group.h"

#include "base/text.h"

/* The end of the first name of a path: the next slash that is not escaped. */
static size_t name_end(ost_text path)
{
    size_t end = text_find(path, '/', 0);
    while (end > 0 && end < path.len && path.data[end - 1] == '~')
        end = text_find(path, '/', end + 1);
    return end;
}

static bool is_name(ost_text escaped, ost_text name)
{
    size_t at = 0;
    for (size_t i = 0; i < escaped.len; i++, at++) {
        if (escaped.data[i] == '~' && i + 1 < escaped.len && escaped.data[i + 1] == '/')
            i++;
        if (at >= name.len || name.data[at] != escaped.data[i])
            return false;
    }
    return at == name.len;
}

static const ost_json *find(const ost_json *level, ost_text escaped)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(level); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(ost_json_get(at, "name"), &name) && is_name(escaped, name))
            return at;
    }
    return NULL;
}

size_t group_path(const ost_json *groups, ost_text path, const ost_json *ret_groups[GROUP_DEPTH])
{
    size_t depth = 0;
    const ost_json *level = groups;
    while (path.len > 0) {
        size_t end = name_end(path);
        ost_text name = text_slice(path, 0, end);
        path = text_slice(path, end + 1, path.len);
        if (name.len == 0)
            continue;
        const ost_json *group = depth < GROUP_DEPTH ? find(level, name) : NULL;
        if (group == NULL)
            return 0;
        ret_groups[depth++] = group;
        level = ost_json_get(group, "subGroups");
    }
    return depth;
}

bool group_exists(const realm *r, ost_text path)
{
    const ost_json *way[GROUP_DEPTH];
    return group_path(ost_json_get(r->document, "groups"), path, way) > 0;
}
