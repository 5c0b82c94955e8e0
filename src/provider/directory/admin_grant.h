/* SPDX-License-Identifier: Apache-2.0 */
/* Who may give roles to others: nobody gives more than they may do themselves. */
#ifndef ADMIN_GRANT_H
#define ADMIN_GRANT_H

#include "provider/admin/admin_call.h"
#include "provider/admin/role_part.h"

/* Whether the administrator may give a role, with all that it contains, to somebody. Roles that are
 * no rights of administrators: always. */
OST_MUST_CHECK ost_result admin_may_grant(admin_call *admin, const role_part *role, bool *ret_may);

/* The same for the roles that a group passes on to its members; its path as users name it. */
OST_MUST_CHECK ost_result admin_may_grant_group(admin_call *admin, ost_text path, bool *ret_may);

/* The same for all roles and groups that a user's or a group's document names. */
OST_MUST_CHECK ost_result admin_may_grant_document(admin_call *admin, const ost_json *document,
                                                   bool *ret_may);

/* Whether a role of the client, or (NULL) of the realm, may get this name: whoever has the role has
 * the right that goes by the name then. */
bool admin_may_name_role(const admin_call *admin, const realm_client *client, ost_text name);

#endif
