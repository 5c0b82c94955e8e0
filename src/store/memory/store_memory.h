/* SPDX-License-Identifier: Apache-2.0 */
/* What nodes of one store remember together, because it must count wherever a request goes. It is
 * written without waiting for the disk (synchronous_commit off): a server that crashes may forget
 * the last second of it, and nothing that was confirmed to anybody. */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include "store/store.h"

/* Whether other processes are expected to serve from the store, so that what one remembers by
 * itself does not suffice. NULL: no. */
bool store_is_shared(const store *store);

/* Notes that `id` of `owner` has been used, until the second `until`. OST_E_CONFLICT: it has been
 * used before, at whichever node; of several at once one succeeds. */
OST_MUST_CHECK ost_result store_use_once(store *store, ost_text owner, ost_text id, int64_t until);

/* Takes a token without a session out of use, by its jti, until the second `until` when it ends by
 * itself; once more changes nothing. Unlike the rest of this file it is on the disk when it is
 * confirmed. */
OST_MUST_CHECK ost_result store_token_revoke(store *store, ost_text id, int64_t until);
/* OST_E_NOT_FOUND: the token has been revoked. */
OST_MUST_CHECK ost_result store_token_check(store *store, ost_text id);

#endif
