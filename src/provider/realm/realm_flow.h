/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a login goes by a flow that is there: password, and a second factor for those who have
 * one. Others cannot be followed, and their logins are refused. */
#ifndef REALM_FLOW_H
#define REALM_FLOW_H

#include <ostiary/json.h>

typedef enum realm_flow { REALM_FLOW_BROWSER, REALM_FLOW_DIRECT_GRANT } realm_flow;

/* `client` (its document, or NULL: the realm alone) may override the realm's flow. */
bool realm_flow_is_usual(const ost_json *realm, const ost_json *client, realm_flow flow);

#endif
