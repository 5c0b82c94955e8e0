/* SPDX-License-Identifier: Apache-2.0 */
/* Some of the users of a realm that is being imported, whose rows are made. */
#ifndef USER_ROWS_H
#define USER_ROWS_H

#include <ostiary/json.h>

#include "provider/realm/realm.h"
#include "store/user/user_record.h"

typedef struct user_rows {
    const ost_json **documents; /* UserRepresentations, looked through by review_object */
    const size_t *numbers;      /* what errors call them, parallel */
    store_user *rows;
    size_t count;
    const store_user **before; /* of the realm that there is, parallel; NULL: it is new, or is
                                  theirs alone (an entry) */
} user_rows;

/* Told by the calling thread, time and again, while passwords are hashed. */
typedef struct user_rows_progress {
    /* "read", "prepared", "stored". NULL: nobody is told */
    void (*tell)(void *user, const char *what, size_t done, size_t count);
    void *user;
} user_rows_progress;

/* Makes them on all cores: plain passwords are hashed. `progress` may be NULL. The error is that of
 * the first user who has one, among those that were looked at. */
OST_MUST_CHECK ost_result user_rows_hash(const user_rows *users, const realm *realm,
                                         const user_rows_progress *progress,
                                         const ost_context *context, ost_arena *arena,
                                         ost_error *error);

#endif
