/* SPDX-License-Identifier: Apache-2.0 */
/* Single members of client metadata (RFC 7591 §2), as a request has them and as an answer gives
 * them back. */
#ifndef METADATA_MEMBER_H
#define METADATA_MEMBER_H

#include "provider/call/call.h"

#define METADATA_URI_MAX 2048

/* Refuses the call with invalid_client_metadata; always false. */
bool metadata_refuse(call *call, const char *description);

/* Borrowed from the document; empty where it is left out. False: it is no text, or a longer one,
 * and the call is refused. */
bool metadata_text(call *call, const ost_json *document, const char *name, size_t max,
                   ost_text *ret_text);

/* The same of true and false; false where it is left out. */
bool metadata_flag(call *call, const ost_json *document, const char *name, bool *ret_flag);

/* Whether the provider may go there, or send somebody: by https, and without a fragment. */
bool metadata_is_https(ost_text uri);

/* The member with what the client's attribute says, if that says anything. */
void metadata_put_text(const realm_client *client, const char *attribute, const char *name,
                       ost_json_writer *writer);
void metadata_put_flag(const realm_client *client, const char *attribute, const char *name,
                       ost_json_writer *writer);

/* A member with a text, if there is one. */
void metadata_put_given(ost_json_writer *writer, const char *name, ost_text value);

#endif
