/* SPDX-License-Identifier: Apache-2.0 */
/* Users by what they are called and have. */
#ifndef USER_SEARCH_H
#define USER_SEARCH_H

#include "store/search/user_query.h"
#include "store/store.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"

/* At most `max` of them in the order of their names, after `first`; and how many there are. */
OST_MUST_CHECK ost_result store_user_page(store *store, const store_user_query *query,
                                          int64_t first, int64_t max, ost_arena *arena,
                                          store_user **ret_users, size_t *ret_count);
OST_MUST_CHECK ost_result store_user_count(store *store, const store_user_query *query,
                                           ost_arena *arena, int64_t *ret_count);
/* The same for users whose document names `what->from` itself, accounts of clients included. */
OST_MUST_CHECK ost_result store_user_linked(store *store, ost_text realm,
                                            const store_renaming *what, int64_t first, int64_t max,
                                            ost_arena *arena, store_user **ret_users,
                                            size_t *ret_count);

#endif
