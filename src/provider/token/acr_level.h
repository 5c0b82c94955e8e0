/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication context class references: names for levels of authentication, of the client's or
 * the realm's attribute acr.loa.map, and what a request asks of them (OpenID Connect Core §3.1.2.1,
 * §5.5.1.1). */
#ifndef ACR_LEVEL_H
#define ACR_LEVEL_H

#include "provider/call/call.h"

#define ACR_LEVEL_SESSION 0 /* somebody has come with a session */
#define ACR_LEVEL_PROVED 1  /* they have proved who they are for this request */

/* The level that a name stands for; a number stands for itself. False: it is not known. */
bool acr_level_of(call *call, const realm_client *client, ost_text name, int64_t *ret_level);

/* How a level is called; "0" and "1" where it has no name. `client` NULL: by the realm alone. */
ost_text acr_level_name(call *call, const realm_client *client, int64_t level);

/* What a request asks for. */
typedef enum acr_demand {
    ACR_ANY,    /* a session will do */
    ACR_PROVED, /* they have to prove who they are; there is nothing better, if that is asked for */
    ACR_UNMET,  /* it is essential, and cannot be had */
    ACR_UNKNOWN, /* it is essential, and nobody knows what it is */
} acr_demand;

/* Of the form's `claims` and `acr_values`, or of the client's default.acr.values, in that order.
 * Claims that are no JSON ask for nothing. */
acr_demand acr_demand_read(call *call, const realm_client *client);

/* The names of which one would do, as policies see them: of `claims`, or of `acr_values`, or of
 * default.acr.values. An array; NULL: out of memory. */
const ost_json *acr_names_asked(call *call, const realm_client *client);

#endif
