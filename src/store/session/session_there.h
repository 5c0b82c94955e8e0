/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions by what they are at the identity provider that they began at. */
#ifndef SESSION_THERE_H
#define SESSION_THERE_H

#include "store/store.h"

/* Sessions that began at an identity provider, as their notes name it, for one session there or for
 * one user (empty: any; not both). */
typedef struct store_session_there {
    ost_text realm, provider, session, user;
    bool offline; /* those for offline access too */
    /* What may be done once, as in store_use_once; an empty id: any number of times. */
    ost_text once_owner, once_id;
    int64_t once_until;
} store_session_there;
typedef struct store_ended_session {
    ost_text id, user_id;
} store_ended_session;
/* Ends all of them, in one transaction; their clients are to be told. At most `max` are listed, for
 * the log. OST_E_CONFLICT: it has been done before, and nothing was changed. */
OST_MUST_CHECK ost_result store_session_end_there(store *store, const store_session_there *of,
                                                  size_t max, ost_arena *arena,
                                                  store_ended_session **ret_ended,
                                                  size_t *ret_count);

#endif
