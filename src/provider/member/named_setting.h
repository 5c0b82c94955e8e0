/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that name something which the realm has to have: flows and password policies. Keycloak
 * does not store a name that is nothing's, and logins would be refused by it. What stays as it was
 * is not looked at: a file may have brought it. */
#ifndef NAMED_SETTING_H
#define NAMED_SETTING_H

#include <ostiary/json.h>

/* Why the body of a realm or a client cannot be stored, in Keycloak's words, in the arena; NULL: it
 * can. `realm` has the flows; `before` (may be NULL) is the same object as it is stored. */
const char *named_setting_of_realm(const ost_json *realm, const ost_json *before,
                                   const ost_json *body, ost_arena *arena);
const char *named_setting_of_client(const ost_json *realm, const ost_json *before,
                                    const ost_json *body, ost_arena *arena);

/* The words for an alias that no flow has. */
const char *named_setting_no_flow(ost_text alias, ost_arena *arena);

/* The same of each in the lists "clients" and "identityProviders" of a body; those that the realm
 * has are told by their names. */
const char *named_setting_of_lists(const ost_json *realm, const ost_json *body, ost_arena *arena);

#endif
