/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication context class references: names for levels of authentication, of the client's or
 * the realm's attribute acr.loa.map, and what a request asks of them (OpenID Connect Core §3.1.2.1,
 * §5.5.1.1). */
#ifndef ACR_LEVEL_H
#define ACR_LEVEL_H

#include "provider/call/call.h"
#include "provider/session/session_level.h"

/* Of a flow that has no levels of its own: */
#define ACR_LEVEL_SESSION 0 /* somebody has come with a session */
#define ACR_LEVEL_PROVED 1  /* they have proved who they are for this request */

/* The level that a name stands for; a number stands for itself. False: it is not known. */
bool acr_level_of(call *call, const realm_client *client, ost_text name, int64_t *ret_level);

/* What a token says of how somebody came in; NULL: by proving who they are. As in Keycloak: of the
 * names that were asked for, and otherwise of all, that of the highest level which they reached;
 * the number of the level where there is none. `client` NULL: by the realm alone. */
ost_text acr_level_name(call *call, const realm_client *client, const reached_level *reached);

/* The name after `before` (NULL: the first) of those that the realm has for its levels; NULL: there
 * are no more. */
const ost_json *acr_name_after(call *call, const ost_json *before, ost_text *ret_name);

/* How the user of a verified token came in for the client that it was issued to, at the login that
 * the token comes from: that client may have had its user log in again since. A token that says
 * nothing of it is worth nothing. *ret NULL: nothing is known. Uses the store: on the pool, and its
 * errors. */
OST_MUST_CHECK ost_result acr_level_of_token(call *call, const ost_claims *claims,
                                             const reached_level **ret);

/* What a request asks for. */
typedef enum acr_demand {
    ACR_ANY,    /* a session will do, if it has the level */
    ACR_PROVED, /* they have to prove who they are; there is nothing better, if that is asked for */
    ACR_UNMET,  /* it is essential, and cannot be had */
    ACR_UNKNOWN, /* it is essential, and nobody knows what it is */
} acr_demand;

/* Of the form's `claims` and `acr_values`, or of the client's default.acr.values, in that order; no
 * less than its minimum.acr.value. Claims that are no JSON ask for nothing. The level is asked for
 * where the client's flow has some: the highest of the flow at most, unless more is essential. */
acr_demand acr_demand_read(call *call, const realm_client *client, call_level *ret_level);

/* The same of a request that says nothing of levels itself, as a device's: what the client has.
 * True: ACR_PROVED, false: ACR_ANY. */
bool acr_demand_of_client(call *call, const realm_client *client, call_level *ret_level);

/* The names of which one would do, as policies see them: of `claims`, or of `acr_values`, or of
 * default.acr.values. An array; NULL: out of memory. */
const ost_json *acr_names_asked(call *call, const realm_client *client);

#endif
