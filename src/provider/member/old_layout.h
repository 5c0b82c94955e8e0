/* SPDX-License-Identifier: Apache-2.0 */
/* Realm files of before Keycloak 2 and 4, which Keycloak still reads: what has not only another
 * name than today (member.h has those), but another place. */
#ifndef OLD_LAYOUT_H
#define OLD_LAYOUT_H

#include <ostiary/json.h>

/* An empty list of this name stands in a file whose client scopes were all templates: the built-in
 * ones are there beside them. */
#define CLIENT_TEMPLATES "clientTemplates"

/* Of a realm that has been looked through: "applications" and "oauthClients" become clients,
 * "clientTemplates" client scopes, "socialProviders" identity providers. In the arena.
 * OST_E_MEMORY, OST_E_CEILING. */
OST_MUST_CHECK ost_result old_layout_renew(const ost_json *realm, ost_arena *arena,
                                           const ost_json **ret_realm);

#endif
