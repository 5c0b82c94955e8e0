/* SPDX-License-Identifier: Apache-2.0 */
/* Clients as the admin REST API shows them. */
#ifndef CLIENT_PART_H
#define CLIENT_PART_H

#include "provider/admin/admin_call.h"

/* Writes a ClientRepresentation, with what nobody has set; who may only ask about clients sees what
 * they are called. OST_E_MEMORY. */
OST_MUST_CHECK ost_result client_part_put(const admin_call *admin, ost_json_writer *writer,
                                          const realm_client *client);

/* Writes keycloak.json of Keycloak's adapters: where the client logs its users in. `server`: the
 * base URL, with a slash at its end. */
void client_part_put_installation(ost_json_writer *writer, const realm *realm,
                                  const realm_client *client, const char *server);

/* A realm's document without one of its clients and that client's roles. */
OST_MUST_CHECK ost_result client_part_without(const ost_json *document, const realm_client *client,
                                              ost_arena *arena, const ost_json **ret_document);

#endif
