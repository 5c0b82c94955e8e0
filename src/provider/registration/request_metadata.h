/* SPDX-License-Identifier: Apache-2.0 */
/* What the requests of a client that registers are (OpenID Connect Registration §2): where their
 * objects may be, and which levels of authentication they ask for when they do not say. */
#ifndef REQUEST_METADATA_H
#define REQUEST_METADATA_H

#include "provider/call/call.h"

/* As in the client's attributes, in the arena; empty: nothing is said. */
typedef struct request_metadata {
    ost_text uris;       /* request_uris: https addresses, also with a hash of what is there */
    ost_text acr_values; /* default_acr_values: names that the realm knows */
} request_metadata;

/* False: the call is refused with invalid_client_metadata. */
bool request_metadata_read(call *call, const ost_json *document, request_metadata *ret_metadata);

/* As attributes of the client's document; and of a client, as members of its metadata. */
void request_metadata_store(const request_metadata *metadata, ost_json_writer *writer);
void request_metadata_write(const realm_client *client, ost_json_writer *writer);

/* Is it one of these attributes? */
bool request_metadata_owns(ost_text attribute);

#endif
