/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a login goes by a flow that is there, and what it begins with: a password or a passkey.
 * What comes after that is found by walking through it (provider/flow). Others cannot be followed,
 * and their logins are refused. The same of the flow by which people make accounts for
 * themselves. */
#ifndef REALM_FLOW_H
#define REALM_FLOW_H

#include <ostiary/json.h>

#include "provider/flow/flow_facts.h"
#include "provider/webauthn/passkey_flow.h"

typedef enum realm_flow { REALM_FLOW_BROWSER, REALM_FLOW_DIRECT_GRANT } realm_flow;

/* What a flow may demand of who logs in. */
typedef enum realm_flow_demand {
    FLOW_REFUSED,       /* it has steps that are not there */
    FLOW_CODE,          /* a password and a second factor, of everybody or of those whom a condition
                           of the flow means */
    FLOW_CODE_OF_OWNER, /* likewise, the factor of those who have one */
    FLOW_PASSWORD,      /* a password, or what stands in its place, alone */
} realm_flow_demand;

/* The flow itself; NULL: Keycloak's own, or one that is not there, which is refused. `client` as
 * below. */
const ost_json *realm_flow_chosen(const ost_json *realm, const ost_json *client, realm_flow flow);

/* Whether the realm has a flow of this alias or id: one of its own, or one of Keycloak's. */
bool realm_flow_exists(const ost_json *realm, ost_text name);

/* `client` (its document, or NULL: the realm alone) may override the realm's flow. */
realm_flow_demand realm_flow_demand_of(const ost_json *realm, const ost_json *client,
                                       realm_flow flow);
/* The factors (bits of realm_factor) that the flow may ask for beside a password. */
unsigned realm_flow_factors_of(const ost_json *realm, const ost_json *client, realm_flow flow);

/* Whether a passkey will do in the browser flow instead of the password. `offered`: by the realm's
 * policy. */
passkey_rule realm_flow_passkey_of(const ost_json *realm, const ost_json *client, bool offered);

/* Whether a password will do in the browser flow, and whether the browser's session. */
bool realm_flow_takes_password(const ost_json *realm, const ost_json *client);
bool realm_flow_takes_session(const ost_json *realm, const ost_json *client);
/* The levels of authentication that the browser flow has conditions by, from the lowest. */
typedef struct realm_levels {
    int64_t list[FLOW_LEVELS_MAX];
    size_t count;
} realm_levels;
realm_levels realm_flow_levels_of(const ost_json *realm, const ost_json *client);

/* What the realm's registration flow asks newcomers for, beside their profile. */
typedef struct realm_registration_flow {
    bool followed; /* no step of it is missing here; if not, nobody may register */
    bool password, terms;
} realm_registration_flow;
realm_registration_flow realm_flow_of_registration(const ost_json *realm);

/* How people make accounts for themselves. */
typedef struct realm_registration {
    bool allowed;         /* they do, and the realm's flow for it can be followed */
    bool email_is_name;   /* their address is their user name */
    bool password, terms; /* what the page asks for beside a profile */
    int64_t burst; /* accounts from one network until it waits; 0: any number; Ostiary's own */
} realm_registration;

realm_registration realm_registration_of(const ost_json *realm);

#endif
