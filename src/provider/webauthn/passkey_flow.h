/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a browser flow lets somebody in by a passkey alone, and what else it then asks for. */
#ifndef PASSKEY_FLOW_H
#define PASSKEY_FLOW_H

#include <ostiary/json.h>

typedef enum passkey_rule {
    PASSKEY_NONE,       /* it takes no passkeys */
    PASSKEY_SUFFICES,   /* one stands for the password, and for a second factor */
    PASSKEY_AND_FACTOR, /* it stands for the password alone */
} passkey_rule;

/* `flow` is one of the realm's; NULL: Keycloak's own. `offered`: forms for passwords take passkeys,
 * too (webAuthnPolicyPasswordlessPasskeysEnabled). What cannot be followed takes none. */
passkey_rule passkey_flow_rule(const ost_json *realm, const ost_json *flow, bool offered);

/* Whether one of the realm's lets somebody in who has a password and no passkey. */
bool passkey_flow_is_needless(const ost_json *realm, const ost_json *flow);

#endif
