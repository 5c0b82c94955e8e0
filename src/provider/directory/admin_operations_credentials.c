/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on credentials of users and on their failed logins. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

#define CREDENTIAL USER "/credentials/{credential}"
#define FAILURES REALM "/attack-detection/brute-force/users"

static const admin_route routes[] = {
    {HTTP_GET, USER "/credentials", VIEW_USERS, admin_list_credentials,
     "the user's credentials, without what proves anything"},
    {HTTP_DELETE, CREDENTIAL, RIGHT_MANAGE_USERS, admin_delete_credential, "deletes one"},
    {HTTP_POST, CREDENTIAL "/moveToFirst", RIGHT_MANAGE_USERS, admin_move_credential,
     "puts a second factor before the others"},
    {HTTP_POST, CREDENTIAL "/moveAfter/{other}", RIGHT_MANAGE_USERS, admin_move_credential,
     "puts a second factor behind another"},
    {HTTP_PUT, USER "/disable-credential-types", RIGHT_MANAGE_USERS, admin_disable_credentials,
     "of other storages, of which there is none: changes nothing"},
    {HTTP_GET, USER "/configured-user-storage-credential-types", VIEW_USERS,
     admin_list_storage_credentials, "of other storages, of which there is none"},
    {HTTP_GET, FAILURES "/{id}", VIEW_USERS, admin_read_failures,
     "failed logins of a user, and whether another one has to wait"},
    {HTTP_DELETE, FAILURES "/{id}", RIGHT_MANAGE_USERS, admin_forget_failures,
     "forgets them, so that the user need not wait"},
    {HTTP_DELETE, FAILURES, RIGHT_MANAGE_USERS, admin_forget_all_failures,
     "forgets those of all users"},
};
const admin_table admin_credential_operations = {routes, ARRAY_LEN(routes)};
