/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of a realm's document, found by their path. */
#ifndef GROUP_H
#define GROUP_H

#include "provider/realm/realm.h"

#define GROUP_DEPTH 32

/* The groups on the way to "/parent/child", the outermost first: how many, 0 when there is no such
 * group. A slash within a name stands as it is, which is how Keycloak writes it, or as "~/", which
 * it can be set to write. */
size_t group_path(const ost_json *groups, ost_text path, const ost_json *ret_groups[GROUP_DEPTH]);

bool group_exists(const realm *realm, ost_text path);

#endif
