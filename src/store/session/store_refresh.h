/* SPDX-License-Identifier: Apache-2.0 */
/* Refresh tokens: each makes way for the next. */
#ifndef STORE_REFRESH_H
#define STORE_REFRESH_H

#include "store/store.h"

/* One turn of a refresh token: `presented`, issued at `presented_at`, makes way for `next`. */
typedef struct store_refresh {
    ost_text realm, session_id, client_id;
    ost_text presented, next;
    int64_t presented_at;
    int64_t max_reuse;
    int64_t grace; /* seconds; 0: none */
    int64_t now, idle_ends;
} store_refresh;

/* Rotation, atomically: uses the token `presented`, adds `next` as its child, and moves the idle
 * time of the session. A token may be used 1 + `max_reuse` times, or as often as it comes within
 * `grace` of its first use, and no more once a child of it has been used. Where `next` is
 * `presented` itself, it stays what it is, if it might be used. OST_E_CONFLICT: used too often, or
 * not known although others are, or the client's part of the session is gone. OST_E_EXPIRED: it may
 * have been dropped, unused, because the session has many newer ones. OST_E_NOT_FOUND: the session
 * is gone. */
OST_MUST_CHECK ost_result store_refresh_use(store *store, const store_refresh *refresh);

#endif
