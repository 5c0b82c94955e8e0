/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept beside a user's document, so that users are found by it: the names that a search
 * looks at, and links to the roles, groups and attributes that the document names. Whoever writes a
 * user's row writes these in the same transaction. */
#ifndef USER_INDEX_H
#define USER_INDEX_H

#include <ostiary/json.h>

#include "store/statement.h"
#include "store/user/user_link.h"

typedef struct user_index {
    const ost_json *document; /* NULL: it is no JSON, and names nothing */
    ost_text search;          /* user name, e-mail, first and last name, lower case, a line each */
    bool verified, service;   /* the address; the user is the account of a client */
} user_index;

#define USER_INDEX_MEMORY ((size_t)64 << 20) /* that one takes in an arena, at most */

typedef struct store_user store_user; /* user/user_record.h */

/* In the arena. OST_E_MEMORY. */
OST_MUST_CHECK ost_result user_index_make(const store_user *user, ost_arena *arena,
                                          user_index *ret_index);

/* Adds, or takes out, the links of a user of that name whose document this is. */
OST_MUST_CHECK ost_result user_index_link(database *database, ost_text realm, ost_text username,
                                          const ost_json *document);
OST_MUST_CHECK ost_result user_index_unlink(database *database, ost_text realm, ost_text username,
                                            const ost_json *document);

/* Changes what users' documents, and their links, call something. */
OST_MUST_CHECK ost_result user_index_rename(database *database, ost_text realm,
                                            const store_renaming *renaming);

#endif
