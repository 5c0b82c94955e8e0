/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that are to be made or changed, under the client policies of their realm. */
#ifndef CLIENT_PROPOSAL_H
#define CLIENT_PROPOSAL_H

#include "provider/policy/policy_set.h"
#include "provider/realm/realm.h"

/* *document, a whole ClientRepresentation, as the policies have it: what they configure by
 * themselves is set, and a client that does not say how it proves who it is does so by its secret.
 * `existing` NULL: it is new. *ret_refusal: what is against it, otherwise NULL. In the arena.
 * OST_E_MEMORY. */
OST_MUST_CHECK ost_result client_proposal_settle(const realm *realm, const realm_client *existing,
                                                 const char *updater, ost_arena *arena,
                                                 const ost_json **document,
                                                 const policy_refusal **ret_refusal);

#endif
