/* SPDX-License-Identifier: Apache-2.0 */
/* The client policies of a realm that are enabled, and what they say of a request, or of a client
 * that is to be made or changed. Policies apply in their order, of each policy the profiles, of
 * each profile the executors, as in Keycloak 26; the first refusal counts. */
#ifndef POLICY_SET_H
#define POLICY_SET_H

#include "provider/policy/policy_case.h"

typedef struct policy_set policy_set;

/* Reads "clientPolicies" and "clientProfiles" of a realm's document, which have to live as long.
 * *ret_set: NULL when no policy is enabled. OST_E_UNSUPPORTED: one has a condition or an executor
 * that is not enforced; OST_E_FORMAT: one demands what the realm does not have; with its name. */
OST_MUST_CHECK ost_result policy_set_read(const ost_json *document, ost_arena *arena,
                                          const policy_set **ret_set, ost_error *error);

/* NULL: nothing is against it, and what the policies change (enum policy_effect) is added to
 * *effects. `set` may be NULL. */
const policy_refusal *policy_set_check(const policy_set *set, const policy_case *c,
                                       unsigned *effects);

/* The flow that an authorization request is to go by, which nothing is against. */
policy_flow policy_set_flow(const policy_set *set, const policy_case *c);

/* What is to be asked about an authorization request, which nothing is against; in the case's
 * arena. NULL in *ret_first: nothing. OST_E_MEMORY. */
OST_MUST_CHECK ost_result policy_set_questions(const policy_set *set, const policy_case *c,
                                               const policy_question **ret_first);

/* When the client's secret, which has no end, ends from now on, since it makes this request, which
 * nothing is against (secret-rotation); seconds. 0: it is none that they are for, or it has an end.
 */
int64_t policy_set_secret_end(const policy_set *set, const policy_case *c);

/* Whether any of them has the secret before count for a time (secret-rotation). */
bool policy_set_rotates(const policy_set *set);

/* The same of POLICY_REGISTER, POLICY_UPDATE and POLICY_RENEWAL; *ret_edits is what is to be
 * changed in `proposed`.
 */
const policy_refusal *policy_set_propose(const policy_set *set, const policy_case *c,
                                         policy_edits *ret_edits);

#endif
