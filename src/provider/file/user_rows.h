/* SPDX-License-Identifier: Apache-2.0 */
/* The users of a realm that is being imported: from its file, from those beside it, and the
 * accounts of clients. */
#ifndef USER_ROWS_H
#define USER_ROWS_H

#include <ostiary/json.h>

#include "provider/realm/realm.h"
#include "store/store.h"

typedef struct user_rows {
    const ost_json **documents; /* UserRepresentations, looked through by review_object */
    const size_t *numbers;      /* what errors call them, parallel; NULL: by their place */
    store_user *rows;
    size_t count, room;
    size_t document_count;     /* of `rows`, those that documents speak of; accounts follow */
    const store_user **before; /* of the realm that there is, parallel; NULL: it is new, or is
                                  theirs alone (an entry) */
    const store_user *stored;  /* users of that realm: all, or (MERGE_INTO) those that count */
    const bool *named;         /* parallel: the file has them */
    size_t stored_count;
} user_rows;

/* Told by the calling thread, time and again, while passwords are hashed. */
typedef struct user_rows_progress {
    /* "read", "prepared", "stored". NULL: nobody is told */
    void (*tell)(void *user, const char *what, size_t done, size_t count);
    void *user;
} user_rows_progress;

/* Adds the users of a list; in the arena. */
OST_MUST_CHECK ost_result user_rows_add(user_rows *users, const ost_json *list, ost_arena *arena);

/* Adds one; in the arena. */
OST_MUST_CHECK ost_result user_rows_add_one(user_rows *users, const ost_json *user,
                                            ost_arena *arena);

/* What users need must be there: OST_E_FORMAT with "users[3].groups[0]: …". Roles need not: the
 * realm has been given those that users name. */
OST_MUST_CHECK ost_result user_rows_check(const user_rows *users, const realm *realm,
                                          ost_error *error);

/* Makes the rows: plain passwords are hashed; OST_E_FORMAT with "users[3].clientConsents[0]. …".
 * Then adds the accounts of the realm's clients that
 * have one and are not among the users. */
OST_MUST_CHECK ost_result user_rows_make(user_rows *users, const realm *realm,
                                         const user_rows_progress *progress,
                                         const ost_context *context, ost_arena *arena,
                                         ost_error *error);

/* Its first half, on all cores: the rows of `documents`, for which `rows` has room. `progress` may
 * be NULL. The error is that of the first user who has one, among those that were looked at. */
OST_MUST_CHECK ost_result user_rows_hash(const user_rows *users, const realm *realm,
                                         const user_rows_progress *progress,
                                         const ost_context *context, ost_arena *arena,
                                         ost_error *error);

#endif
