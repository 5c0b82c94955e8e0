/* SPDX-License-Identifier: Apache-2.0 */
/* How a client that registers is answered when it asks without a browser (CIBA Core §4). */
#ifndef CIBA_METADATA_H
#define CIBA_METADATA_H

#include "provider/call/call.h"

/* Texts are borrowed from the request; empty: nothing is said. */
typedef struct ciba_metadata {
    ost_text mode;     /* backchannel_token_delivery_mode */
    ost_text notified; /* backchannel_client_notification_endpoint */
    ost_text alg;      /* backchannel_authentication_request_signing_alg */
} ciba_metadata;

/* False: the call is refused with invalid_client_metadata. */
bool ciba_metadata_read(call *call, const ost_json *document, ciba_metadata *ret_metadata);

/* As attributes of the client's document; and of a client, as members of its metadata. */
void ciba_metadata_store(const ciba_metadata *metadata, ost_json_writer *writer);
void ciba_metadata_write(const realm_client *client, ost_json_writer *writer);

/* Is it one of these attributes? */
bool ciba_metadata_owns(ost_text attribute);

#endif
