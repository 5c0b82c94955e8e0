/* SPDX-License-Identifier: Apache-2.0 */
/* An account at an identity provider that is linked with one here, once its owner has shown that
 * both are theirs. */
#ifndef UPSTREAM_ENTER_H
#define UPSTREAM_ENTER_H

#include "provider/session/authentication_flow.h"
#include "provider/upstream/upstream_identity.h"

/* What people see, whatever it was; the log has the reason. */
#define BROKER_FAILED "Unexpected error when authenticating with identity provider"

/* The role of whoever reads kept tokens. */
#define UPSTREAM_READER_CLIENT "broker"
#define UPSTREAM_READER_ROLE "read-token"

typedef enum upstream_entry {
    UPSTREAM_ENTERS,
    UPSTREAM_IS_GONE,     /* nobody logs in by the provider any more */
    UPSTREAM_IS_ANOTHER,  /* it is not this user who was to show it */
    UPSTREAM_IS_LINKED,   /* the user, or who they are there, is linked with somebody else by now */
    UPSTREAM_HAS_CHANGED, /* the user has been changed meanwhile */
    UPSTREAM_IS_BUSY,
} upstream_entry;

/* The user's document with the role that lets clients read in their name what is kept of the
 * provider's tokens, if the provider gives it and the realm has it. */
OST_MUST_CHECK ost_result upstream_put_reader(call *call, const upstream *upstream,
                                              const ost_json **document);

/* Whether an identity waits for the owner of an account here to show that they are both. */
bool upstream_awaits_proof(call *call, ost_text identity);

/* The flows that somebody who has come by an identity provider goes through beside the browser's;
 * none where nobody has. */
void upstream_put_flows(call *call, ost_text identity, const authenticated_user *user,
                        flow_standing *standing);
/* Whether the provider vouches for the address that the user has: it is trusted, has verified it,
 * and so it is here. */
bool upstream_vouches(const upstream_identity *identity, const authenticated_user *user,
                      ost_arena *arena);
/* Whether a mail proves whose an account is that waits to be linked; true where none waits. */
bool upstream_takes_mails(call *call, ost_text identity);

/* Whether a login is about the user: by the name that the request has, or as the owner of the
 * account that an identity is to be linked with, who may be shown by their address. */
bool upstream_lets(call *call, ost_text identity, ost_text name, const authenticated_user *user);

/* Links the identity with the user that it names, who has proved that both are theirs; *user is as
 * they are then. On the pool. */
upstream_entry upstream_link(call *call, const upstream_identity *identity,
                             authenticated_user *user);

/* The user of a login has proved who they are: stores the link that waits for that, if one does;
 * whoever has come by an identity is still linked with it. *user is as it is then. On the pool. */
upstream_entry upstream_enter(call *call, ost_text identity, authenticated_user *user);

#endif
