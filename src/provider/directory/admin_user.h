/* SPDX-License-Identifier: Apache-2.0 */
/* Users as the admin REST API finds and shows them. */
#ifndef ADMIN_USER_H
#define ADMIN_USER_H

#include "provider/admin/admin_call.h"
#include "store/search/user_query.h"
#include "store/user/user_record.h"

#define ADMIN_USER_PAGE 100 /* users, where nobody says how many */

/* The user whose id is the path's second parameter. False in *ret_found: there is none, and the
 * call is refused. */
OST_MUST_CHECK ost_result admin_user_find(admin_call *admin, store_user *ret_user,
                                          const ost_json **ret_document, bool *ret_found);

/* Writes a UserRepresentation; the brief one has names and address alone. `access`: what the
 * administrator may do to the user is part of it. */
void admin_user_put(const admin_call *admin, ost_json_writer *writer, const store_user *user,
                    const ost_json *document, bool brief, bool access);

/* Answers with users as an array. */
OST_MUST_CHECK ost_result admin_user_answer(admin_call *admin, const store_user *users,
                                            size_t count, bool brief, bool access);

/* What the request's query narrows a list to, as Keycloak reads it, in the arena. */
OST_MUST_CHECK ost_result admin_user_query(admin_call *admin, store_user_query *ret_query);

/* The page that is asked for: "first" and "max", -1 for all. False: refused. */
bool admin_user_page(admin_call *admin, int64_t *ret_first, int64_t *ret_max);

#endif
