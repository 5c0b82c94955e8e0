/* SPDX-License-Identifier: Apache-2.0 */
/* What the users of a file change in a realm that exists: they are compared with those that are
 * there, some at a time. What is to be stored is noted, not kept: user_update.h makes it again. */
#ifndef USER_PLAN_H
#define USER_PLAN_H

#include "provider/file/document_merge.h"
#include "provider/file/plain_passwords.h"
#include "provider/file/realm_changes.h"
#include "provider/stream/account_names.h"
#include "provider/stream/id_list.h"
#include "provider/stream/id_set.h"
#include "provider/stream/users_apart.h"
#include "store/store.h"
#include "store/user/user_record.h"

/* All of it has to last. */
typedef struct user_plan_source {
    store *store;
    const realm *realm;    /* as it is to be */
    merge_mode mode;       /* of the realm: with MERGE_REPLACE others may go */
    merge_mode users_mode; /* of a user who is there */
    bool lists_users;      /* the file has a list of them: who is not in it may go */
    const user_ranges *ranges;
    size_t plain;            /* of them have plain passwords */
    account_names *accounts; /* of the file; gets the names of users as they are to be */
    bool strict;
    const user_rows_progress *progress;
    const ost_context *context;
} user_plan_source;

/* What becomes of a user of the file. */
typedef enum user_fate { USER_SAME, USER_WRITTEN, USER_ADDED } user_fate;

typedef struct user_plan {
    user_plan_source from;
    ost_arena *arena;        /* where everything lives but `seen` */
    id_set seen;             /* of the realm's users, those whom the file means; and its new ones */
    id_list fates;           /* of the users of the file, by their numbers; USER_WRITTEN: the id */
    id_list renamed;         /* whose name or address changes */
    id_list pruned, removed; /* others of the realm */
    users_apart apart;       /* those of the file as they are to be */
    id_list holders; /* 0: others who had such a name or address; 1: its user's name, behind each */
    plain_passwords passwords; /* of those who change */
    store_user *accounts;      /* of clients, which are added */
    size_t account_count;
    size_t count;   /* of users of the file, and of such accounts */
    size_t changed; /* of users of any kind */
} user_plan;

/* Makes the plan, and notes the changes. `arena` is for the plan. Filled also on failure; freed
 * with user_plan_clear. OST_E_CONFLICT: two users cannot stand beside each other. */
OST_MUST_CHECK ost_result user_plan_make(const user_plan_source *source, realm_changes *changes,
                                         ost_arena *arena, user_plan *ret_plan, ost_error *error);
void user_plan_clear(user_plan *plan);

#endif
