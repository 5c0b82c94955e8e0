/* SPDX-License-Identifier: Apache-2.0 */
/* A beginning that one of the names of all who fit a query has, so that indices find them. */
#ifndef USER_BEGINNING_H
#define USER_BEGINNING_H

#include "store/search/user_query.h"

typedef struct user_beginning {
    ost_text from, upto; /* texts that begin so are not before `from`, and before `upto` */
} user_beginning;

/* Of the query's words the longest such. OST_E_NOT_FOUND: none of them tells how a name begins. */
OST_MUST_CHECK ost_result user_beginning_find(const store_user_query *query, ost_arena *arena,
                                              user_beginning *ret_beginning);

#endif
