/* SPDX-License-Identifier: Apache-2.0 */
/* Clients by their IDs: those that the realm registers, and those that describe themselves. */
#ifndef CLIENT_FIND_H
#define CLIENT_FIND_H

#include "provider/call/call.h"
#include "provider/client/document_kind.h"

/* For the cache of documents that clients describe themselves by. */
extern const document_kind client_metadata_kind;

/* The client, as long as the call; NULL: there is none, or its document is not at hand, and
 * call->client_problem may say why. Never waits. */
const realm_client *client_find(call *call, ost_text client_id);

/* Goes on with `next`, on the exchange's loop, once client_find and client_keys can answer: at
 * once, unless the client's document or its keys have to be fetched. */
void client_await(call *call, ost_text client_id, void (*next)(struct call *call));

#endif
