/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of users within a transaction that is open. */
#ifndef USER_WITHIN_H
#define USER_WITHIN_H

#include "store/statement.h"

typedef struct store_user store_user; /* user/user_record.h */

OST_MUST_CHECK ost_result insert_user(database *database, const store_user *user);
/* As it was read before: OST_E_CONFLICT when it is no longer. */
OST_MUST_CHECK ost_result replace_user(database *database, const store_user *user,
                                       const store_user *before);
/* Gives up name and address, so that another user may take them in the same transaction. */
OST_MUST_CHECK ost_result vacate_user(database *database, const store_user *user);
/* The same of an id. OST_E_CONFLICT: nobody has it. */
OST_MUST_CHECK ost_result vacate_user_of(database *database, ost_text realm, ost_text id);
OST_MUST_CHECK ost_result delete_user(database *database, ost_text realm, ost_text id);
/* What a user of a file has granted: in place of what they had granted the same clients. */
OST_MUST_CHECK ost_result insert_consents(database *database, const store_user *user);
/* Reads users as USER_SELECT has them, to the last row. */
#define USER_COLUMNS "id, realm, username, email, document, password, enabled, created"
#define USER_SELECT "SELECT " USER_COLUMNS ", unique_email <> email FROM user WHERE realm = ?1 "
/* By the address, whoever has the least id. Both engines would rather walk through all users in the
 * order of ids than sort the few that the index of addresses has: the order is not a column's. */
#define USER_BY_EMAIL USER_SELECT "AND email = ?2 AND email <> '' ORDER BY id || '' LIMIT 1"
OST_MUST_CHECK ost_result read_users(database *database, statement *statement, ost_arena *arena,
                                     store_user **ret_users, size_t *ret_count);
/* The first of them. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result read_first_user(database *database, statement *statement,
                                          ost_arena *arena, store_user *ret_user);
/* What is kept of identity providers' tokens for a user, whose links are as they have become, and
 * for all who have come by a provider: what no link stands for any more goes. */
OST_MUST_CHECK ost_result drop_unlinked_tokens(database *database, const store_user *user);
OST_MUST_CHECK ost_result drop_provider_tokens(database *database, ost_text realm,
                                               ost_text provider);

#endif
