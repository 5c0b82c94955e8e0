/* SPDX-License-Identifier: Apache-2.0 */
/* What a client that registers says of its answers, whether they are signed and encrypted, and of
 * its requests, which have to be as safe as it says (OpenID Connect Registration §2, JARM §3, RFC
 * 9101 §10.5, RFC 9126 §6, RFC 9449 §5.2). Who asks for what is not there is refused: it would else
 * believe itself safer than it is. */
#ifndef ANSWER_METADATA_H
#define ANSWER_METADATA_H

#include "provider/call/call.h"

#define ANSWER_METADATA_COUNT 15

/* The values of the client's attributes, in the order of a table; borrowed from the request, or
 * constant. Empty: it does not say. */
typedef struct answer_metadata {
    ost_text values[ANSWER_METADATA_COUNT];
} answer_metadata;

/* `has_keys`: there is something to encrypt for. False: the call is refused with
 * invalid_client_metadata. */
bool answer_metadata_read(call *call, const ost_json *document, bool has_keys,
                          answer_metadata *ret_metadata);

/* As attributes of the client, into an open JSON object. */
void answer_metadata_store(const answer_metadata *metadata, ost_json_writer *writer);

/* Is it one of these attributes? */
bool answer_metadata_owns(ost_text attribute);

/* As a registered client has it, into an open JSON object. */
void answer_metadata_write(const realm_client *client, ost_json_writer *writer);

#endif
