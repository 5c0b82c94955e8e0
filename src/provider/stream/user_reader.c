/* SPDX-License-Identifier: Apache-2.0 */
/* Users in files; see user_reader.h. */
#include "provider/stream/user_reader.h"

#include <string.h>

#include "base/text.h"

#define FIRST_ROOM 4

ost_result user_ranges_add(user_ranges *r, const user_range *range, ost_arena *arena)
{
    if (r->count == r->room) {
        size_t room = r->room > 0 ? r->room * 2 : FIRST_ROOM;
        user_range *larger = ost_arena_alloc(arena, room * sizeof *larger);
        if (larger == NULL)
            return OST_E_MEMORY;
        if (r->count > 0)
            memcpy(larger, r->ranges, r->count * sizeof *larger);
        r->ranges = larger;
        r->room = room;
    }
    r->ranges[r->count++] = *range;
    r->users += range->count;
    return OST_OK;
}

void user_reader_begin(user_reader *ret_reader, const user_ranges *ranges)
{
    *ret_reader = (user_reader){.ranges = ranges, .file = {.fd = -1}};
}

static const ost_json *list_of(const user_reader *r)
{
    return r->ranges->ranges[r->range].list;
}

static void close_range(user_reader *r)
{
    if (r->is_open && list_of(r) == NULL)
        piece_reader_free(&r->pieces);
    realm_file_close(&r->file);
    r->is_open = false;
}

void user_reader_free(user_reader *r)
{
    close_range(r);
}

static ost_result tell_change(const user_range *range, ost_error *error)
{
    return ost_error_set(error, OST_E_SYSTEM, "%s: it has changed while it was read", range->path);
}

static ost_result open_range(user_reader *r, ost_error *error)
{
    const user_range *range = &r->ranges->ranges[r->range];
    r->left = range->count;
    r->index = 0;
    if (range->list != NULL) {
        r->at = ost_json_first(range->list);
        r->is_open = true;
        return OST_OK;
    }
    ost_result result = realm_file_open(range->path, &r->file, error);
    if (result != OST_OK)
        return result;
    if (!realm_file_is_same(&r->file, &range->status))
        return tell_change(range, error);
    r->is_open = piece_reader_begin(&r->pieces, realm_file_source(&r->file), range->at, NULL);
    if (!r->is_open)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    return OST_OK;
}

/* To the next range with users: false in *ret_any when there is none. */
static ost_result enter_range(user_reader *r, bool *ret_any, ost_error *error)
{
    ost_result result = OST_OK;
    *ret_any = r->is_open && r->left > 0;
    while (result == OST_OK && !*ret_any && r->range < r->ranges->count) {
        const user_range *range = &r->ranges->ranges[r->range];
        if (r->is_open) { /* to its end */
            if (range->list == NULL && !realm_file_is_same(&r->file, &range->status))
                return tell_change(range, error);
            close_range(r);
            r->range++;
        } else if (range->count == 0) {
            r->range++;
        } else {
            result = open_range(r, error);
            *ret_any = result == OST_OK;
        }
    }
    return result;
}

/* The text of the next one, which moves on with the reader. */
static ost_result read_piece(user_reader *r, ost_text *ret_piece)
{
    char next;
    ost_result result = piece_reader_look(&r->pieces, &next);
    return result == OST_OK ? piece_reader_next(&r->pieces, false, USER_MAX, ret_piece) : result;
}

static ost_result leave_piece(user_reader *r)
{
    return --r->left > 0 ? piece_reader_take(&r->pieces, ',', "") : OST_OK;
}

static const ost_json *read_listed(user_reader *r)
{
    const ost_json *user = r->at;
    r->at = ost_json_next(user);
    r->left--;
    return user;
}

/* What is made of the text stays. */
static ost_result read_one(user_reader *r, ost_arena *arena, const ost_json **ret_user)
{
    ost_text piece = {0};
    if (list_of(r) != NULL) {
        *ret_user = read_listed(r);
        return OST_OK;
    }
    ost_result result = read_piece(r, &piece);
    if (result == OST_OK) {
        piece.data = ost_arena_copy(arena, piece);
        result = piece.data != NULL ? piece_reader_parse(&r->pieces, piece, true,
                                                         &realm_user_limits, arena, ret_user)
                                    : OST_E_MEMORY;
    }
    return result == OST_OK ? leave_piece(r) : result;
}

static ost_result pass_one(user_reader *r)
{
    ost_text piece;
    if (list_of(r) != NULL) {
        (void)read_listed(r);
        return OST_OK;
    }
    ost_result result = read_piece(r, &piece);
    return result == OST_OK ? leave_piece(r) : result;
}

static ost_result explain(const user_reader *r, ost_result result, ost_error *error)
{
    const user_range *range = &r->ranges->ranges[r->range];
    if (result != OST_E_MEMORY) /* everything was read before, and was good then */
        return tell_change(range, error);
    return ost_error_set(error, result, "out of memory");
}

ost_result user_reader_next(user_reader *r, ost_arena *arena, const ost_json **ret_user,
                            ost_error *error)
{
    const ost_json *user = NULL;
    bool any;
    do {
        ost_result result = enter_range(r, &any, error);
        if (result != OST_OK)
            return result;
        if (any)
            result = read_one(r, arena, &user);
        if (result != OST_OK)
            return explain(r, result, error);
        r->index += any;
        r->number += any;
    } while (any && ost_json_is(user, OST_JSON_NULL));
    if (any && !ost_json_is(user, OST_JSON_OBJECT)) {
        const char *shown = r->ranges->ranges[r->range].shown;
        return ost_error_set(error, OST_E_FORMAT, "%s%susers[%zu]: not an object", shown,
                             shown[0] != '\0' ? "." : "", r->index - 1);
    }
    *ret_user = any ? user : NULL;
    return OST_OK;
}

ost_result user_reader_pass(user_reader *r, ost_error *error)
{
    bool any;
    ost_result result = enter_range(r, &any, error);
    if (result != OST_OK || !any)
        return result;
    result = pass_one(r);
    if (result != OST_OK)
        return explain(r, result, error);
    r->index++;
    r->number++;
    return OST_OK;
}

bool user_reader_is_known(const user_reader *r)
{
    return list_of(r) != NULL;
}

const char *user_reader_path(const user_reader *r, ost_arena *arena)
{
    const char *shown = r->ranges->ranges[r->range].shown;
    return ost_arena_format(arena, "%s%susers[%zu]", shown, shown[0] != '\0' ? "." : "",
                            r->index - 1);
}
