/* SPDX-License-Identifier: Apache-2.0 */
/* The users of a realm, one after the other, from the files where they stand. */
#ifndef USER_READER_H
#define USER_READER_H

#include "provider/stream/realm_file.h"
#include "provider/stream/realm_split.h"

/* The list of users in one file, or of a document that is at hand. */
typedef struct user_range {
    const ost_json *list; /* which has been looked through; NULL: it stands in a file */
    const char *path;
    const char *shown; /* how the report calls the file; "": it is the realm's own */
    struct stat status;
    uint64_t at;
    size_t count; /* nulls included */
} user_range;

typedef struct user_ranges {
    user_range *ranges;
    size_t count, room;
    size_t users; /* of all */
} user_ranges;

/* In the arena, where the texts of `range` live too. */
OST_MUST_CHECK ost_result user_ranges_add(user_ranges *ranges, const user_range *range,
                                          ost_arena *arena);

typedef struct user_reader {
    const user_ranges *ranges;
    size_t range, left; /* users of that range that come yet */
    size_t index;       /* how many have been read of it, the last one included */
    size_t number;      /* and of all ranges */
    bool is_open;
    const ost_json *at; /* of a list: the next one */
    realm_file file;
    piece_reader pieces;
} user_reader;

/* Nothing is opened before there is something to read. Freed with user_reader_free. */
void user_reader_begin(user_reader *ret_reader, const user_ranges *ranges);
void user_reader_free(user_reader *reader);

/* The next one, as it stands there, in the arena; NULL: there are no more. What is null is passed
 * over. OST_E_FORMAT with a detail: it is no object. OST_E_SYSTEM: a file has changed since it was
 * split. */
OST_MUST_CHECK ost_result user_reader_next(user_reader *reader, ost_arena *arena,
                                           const ost_json **ret_user, ost_error *error);

/* Passes over the next one without a look at it; not at the end. */
OST_MUST_CHECK ost_result user_reader_pass(user_reader *reader, ost_error *error);

/* The user that was read has been looked through before. */
bool user_reader_is_known(const user_reader *reader);

/* "users[3]", "x-users-0.json.users[3]": the user that was read, in the arena. NULL: no memory. */
const char *user_reader_path(const user_reader *reader, ost_arena *arena);

#endif
