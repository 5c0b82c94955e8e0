/* SPDX-License-Identifier: Apache-2.0 */
/* Giving a role or a group another name, or none, wherever a realm names it. */
#ifndef ADMIN_RENAME_H
#define ADMIN_RENAME_H

#include "provider/admin/admin_call.h"
#include "store/user/user_link.h"

/* The realm's document with the new name in composites, groups, scope mappings and default groups.
 */
OST_MUST_CHECK ost_result document_rename(const ost_json *document, const store_renaming *renaming,
                                          ost_arena *arena, const ost_json **ret_document);

/* Renames in `document` and in the documents of users, and stores both in one transaction. A
 * document that cannot be is refused: look at the call's status. */
OST_MUST_CHECK ost_result admin_rename(admin_call *admin, const ost_json *document,
                                       const store_renaming *renaming);

#endif
