/* SPDX-License-Identifier: Apache-2.0 */
/* The clients of the realm "master" by which its users have rights over the other realms, as in
 * Keycloak: NAME-realm for the realm NAME, "master-realm" for master itself. Their roles are those
 * of realm-management, and all of them are in the role "admin" of master. */
#ifndef MASTER_CLIENTS_H
#define MASTER_CLIENTS_H

#include <ostiary/json.h>

#include "provider/file/master_document.h"
#include "provider/realm/realm.h"
#include "store/realm/store_realm_change.h"
#include "store/store.h"

/* The client of master for the realm; NULL: there is none, or it is a client of another kind whose
 * name happens to be this one (those for realms are bearer-only). */
const realm_client *master_client_find(const realm *master, ost_text realm);

/* What becomes of the client for a realm that comes. */
typedef enum master_client_policy {
    MASTER_CLIENT_NEW,   /* one of its name is refused: nobody's roles become rights unasked */
    MASTER_CLIENT_ADOPT, /* a bearer-only one of its name is it: what an administrator of the
                            machine imports */
} master_client_policy;

/* The change of master that goes with a new realm, in the arena: its client, and, when `creator`
 * (the id of a user of master) is not empty, the client's roles for them, without impersonation.
 * *ret_change NULL: there is no master. OST_E_CONFLICT with a sentence: the name of the client is
 * taken. */
OST_MUST_CHECK ost_result master_client_add(store *store, ost_text realm,
                                            master_client_policy policy, ost_text creator,
                                            const ost_context *context, ost_arena *arena,
                                            const store_realm_change **ret_change,
                                            ost_error *error);

/* Puts clients for all realms of the store into the document of master, where they are missing;
 * names that are taken are passed over. *document stays as it is when nothing is missing. */
OST_MUST_CHECK ost_result master_clients_complete(store *store, const ost_context *context,
                                                  ost_arena *arena, ost_text *document);

/* The same for the master that is stored, if there is one: for stores of programs that did not have
 * these clients. */
OST_MUST_CHECK ost_result master_clients_follow(store *store, const ost_context *context,
                                                ost_error *error);

#endif
