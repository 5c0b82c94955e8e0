/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that register by Keycloak's own ClientRepresentation: what of it a registrant may say.
 * What is not for the asking is left out, and the answer says so; what is against the realm's
 * policies of client registration is refused in Keycloak's words. */
#ifndef REPRESENTATION_H
#define REPRESENTATION_H

#include "provider/admin/realm_admin.h"
#include "provider/registration/registration_draft.h"

/* Reads what was sent: a ClientRepresentation with members of their types. Refuses the call. */
bool representation_read(call *call, const ost_json **ret_representation);

/* The client of the draft as it is to be in the realm, in the call's arena: `existing` with what
 * was sent over it, or (NULL) a new one. Refuses the call. */
bool representation_document(call *call, const registration_draft *draft, const realm *realm,
                             const realm_client *existing, const ost_json **ret_document);

/* Stores that document, completed, in the realm that was opened, in the place of `client` (NULL: it
 * is new), with the account that it may have. Refuses the call, with OST_E_STATE; others as of
 * realm_admin_add_client. */
OST_MUST_CHECK ost_result representation_store(call *call, realm_admin *admin,
                                               const realm_client *client,
                                               const ost_json *document);

/* ---- representation_attributes.c ---- */

/* The attributes with those that were sent over `before` (may be NULL), and with whose client it
 * is. */
bool representation_attributes(call *call, const registration_draft *draft, const ost_json *before,
                               const ost_json **ret_attributes);

/* ---- representation_check.c ---- */

/* The name of a new client: nobody else's, nor one that stands for something. Refuses the call. */
bool representation_check_id(call *call, const registration_draft *draft, const realm *realm,
                             ost_text client_id);

/* Addresses, scopes and mappers of the whole document. Refuses the call. */
bool representation_check(call *call, const registration_draft *draft, const realm_client *existing,
                          const ost_json *document);

/* ---- representation_mapper.c ---- */

/* Mappers that are new, or other than they were: of kinds that the realm lets registrants have, and
 * of none that says who somebody is or what they may do. Refuses the call. */
bool representation_check_mappers(call *call, bool anonymous, const ost_json *before,
                                  const ost_json *mappers);

/* ---- representation_answer.c ---- */

/* The client as the call's answer; `token`: its registration access token, empty: it is not shown.
 */
bool representation_answer(call *call, const realm_client *client, ost_text token);
/* keycloak.json of adapters for the client, likewise. */
bool representation_answer_installation(call *call, const realm_client *client);

#endif
