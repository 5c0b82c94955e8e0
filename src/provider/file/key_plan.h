/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a realm that a file is imported over: none of them is lost, and those of the file
 * come beside them. */
#ifndef KEY_PLAN_H
#define KEY_PLAN_H

#include "provider/file/realm_changes.h"
#include "provider/realm/realm.h"
#include "store/realm/store_key.h"

/* What to write to the store for keys that the file brings, and for algorithms that the realm needs
 * and has no key of. A key that verifies tokens for others signs after it has been published for a
 * while, unless nothing else signs with its algorithm; what it takes over from stays published
 * until its last token has expired. In the arena. OST_E_CONFLICT: another key has the kid already.
 */
OST_MUST_CHECK ost_result key_plan_make(const store_key *stored, size_t stored_count,
                                        const store_key *brought, size_t brought_count,
                                        const realm *realm, const ost_context *context,
                                        ost_arena *arena, realm_changes *changes,
                                        store_key **ret_keys, size_t *ret_count, ost_error *error);

#endif
