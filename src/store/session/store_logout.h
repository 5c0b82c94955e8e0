/* SPDX-License-Identifier: Apache-2.0 */
/* Logouts of which clients are to be told (OpenID Connect Back-Channel Logout 1.0). */
#ifndef STORE_LOGOUT_H
#define STORE_LOGOUT_H

#include "store/store.h"

/* Rows at a time, all realms together: of what ends beyond that, nobody is told. */
#define STORE_LOGOUTS_MAX 200000

/* One client, one session that it had a part in and that somebody has ended. Made for those clients
 * alone which have an address in their realm's document. */
typedef struct store_logout {
    int64_t id;
    ost_text realm, client_id, session_id, user_id, issuer;
    int64_t ended;
    int64_t attempts; /* that have failed */
    /* No logout, but that a user has answered a backchannel authentication request, at `ended`: its
     * id, and the token that the client knows us by (CIBA, ping mode); it is of no use after
     * `ends`. Session, user and issuer are empty. */
    ost_text auth_req_id, notification_token;
    int64_t ends;
} store_logout;
/* Lends out at most `max` that are due at `now`: until the second `until` nobody else gets them. */
OST_MUST_CHECK ost_result store_logout_take(store *store, int64_t now, int64_t until, size_t max,
                                            ost_arena *arena, store_logout **ret_logouts,
                                            size_t *ret_count);
typedef struct store_logout_outcome {
    int64_t id;
    int64_t due; /* 0: it is over; else when it is due again */
    bool tried;  /* that was one more attempt */
} store_logout_outcome;
OST_MUST_CHECK ost_result store_logout_settle(store *store, const store_logout_outcome *outcomes,
                                              size_t count);
/* How many wait, and whether any is due. */
OST_MUST_CHECK ost_result store_logout_count(store *store, int64_t now, int64_t *ret_count,
                                             bool *ret_due);

#endif
