/* SPDX-License-Identifier: Apache-2.0 */
/* Where somebody stands in the authentication flow of the call's client. */
#ifndef AUTHENTICATION_FLOW_H
#define AUTHENTICATION_FLOW_H

#include "provider/call/call.h"
#include "provider/flow/flow_walk.h"
#include "provider/session/authenticated_user.h"
#include "store/session/store_session.h"

/* The words by which proofs are known, as types of credentials; separated by spaces. */
#define PROVED_BY_PASSWORD "password"
#define PROVED_BY_PASSKEY "webauthn-passwordless"

typedef struct flow_standing {
    realm_flow flow;
    ost_text proofs;                     /* what they have brought in this login, in words */
    const struct store_session *session; /* of theirs, that the browser has and that may be come
                                     with; NULL: none */
    /* Of those who have come by an identity provider, aliases of flows that they go through beside
     * that one; empty: none. */
    ost_text first; /* the owners of accounts that are to be linked, */
    bool vouched;   /* whose address the provider vouches for, */
    ost_text post;  /* and everybody afterwards */
} flow_standing;

/* The next step. On the pool. */
flow_verdict authentication_walk(call *call, const authenticated_user *user,
                                 const flow_standing *standing);

/* Where somebody stands in a flow of first logins alone: an account's owner, or (`user` NULL) who
 * is like nobody here. Keycloak's own flow lets both go on. On the pool. */
flow_verdict authentication_walk_first(call *call, const authenticated_user *user, ost_text alias,
                                       bool vouched);

/* The factors that the browser flow wants everybody like them to have, whatever they come by, and
 * that they lack. */
unsigned authentication_lacks(call *call, const authenticated_user *user);

#endif
