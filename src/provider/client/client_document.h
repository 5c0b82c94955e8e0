/* SPDX-License-Identifier: Apache-2.0 */
/* A client whose ID is the address of its metadata
 * (draft-ietf-oauth-client-id-metadata-document). */
#ifndef CLIENT_DOCUMENT_H
#define CLIENT_DOCUMENT_H

#include "provider/call/call.h"

#define CLIENT_DOCUMENT_ID_MAX 1024 /* bytes */

/* Can it be such an ID (§3 of the draft)? https, a host, a path, and nothing that two readers could
 * take for two addresses: no user, no fragment, no dot segments, no escapes or capitals in the
 * host.
 */
bool client_document_is_id(ost_text client_id);

/* The host of an ID, with its port. */
ost_text client_document_host(ost_text client_id);

/* The client that the document tells of: a public one, which has to ask its users for consent and
 * to use PKCE; its scopes are those that the realm gives to new clients. In the arena. False, with
 * call->client_problem: the document is not this client's, or not good; the call is not refused. */
bool client_document_read(call *call, ost_text client_id, ost_text document,
                          realm_client **ret_client);

#endif
