/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that register themselves (RFC 7591) and manage what they registered (RFC 7592). All of it
 * uses the store: on the pool. */
#ifndef REGISTRATION_H
#define REGISTRATION_H

#include "provider/registration/client_metadata.h"
#include "provider/registration/registrant.h"

/* A client of its own making: the call's answer is its metadata with the registration access token.
 * For who shows an initial access token, or has the role create-client or manage-clients, the
 * policies for strangers do not count. Refuses the call with the errors of RFC 7591 §3.2.2. */
bool registration_create(call *call, const client_metadata *metadata, const registrant *by);

/* Of the client that registrant_open has opened: its metadata as the call's answer; the same with
 * other metadata (and a new registration access token: the one before, `presented`, is void, unless
 * client policies let it stand); its end. Who changes one by their own rights leaves its token as
 * it is, and is not told it. */
bool registration_read(call *call, ost_text token, const registrant *by);
bool registration_update(call *call, const client_metadata *metadata, ost_text presented,
                         const registrant *by);
bool registration_delete(call *call);

/* The same by Keycloak's own representation (representation.h), which is also the answer. */
bool registration_create_represented(call *call, const ost_json *representation,
                                     const registrant *by);
bool registration_read_represented(call *call, ost_text token, const registrant *by);
bool registration_update_represented(call *call, const ost_json *representation, ost_text presented,
                                     const registrant *by);

#endif
