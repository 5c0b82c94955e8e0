/* SPDX-License-Identifier: Apache-2.0 */
/* Completing a realm's document as Keycloak does at import: what a file leaves out is filled in. */
#ifndef REALM_DOCUMENT_H
#define REALM_DOCUMENT_H

#include <ostiary/json.h>

#include "provider/stream/account_names.h"
#include "provider/stream/role_names.h"

/* What a file is completed by beside itself. Zeroed: a new realm without users. */
typedef struct realm_surroundings {
    const ost_json *before;        /* the document of the realm that there is; NULL: none */
    bool merged;                   /* and the file has been put over it */
    const role_names *named;       /* roles that users and groups have; NULL: none */
    const account_names *accounts; /* that are among the users of the file; NULL: none */
} realm_surroundings;

/* Writes the document that is stored for the realm file `file`: everything in it but users, with
 * ids, built-in roles, client scopes and clients added, roles made that are named and nowhere
 * declared, secrets made for clients that need one, and mappers for accounts of clients that are
 * not there yet. What is added has the ids that it had before. In the arena. OST_E_FORMAT with the
 * path within the file. */
OST_MUST_CHECK ost_result realm_document_complete(const ost_json *file,
                                                  const realm_surroundings *beside,
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
