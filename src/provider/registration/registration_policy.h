/* SPDX-License-Identifier: Apache-2.0 */
/* Who may register clients, and which: the realm's ClientRegistrationPolicy components, as Keycloak
 * reads them. A realm without them lets nobody register without an account. */
#ifndef REGISTRATION_POLICY_H
#define REGISTRATION_POLICY_H

#include "provider/registration/client_metadata.h"

/* What the policies make of a client that nobody with an account has registered. */
typedef struct registration_policy {
    bool consent_required;
    bool full_scope_disabled;
    int64_t max_clients; /* of the realm, all told */
} registration_policy;

/* Checks a client that is registered (or changed) without an account: "Trusted Hosts" by the
 * sender's address and by the client's URIs, and the number of clients when `is_new`. False: the
 * call is refused with insufficient_scope and Keycloak's words. */
bool registration_policy_check(call *call, const client_metadata *metadata, bool is_new,
                               registration_policy *ret_policy);

/* The settings of a policy of the realm for strangers, or for those whom somebody has let register.
 * NULL: the realm has none of that kind. */
const ost_json *registration_policy_config(const call *call, const char *policy, bool anonymous);

#endif
