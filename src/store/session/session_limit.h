/* SPDX-License-Identifier: Apache-2.0 */
/* How many sessions somebody may have. */
#ifndef SESSION_LIMIT_H
#define SESSION_LIMIT_H

#include <ostiary/types.h>

/* How many sessions somebody may have when one more begins (offline ones do not count); 0: any
 * number. With `denies` of them it does not begin; of more than `ends`, with the new one, those
 * that were used least lately end, and their clients are told. */
typedef struct store_room_limit {
    int64_t denies, ends;
} store_room_limit;
typedef struct store_room {
    ost_text realm, user_id;
    int64_t now;
    store_room_limit user, client; /* and of these with the client whose part begins */
} store_room;

#endif
