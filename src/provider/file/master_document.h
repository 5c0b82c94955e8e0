/* SPDX-License-Identifier: Apache-2.0 */
/* Writing clients for realms into the document of the realm "master". */
#ifndef MASTER_DOCUMENT_H
#define MASTER_DOCUMENT_H

#include <ostiary/json.h>

#define MASTER_REALM "master"

/* The client of a realm, by its name: "NAME-realm". NULL data: out of memory. */
ost_text master_client_id(ost_text realm, ost_arena *arena);
/* The realm of the client: "NAME". NULL data: of none. */
ost_text master_client_realm(ost_text client_id);

/* The built-in roles of realm-management; and whether one of them is a right of its own:
 * realm-admin is the whole of the others. */
OST_MUST_CHECK ost_result master_document_rights(ost_arena *arena, const ost_json **ret_rights);
bool master_document_is_right(const ost_json *role);

/* The document with clients for the realms, as far as there are none of their names, with all their
 * roles, and with these in the role "admin"; what else there is stays. In the arena. */
OST_MUST_CHECK ost_result master_document_write(const ost_json *document, const ost_text *realms,
                                                size_t count, const ost_context *context,
                                                ost_arena *arena, ost_text *ret_document);

#endif
