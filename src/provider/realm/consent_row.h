/* SPDX-License-Identifier: Apache-2.0 */
/* Consents of users: Keycloak's ClientConsentRepresentations as rows of the store, and back. */
#ifndef CONSENT_ROW_H
#define CONSENT_ROW_H

#include "provider/realm/realm.h"
#include "store/user/store_consent.h"

/* What names a client in consents: its own id, which a change of its clientId leaves alone. It
 * stands also for the client among the scopes, where users consent to the client itself. */
ost_text consent_key(const realm_client *client);

/* The same for a clientId; one that the realm does not register has to be the address of its
 * metadata, and is its own key. Empty: there is no such client. */
ost_text consent_key_of(const realm *realm, ost_text client_id);

/* Reads the clientConsents of a UserRepresentation, those without dates as of now (milliseconds).
 * OST_E_FORMAT: "clientConsents[0].clientId: no client x". In the arena. */
OST_MUST_CHECK ost_result consent_rows_read(const realm *realm, const ost_json *user, int64_t now,
                                            ost_arena *arena, store_consent **ret_rows,
                                            size_t *ret_count, ost_error *error);

/* The clientId of a key; empty: the client is gone. */
ost_text consent_client_id(const realm *realm, ost_text key);

/* Writes the members of a representation into an open object. */
void consent_row_write(ost_text client_id, const store_consent *row, ost_json_writer *writer);

#endif
