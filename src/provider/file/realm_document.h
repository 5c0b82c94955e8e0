/* SPDX-License-Identifier: Apache-2.0 */
/* Completing a realm's document as Keycloak does at import: what a file leaves out is filled in. */
#ifndef REALM_DOCUMENT_H
#define REALM_DOCUMENT_H

#include <ostiary/json.h>

#include "provider/file/role_names.h"

/* Writes the document that is stored for the realm file `file`: everything in it but users, with
 * ids, built-in roles, client scopes and clients added, roles made that are `named` and nowhere
 * declared, and secrets made for clients that need one. What is added has the ids that it has in
 * `before`, the document of the realm that there is (NULL: none). In the arena. OST_E_FORMAT with
 * the path within the file. */
OST_MUST_CHECK ost_result realm_document_complete(const ost_json *file, const ost_json *before,
                                                  const role_names *named,
                                                  const ost_context *context, ost_arena *arena,
                                                  ost_text *ret_document, ost_error *error);

/* The same for one client that comes to a realm, or is changed. */
OST_MUST_CHECK ost_result realm_document_complete_client(const ost_json *client,
                                                         const ost_json *realm_document,
                                                         const ost_context *context,
                                                         ost_arena *arena,
                                                         const ost_json **ret_client);

/* True when the client of the document has a service account. */
bool realm_document_has_account(const ost_json *client);

#endif
