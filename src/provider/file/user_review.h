/* SPDX-License-Identifier: Apache-2.0 */
/* The users of a new realm looked through before it is made: what becomes of their members, and
 * what the realm needs to know of them. */
#ifndef USER_REVIEW_H
#define USER_REVIEW_H

#include "provider/file/user_rows.h"
#include "provider/member/import_report.h"
#include "provider/stream/account_names.h"
#include "provider/stream/role_names.h"
#include "provider/stream/user_reader.h"

/* Zeroed but for the first members. */
typedef struct user_review {
    const ost_json *file; /* the realm */
    bool strict;
    import_report *report;
    const user_rows_progress *progress; /* may be NULL */
    role_gathering roles;
    account_names accounts;
    size_t count; /* of users */
    size_t plain; /* of those who have plain passwords */
} user_review;

/* Looks at all of them, also behind one that is refused, so that the report is whole; the error is
 * that of the first. Adds to `roles`, fills `accounts` (in the arena) and the counts. */
OST_MUST_CHECK ost_result user_review_all(user_review *review, const user_ranges *ranges,
                                          ost_arena *arena, ost_error *error);

/* The next user, looked through. NULL: there are no more. In the arena. `report` may be NULL. */
OST_MUST_CHECK ost_result user_review_next(user_reader *reader, bool strict, import_report *report,
                                           ost_arena *arena, const ost_json **ret_user,
                                           ost_error *error);

#endif
