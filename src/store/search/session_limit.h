/* SPDX-License-Identifier: Apache-2.0 */
/* Logins within limits of sessions. */
#ifndef SESSION_LIMIT_H
#define SESSION_LIMIT_H

#include "store/store.h"

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

/* store_login of a session that begins, or of a client's part that does in one which is there,
 * within limits: of several at once no more come in than there is room for. OST_E_CEILING: there is
 * none.
 */
OST_MUST_CHECK ost_result store_login_within(store *store, const store_room *room,
                                             const store_session *session,
                                             const store_client_session *client_session,
                                             const store_code *code);

#endif
