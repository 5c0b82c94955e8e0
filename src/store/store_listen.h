/* SPDX-License-Identifier: Apache-2.0 */
/* Being told of others' changes, as soon as they are made. */
#ifndef STORE_LISTEN_H
#define STORE_LISTEN_H

#include <ostiary/types.h>

#include "store/store.h"

typedef struct store store;

/* From now on until store_listen_end, calls `changed` when store_generation may tell another
 * number: in a thread of the store's, which should not be held up. It is a word, and no promise:
 * whoever listens looks at the number all the same. Once; a store in a file, and one behind a
 * pooler, never calls it. OST_E_MEMORY, OST_E_SYSTEM: nothing was begun. */
OST_MUST_CHECK ost_result store_listen(store *store, void (*changed)(void *user), void *user);

/* `changed` is called no more; it may not call this. Without store_listen it does nothing. */
void store_listen_end(store *store);

#endif
