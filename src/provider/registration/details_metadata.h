/* SPDX-License-Identifier: Apache-2.0 */
/* Which types of authorization details a client that registers will ask for (RFC 9396 §10). */
#ifndef DETAILS_METADATA_H
#define DETAILS_METADATA_H

#include "provider/call/call.h"

typedef struct details_metadata {
    bool given;     /* else it keeps what it may ask for */
    ost_text types; /* authorization_details_types, separated by spaces */
} details_metadata;

/* Of types those that clients of the realm may ask for already. False: the call is refused with
 * invalid_client_metadata. */
bool details_metadata_read(call *call, const ost_json *document, details_metadata *ret_metadata);

/* As an attribute of the client's document; `before` are its attributes until now. A stranger may
 * ask for no more than an administrator has let it before. */
void details_metadata_store(call *call, const details_metadata *metadata, const ost_json *before,
                            bool stranger, ost_json_writer *writer);
/* As a member of its metadata. */
void details_metadata_write(const realm_client *client, ost_json_writer *writer);

#endif
