/* SPDX-License-Identifier: Apache-2.0 */
/* What a UserRepresentation that an administrator sends makes of a user, as Keycloak reads it. */
#ifndef USER_GIVEN_H
#define USER_GIVEN_H

#include "provider/admin/admin_call.h"

/* The body's members in the user's document: of a new user also credentials. Roles and groups have
 * operations of their own. Where a realm's users are called by their address, that is the name.
 * a->status is set where it is refused. */
OST_MUST_CHECK ost_result user_given_merge(admin_call *admin, bool new_user,
                                           const ost_json **document);

/* Whether the body may call a user who is there as it does; `user` is the document before.
 * a->status is set where it may not. */
void user_given_check_name(admin_call *admin, const ost_json *user, ost_text username);

/* Refuses a call with 400 and Keycloak's key for what is wrong with a member. */
ost_result user_given_refuse(admin_call *admin, const char *field, const char *message);

#endif
