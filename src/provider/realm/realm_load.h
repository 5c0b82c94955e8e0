/* SPDX-License-Identifier: Apache-2.0 */
/* The steps in which a realm's document becomes a snapshot (realm_load). What is wrong, the loader
 * holds; all memory is in its arena. */
#ifndef REALM_LOAD_H
#define REALM_LOAD_H

#include "provider/realm/realm.h"
#include "provider/realm/realm_loader.h"

/* Seconds, at most, of logins from another device (RFC 8628), of realm and client alike. */
#define DEVICE_LIFESPAN_MAX 86400
#define DEVICE_INTERVAL_MAX 3600

#define REALM_SETTLES_MS 5000

/* The snapshot was made after another one (realm_load_after), and has been there for so long that
 * another change of it is not to be awaited: what it shares takes half as much memory again as the
 * same that is read as a whole. Any thread. */
bool realm_is_unsettled(const realm *realm);
/* As if it had been made so long ago (tests). */
void realm_set_age(realm *realm, int64_t ms);

/* What the document says of the realm itself. Clients and scopes are loaded after it. */
void realm_settings_load(realm_loader *loader, const ost_json *document, realm *realm);

/* Its client scopes. Clients are loaded after them. */
void realm_scopes_load(realm_loader *loader, const ost_json *document, realm *realm);

/* Its clients. The realm's `clients`, as who has to give back their keys needs them: the realm's
 * `client_count` counts those that have any, after an error too. */
realm_client *realm_clients_load(realm_loader *loader, const ost_json *document, realm *realm);

/* Puts one client, of `document`, in the place of that of the index, or (its count) behind the
 * others of the realm, which is a copy of another one: its lists are made anew, in `lists`, the
 * client in the loader's arena. NULL, or the client, whose keys are to be given back. */
realm_client *realm_client_put(realm_loader *loader, const ost_json *document, size_t index,
                               ost_arena *lists, realm *realm);

/* The protocol mappers of a client or a client scope. */
void realm_mappers_load(realm_loader *loader, const ost_json *owner,
                        const realm_mapper **ret_mappers, size_t *ret_count);

/* The client scopes that the client names in `member` and that exist; NULL-terminated. */
const realm_scope *const *realm_scope_list_load(realm_loader *loader, const ost_json *client,
                                                const char *member, const realm *realm);

/* What the consent page says: the attribute's words, or the name. */
const char *realm_consent_text_load(realm_loader *loader, const ost_json *attributes,
                                    const char *name);

#endif
