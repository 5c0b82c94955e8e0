/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of a store, made while providers work with it, and a store made of such a copy. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <ostiary/types.h>

/* What a copy holds. */
typedef struct store_contents {
    int64_t realms, users, sessions;
} store_contents;

/* Writes all that the store at `path` has committed, at one moment, to `to`, a new file with mode
 * 0600 that is there whole or not at all. The copy has no free pages, so nothing that was deleted.
 * The store's schema stays as it is: an older program may be working with it. OST_E_CONFLICT: `to`
 * exists; OST_E_SCHEMA: a newer program wrote the store; OST_E_STORE, OST_E_SYSTEM: the detail says
 * which file and why. */
OST_MUST_CHECK ost_result store_backup(const char *path, const char *to,
                                       store_contents *ret_contents, ost_error *error);

/* Makes a store at `path`, a new file, of the copy `from`, whose pages, keys and references are
 * checked first. `end_sessions`: without the copy's sessions, offline ones and authorization codes,
 * some of which may have been ended since it was made. Results as above; OST_E_STORE also for a
 * copy that is damaged. */
OST_MUST_CHECK ost_result store_restore(const char *from, const char *path, bool end_sessions,
                                        store_contents *ret_contents, ost_error *error);

#endif
