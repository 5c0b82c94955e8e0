/* SPDX-License-Identifier: Apache-2.0 */
/* How far the upgrade of a store's file has come, for who waits for it. A database is upgraded by
 * its server, which tells nothing meanwhile. */
#ifndef UPGRADE_WATCH_H
#define UPGRADE_WATCH_H

#include <stdint.h>

typedef struct store_upgrade_step {
    int number;             /* of the migration that runs */
    int64_t ms;             /* since it began */
    uint64_t written, size; /* bytes: by it, so far; of the store, when it began */
} store_upgrade_step;

typedef void store_upgrade_teller(void *user, const store_upgrade_step *step);

/* From now on `tell` is called, many times a second, by whoever opens a store whose schema is
 * older, while that is upgraded. It must not touch the store. NULL: nobody is told, as before. Not
 * while a store is being opened. */
void store_upgrade_watch(store_upgrade_teller *tell, void *user);

#endif
