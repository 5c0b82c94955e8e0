/* SPDX-License-Identifier: Apache-2.0 */
/* Delivers to clients, in the background, logout tokens (OpenID Connect Back-Channel Logout 1.0
 * §2.5) and notifications that a user has answered (CIBA Core §10.2): nobody who logs in or out
 * waits for it. What is to be told stands in the store, so that a stop loses nothing. Each client
 * gets a few at a time; one that fails is left alone for a while, a second at first and a minute at
 * most, and what it does not take within an hour is given up, a notification when the request that
 * it is about has expired. */
#ifndef LOGOUT_POST_H
#define LOGOUT_POST_H

#include "provider/call/provider_state.h"
#include "provider/logout/logout_peer.h"

#define LOGOUT_OF_CLIENT 8     /* at a time, to one client */
#define LOGOUT_BACK_OFF_MAX 60 /* seconds */
#define LOGOUT_GIVE_UP 3600    /* seconds since the session ended */
#define LOGOUT_REFUSALS 3      /* of one token by its client (4xx): it does not want it */

typedef struct logout_post logout_post;

/* `ca_file`: PEM of the authorities to trust; NULL: the system's. */
OST_MUST_CHECK ost_result logout_post_new(provider *of, const char *ca_file,
                                          logout_post **ret_post);
OST_MUST_CHECK ost_result logout_post_start(logout_post *post);
/* Ends the thread; what is under way is cut off, and told again after the next start. */
void logout_post_stop(logout_post *post);
void logout_post_free(logout_post *post); /* NULL is fine */

typedef struct delivery_count {
    uint64_t sent, failed; /* attempts */
    uint64_t given_up;     /* of which a client was not told at last */
} delivery_count;

typedef struct logout_post_state {
    delivery_count of[DELIVERY_KINDS];
    int64_t waiting; /* for their first attempt, or another */
} logout_post_state;
void logout_post_read_state(logout_post *post, logout_post_state *ret_state);

#endif
