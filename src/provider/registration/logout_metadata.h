/* SPDX-License-Identifier: Apache-2.0 */
/* Where a client that registers hears of logouts (OpenID Connect Back-Channel Logout §2.2,
 * Front-Channel Logout §2). */
#ifndef LOGOUT_METADATA_H
#define LOGOUT_METADATA_H

#include "provider/call/call.h"

/* Texts are borrowed from the request; empty: it hears nothing. */
typedef struct logout_metadata {
    ost_text back_uri, front_uri;
    bool back_offline;                /* and that offline tokens are to be forgotten */
    bool back_session, front_session; /* with the session's id, and the issuer */
} logout_metadata;

/* The page in front has to be where the client's redirect URIs are. False: the call is refused with
 * invalid_client_metadata. */
bool logout_metadata_read(call *call, const ost_json *document, const ost_text *redirect_uris,
                          size_t count, logout_metadata *ret_metadata);

/* As attributes of the client, into an open JSON object. */
void logout_metadata_store(const logout_metadata *metadata, ost_json_writer *writer);

/* As a registered client has it, into an open JSON object. */
void logout_metadata_write(const realm_client *client, ost_json_writer *writer);

#endif
