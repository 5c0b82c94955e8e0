/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of users, and the parts that clients have in them. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store/store.h"

typedef struct store_session {
    ost_text id, realm, user_id;
    int64_t auth_time; /* the user proved who they are */
    int64_t started, last_access;
    int64_t ends;      /* absolute: SSO max */
    int64_t idle_ends; /* moves with every use */
    bool remembered;
    ost_text notes; /* JSON object: acr, ip, … */
} store_session;
/* The part of a session that belongs to one client. */
typedef struct store_client_session {
    ost_text session_id, client_id;
    ost_text scope, nonce, redirect_uri;
    ost_text refresh_id; /* written, never read back: jti of a refresh token that begins a chain of
                            its own; empty: none */
    int64_t started, last_access;
    ost_text notes;
    ost_text from; /* written: of whose token, of `since`, it is made, as its notes say; or empty */
    int64_t since;
    ost_text issuer; /* as the client knows it */
} store_client_session;

OST_MUST_CHECK ost_result store_session_create(store *store, const store_session *session);
OST_MUST_CHECK ost_result store_session_get(store *store, ost_text realm, ost_text id,
                                            ost_arena *arena, store_session *ret_session);
OST_MUST_CHECK ost_result store_session_touch(store *store, ost_text realm, ost_text id,
                                              int64_t last_access, int64_t idle_ends);
OST_MUST_CHECK ost_result store_session_note(store *store, ost_text realm, ost_text id,
                                             ost_text notes); /* OST_E_NOT_FOUND, as below */
/* Deletes the session with its client sessions and codes; its clients are to be told (below). */
OST_MUST_CHECK ost_result store_session_end(store *store, ost_text realm, ost_text id);
/* The sessions of a realm, or of a user of it (empty: of all), latest first; `limit` at most. */
OST_MUST_CHECK ost_result store_session_list(store *store, ost_text realm, ost_text user_id,
                                             size_t limit, ost_arena *arena,
                                             store_session **ret_sessions, size_t *ret_count);
/* Those of a user, of a client that takes part in them, or (neither is empty) of both; offline ones
 * or the others; of sessions that are not over at `now`, `max` after the first `first`, the oldest
 * first. */
typedef struct store_session_filter {
    ost_text realm, user_id, client_id;
    bool offline;
    int64_t now;
    size_t first, max;
} store_session_filter;
typedef struct store_found_session {
    ost_text id, user_id, username, notes;
    int64_t started, last_access;
    bool remembered;
} store_found_session;
OST_MUST_CHECK ost_result store_session_find(store *store, const store_session_filter *filter,
                                             ost_arena *arena, store_found_session **ret_sessions,
                                             size_t *ret_count);
/* The clients of a session, and those of a realm with the number of their sessions; at most 1,000.
 * And that number of one client. */
typedef struct store_session_count {
    ost_text client_id;
    int64_t sessions, offline; /* the latter are not among the former */
} store_session_count;
OST_MUST_CHECK ost_result store_session_clients(store *store, ost_text session_id, ost_arena *arena,
                                                store_session_count **ret_clients,
                                                size_t *ret_count);
OST_MUST_CHECK ost_result store_session_stats(store *store, ost_text realm, int64_t now,
                                              ost_arena *arena, store_session_count **ret_counts,
                                              size_t *ret_count);
OST_MUST_CHECK ost_result store_session_count_of(store *store, ost_text realm, ost_text client_id,
                                                 bool offline, int64_t now, int64_t *ret_count);
/* Ends all sessions of a user, or (empty) of the realm; their clients are to be told. A portion in
 * each transaction, so that who logs in meanwhile waits for none but the one: after a failure some
 * have ended. */
OST_MUST_CHECK ost_result store_session_end_all(store *store, ost_text realm, ost_text user_id);
/* Writes all of it but when it began. OST_E_NOT_FOUND: it is gone, and stays so. */
OST_MUST_CHECK ost_result store_client_session_put(store *store,
                                                   const store_client_session *session);
OST_MUST_CHECK ost_result store_client_session_get(store *store, ost_text session_id,
                                                   ost_text client_id, ost_arena *arena,
                                                   store_client_session *ret_session);
/* Ends it, and the parts that were made of it (`from`), and of these. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result store_client_session_end(store *store, ost_text session_id,
                                                   ost_text client_id);
/* The client has no part in the session any more, if it had one, and a session in which no client
 * has one ends. */
OST_MUST_CHECK ost_result store_session_leave(store *store, ost_text realm, ost_text session_id,
                                              ost_text client_id);

#endif
