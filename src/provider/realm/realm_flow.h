/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a login goes by a flow that is there: a password, and a one-time code of everybody or of
 * those who have one. Others cannot be followed, and their logins are refused. The same of the flow
 * by which people make accounts for themselves. */
#ifndef REALM_FLOW_H
#define REALM_FLOW_H

#include <ostiary/json.h>

typedef enum realm_flow { REALM_FLOW_BROWSER, REALM_FLOW_DIRECT_GRANT } realm_flow;

/* What a flow demands of who logs in. */
typedef enum realm_flow_demand {
    FLOW_REFUSED,       /* it has steps that are not there */
    FLOW_CODE,          /* a password and a one-time code */
    FLOW_CODE_OF_OWNER, /* likewise, the code of those who have one */
    FLOW_PASSWORD,      /* a password alone */
} realm_flow_demand;

/* `client` (its document, or NULL: the realm alone) may override the realm's flow. */
realm_flow_demand realm_flow_demand_of(const ost_json *realm, const ost_json *client,
                                       realm_flow flow);

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
