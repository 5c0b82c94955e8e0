/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that are to be made or changed, under the client policies of their realm. */
#ifndef CLIENT_PROPOSAL_H
#define CLIENT_PROPOSAL_H

#include "provider/call/call.h"
#include "provider/policy/policy_set.h"

/* Who makes or changes a client. */
typedef struct client_updater {
    const char *how; /* BY_USER and so on (policy_case.h) */
    ost_text address;
    int64_t now;                    /* seconds */
    const ost_json *roles, *groups; /* of a user of the client's realm, as policies ask for them */
} client_updater;

/* `user_id` empty: nobody's account, or one of another realm. Uses the store, where policies may
 * want to know: on the pool. */
OST_MUST_CHECK ost_result client_updater_read(call *call, const realm *realm, const char *how,
                                              ost_text user_id, client_updater *ret_updater);

/* *document, a whole ClientRepresentation, as the policies have it: what they configure by
 * themselves is set, and a client that does not say how it proves who it is does so by its secret.
 * `existing` NULL: it is new. *ret_effects: what they change beside it (enum policy_effect).
 * *ret_refusal: what is against it, otherwise NULL. In the arena. OST_E_MEMORY. */
OST_MUST_CHECK ost_result client_proposal_settle(const realm *realm, const realm_client *existing,
                                                 const client_updater *updater, ost_arena *arena,
                                                 const ost_json **document, unsigned *ret_effects,
                                                 const policy_refusal **ret_refusal);

/* *document, of a client whose secret has been made anew, as the policies have it: the one before
 * may count for a time. The rest likewise. */
OST_MUST_CHECK ost_result client_proposal_renew(const realm *realm, const realm_client *existing,
                                                const client_updater *updater, ost_arena *arena,
                                                const ost_json **document,
                                                const policy_refusal **ret_refusal);

#endif
