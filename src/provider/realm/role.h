/* SPDX-License-Identifier: Apache-2.0 */
/* The roles of a realm as a graph: realm and client roles, and what composites contain. */
#ifndef ROLE_H
#define ROLE_H

#include "provider/realm/realm.h"

/* Reads roles.realm, roles.client and groups of a realm's document into `arena`, where the table
 * lives. OST_E_FORMAT with the path. */
OST_MUST_CHECK ost_result role_table_load(const ost_json *document, ost_arena *arena,
                                          const role_table **ret_table, ost_error *error);

/* `client` empty: a role of the realm. */
bool role_exists(const realm *realm, ost_text client, ost_text name);

/* Of a role that is named as "role" or "client.role", where either may have dots: the client, empty
 * for a role of the realm. Of the clients that may be meant it is the one with the longest name. */
ost_text role_client_of(const realm *realm, ost_text name, ost_text *ret_role);

/* What composites name is there, as Keycloak wants it of a file. OST_E_FORMAT. */
OST_MUST_CHECK ost_result role_composites_check(const realm *r, ost_error *error);

/* The role that everybody has: the one that the document names, else the one that Keycloak makes,
 * in lower case. NULL data: out of memory. */
ost_text role_default_name(const ost_json *document, ost_arena *arena);

#endif
