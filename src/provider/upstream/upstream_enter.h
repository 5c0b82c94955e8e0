/* SPDX-License-Identifier: Apache-2.0 */
/* An account at an identity provider that is linked with one here, once its owner has shown that
 * both are theirs. */
#ifndef UPSTREAM_ENTER_H
#define UPSTREAM_ENTER_H

#include "provider/upstream/upstream_identity.h"

typedef enum upstream_entry {
    UPSTREAM_ENTERS,
    UPSTREAM_IS_ANOTHER,  /* it is not this user who was to show it */
    UPSTREAM_IS_LINKED,   /* the user, or who they are there, is linked with somebody else by now */
    UPSTREAM_HAS_CHANGED, /* the user has been changed meanwhile */
    UPSTREAM_IS_BUSY,
} upstream_entry;

/* The user of a login has proved who they are: stores the link that waits for that, if one does.
 * *user is as it is then. On the pool. */
upstream_entry upstream_enter(call *call, ost_text identity, authenticated_user *user);

/* Whether a user is linked with the identity: whoever comes by a password meanwhile, as somebody
 * else, has not come by it. */
bool upstream_is_of(call *call, ost_text identity, const authenticated_user *user);

#endif
