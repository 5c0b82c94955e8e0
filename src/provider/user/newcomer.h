/* SPDX-License-Identifier: Apache-2.0 */
/* What a realm gives to new users. */
#ifndef NEWCOMER_H
#define NEWCOMER_H

#include "provider/realm/realm.h"

/* Its default role, groups and required actions, in the document of a user who has none of their
 * own. `agreed`: they have agreed to the terms, and are not asked again. */
OST_MUST_CHECK ost_result newcomer_put_gifts(const realm *realm, bool agreed, ost_arena *arena,
                                             const ost_json **document);

#endif
