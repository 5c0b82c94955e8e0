/* SPDX-License-Identifier: Apache-2.0 */
/* Looking users through; see user_review.h. */
#include "provider/file/user_review.h"

#include "base/context.h"
#include "base/error_sentence.h"
#include "provider/member/review.h"
#include "provider/realm/user_row.h"

#define ONE_USER ((size_t)256 << 20) /* memory for what is read of one */
#define KEPT ((size_t)256 << 10)

ost_result user_review_next(user_reader *reader, bool strict, import_report *report,
                            ost_arena *arena, const ost_json **ret_user, ost_error *error)
{
    const ost_json *user;
    ost_result result = user_reader_next(reader, arena, &user, error);
    if (result != OST_OK || user == NULL || user_reader_is_known(reader)) {
        *ret_user = result == OST_OK ? user : NULL;
        return result;
    }
    const char *path = user_reader_path(reader, arena);
    if (path == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    return review_renew(user, &member_user, path, strict, arena, report, ret_user, error);
}

static ost_result gather(user_review *u, const ost_json *user, ost_arena *arena, ost_error *error)
{
    u->count++;
    u->plain += user_row_plain_password(user).len > 0;
    role_names_add(&u->roles, user);
    return error_set_sentence(error, account_names_add(&u->accounts, user, arena));
}

/* OST_E_FORMAT goes on: others may have what has to be told, too. */
static ost_result look_at_all(user_review *u, user_reader *reader, ost_arena *scratch,
                              ost_error *error)
{
    ost_result first = OST_OK;
    const ost_json *user;
    do {
        user = NULL;
        ost_arena_reset(scratch);
        arena_trim(scratch, KEPT);
        ost_result result = user_review_next(reader, u->strict, u->report, scratch, &user,
                                             first == OST_OK ? error : NULL);
        if (result == OST_OK && user != NULL)
            result = gather(u, user, scratch, error);
        if (result != OST_OK && result != OST_E_FORMAT)
            return result;
        if (result != OST_OK && first == OST_OK)
            first = result;
        if (u->progress != NULL && u->progress->tell != NULL)
            u->progress->tell(u->progress->user, "read", reader->number, reader->ranges->users);
        if (result == OST_OK && user == NULL)
            return first;
    } while (true);
}

ost_result user_review_all(user_review *u, const user_ranges *ranges, ost_arena *arena,
                           ost_error *error)
{
    user_reader reader;
    ost_arena *scratch = ost_arena_new(ONE_USER);
    ost_result result =
        scratch != NULL ? account_names_begin(u->file, arena, &u->accounts) : OST_E_MEMORY;
    if (result != OST_OK) {
        ost_arena_free(scratch);
        return error_set_sentence(error, result);
    }
    user_reader_begin(&reader, ranges);
    result = look_at_all(u, &reader, scratch, error);
    user_reader_free(&reader);
    ost_arena_free(scratch);
    return result;
}
