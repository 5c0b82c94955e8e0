/* SPDX-License-Identifier: Apache-2.0 */
/* Files with users; see user_files.h. */
#include "provider/stream/user_files.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "provider/member/review.h"

#define MAX_USER_FILES 100000

/* Users that a placeholder stands for would be in the document itself. */
ost_result user_files_add(user_files *f, const user_range *range, const ost_json *document,
                          ost_arena *arena, ost_error *error)
{
    const ost_json *users = ost_json_get(document, "users");
    f->lists_users = f->lists_users || users != NULL;
    if (ost_json_count(users) > 0)
        return ost_error_set(error, OST_E_FORMAT, "users: a placeholder cannot stand for them");
    if (range->at == 0)
        return OST_OK;
    return user_ranges_add(&f->ranges, range, arena) == OST_OK
               ? OST_OK
               : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

static ost_result add_file(user_files *f, const char *path, const char *shown, ost_arena *arena,
                           ost_error *error)
{
    realm_parts parts;
    const ost_json *document;
    user_range range = {.path = path, .shown = shown};
    ost_result result = realm_file_split(path, arena, &parts, &range.status, error);
    if (result == OST_OK &&
        (parts.is_list || !ost_json_is(parts.parts[0].document, OST_JSON_OBJECT)))
        result = ost_error_set(error, OST_E_FORMAT, "%s: not an object", shown);
    if (result != OST_OK)
        return result;
    range.at = parts.parts[0].users_at;
    range.count = parts.parts[0].user_count;
    result = review_object(parts.parts[0].document, &member_realm, shown, f->strict, arena,
                           f->report, &document, error);
    return result == OST_OK ? user_files_add(f, &range, document, arena, error) : result;
}

bool user_files_is_one(const char *path, ost_text realm)
{
    const char *slash = strrchr(path, '/');
    ost_text name = text_of(slash != NULL ? slash + 1 : path);
    return text_equal(text_slice(name, 0, realm.len), realm) &&
           text_starts(text_slice(name, realm.len, name.len), "-users-");
}

ost_result user_files_find(user_files *f, ost_text realm, ost_arena *arena, ost_error *error)
{
    const char *slash = strrchr(f->path, '/');
    size_t folder = slash != NULL ? (size_t)(slash - f->path) + 1 : 0;
    ost_result result = OST_OK;
    for (unsigned n = 0; n < MAX_USER_FILES && result == OST_OK; n++) {
        const char *path = ost_arena_format(arena, "%.*s%.*s-users-%u.json", (int)folder, f->path,
                                            (int)realm.len, realm.data, n);
        if (path == NULL)
            return ost_error_set(error, OST_E_MEMORY, "out of memory");
        if (access(path, F_OK) != 0)
            return OST_OK;
        if (strcmp(path, f->path) == 0) /* it was given by itself */
            continue;
        result = add_file(f, path, path + folder, arena, error);
    }
    return result == OST_OK
               ? ost_error_set(error, OST_E_CEILING, "more than %d files of users", MAX_USER_FILES)
               : result;
}
