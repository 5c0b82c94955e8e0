/* SPDX-License-Identifier: Apache-2.0 */
/* One completion of a realm's document under way, for the files that write its parts. */
#ifndef COMPLETION_H
#define COMPLETION_H

#include "base/json/json_finder.h"
#include "provider/completion/realm_document.h"

typedef struct completion {
    const ost_json *file;
    bool master; /* it is the realm "master" */
    const realm_surroundings *beside;
    const ost_json *before; /* of `beside` */
    const ost_json *defaults;
    const ost_json *default_scopes, *optional_scopes; /* for clients that name none */
    const role_names *named;                          /* roles that somebody has */
    bool old_roles;       /* "defaultRoles" count, the layout of before Keycloak 13 */
    bool in_realm_roles;  /* these are being written */
    bool built_in_scopes; /* are there, beside those of the file */
    bool offline_scope;   /* it alone is */
    ost_text default_role;
    const ost_context *context;
    ost_arena *arena;
    json_finder finder; /* of that arena */
    ost_json_writer *writer;
} completion;

/* Every member of the object but those of `left_out`. */
void completion_put_members(completion *c, const ost_json *object, const char *const *left_out);

/* The id of the object of that name in the list of before; else a new one. The second: where
 * `object`, whose member `member` is its name, has none. */
void completion_put_id(completion *c, const ost_json *before, const char *member, ost_text name);
void completion_put_new_id(completion *c, const ost_json *object, const ost_json *before,
                           const char *member);

/* An entry with an id; entries with an id each: the file's own, then the defaults that it does not
 * have. The array of the second stays open. */
void completion_put_entry(completion *c, const ost_json *entry, const ost_json *before);
void completion_put_entries(completion *c, const ost_json *own, const ost_json *defaults,
                            const ost_json *before);
void completion_put_list(completion *c, const ost_json *own, const ost_json *defaults,
                         const ost_json *before);

/* Whether the realm has the client without saying so. */
bool completion_is_built_in(const completion *c, ost_text client);

/* The client scopes of clients that name none. With offline access, where that is made beside the
 * client scopes of the file. OST_E_MEMORY. */
OST_MUST_CHECK ost_result completion_load_scopes(completion *c);

/* Members of the document: "roles"; "clients", and one of them; "clientScopes" with those of new
 * clients; what scopes and clients show of roles. */
void completion_put_roles(completion *c);
void completion_put_clients(completion *c);
void completion_put_client(completion *c, const ost_json *client);
void completion_put_scopes(completion *c);
void completion_put_scope_mappings(completion *c);
void completion_put_client_scope_mappings(completion *c);

#endif
