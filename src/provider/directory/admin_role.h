/* SPDX-License-Identifier: Apache-2.0 */
/* Roles as paths and bodies of the admin REST API name them. */
#ifndef ADMIN_ROLE_H
#define ADMIN_ROLE_H

#include "provider/admin/admin_call.h"
#include "provider/admin/role_part.h"
#include "store/user/user_link.h"

/* Whether the path begins with "/realms/{realm}" and `part`. */
bool admin_path_is(const admin_call *admin, const char *part);

/* The client of the path whose roles it is about; NULL in *ret_client: the realm. False: there is
 * no such client, and the call is refused. */
bool admin_role_owner(admin_call *admin, const realm_client **ret_client);

/* The role that the path names: by id below "/roles-by-id", else by name. False: there is none, or
 * it is not for the administrator to see or (`manage`) to change, and the call is refused. */
bool admin_role_find(admin_call *admin, bool manage, role_part *ret_role);

/* The role with the name; `finder`: for many of them; NULL: for one. */
bool role_part_named(const realm *realm, const realm_client *client, ost_text name,
                     json_finder *finder, role_part *ret_role);

/* The role with the id, of whatever owner. */
bool role_part_anywhere(const realm *realm, ost_text id, role_part *ret_role);

/* The same for many of them: all roles of a realm, by id. */
typedef struct role_index {
    role_part *roles;
    size_t count;
} role_index;
OST_MUST_CHECK ost_result role_index_make(const realm *realm, ost_arena *arena,
                                          role_index *ret_index);
bool role_index_find(const role_index *index, ost_text id, role_part *ret_role);

/* What the store calls it, and what it is to be called (empty: gone). */
store_renaming role_part_renaming(const role_part *role, ost_text to);

/* Writes the roles that a list of names stands for, as elements: those that exist. `names` of
 * `client`, or (NULL) of the realm. */
void admin_put_named_roles(admin_call *admin, const realm_client *client, const ost_json *names,
                           bool brief, ost_json_writer *writer);

/* Sorts roles by name, and writes those that the query's "search" finds, from the first-th on and
 * `max` at most, as elements. */
void admin_put_role_page(admin_call *admin, role_part *roles, size_t count, int64_t first,
                         int64_t max, bool brief, ost_json_writer *writer);

/* The realm's document with other roles of a client or (NULL) of the realm. */
OST_MUST_CHECK ost_result admin_put_role_list(admin_call *admin, const realm_client *client,
                                              const ost_json *list, const ost_json **ret_document);

/* True unless the query says otherwise. */
bool admin_is_brief(const admin_call *admin);

#endif
