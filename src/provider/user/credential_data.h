/* SPDX-License-Identifier: Apache-2.0 */
/* A credential as Keycloak stores it: its parts are JSON texts inside strings. */
#ifndef CREDENTIAL_DATA_H
#define CREDENTIAL_DATA_H

#include <ostiary/json.h>

bool credential_is(const ost_json *credential, const char *type);

/* The object that stands in the string of that name. False: there is none that can be read. */
bool credential_read(const ost_json *credential, const char *name, ost_arena *arena,
                     const ost_json **ret_object);

/* The user's document with the credential behind those that are there. In the arena. */
OST_MUST_CHECK ost_result credential_add(const ost_json *user, const ost_json *credential,
                                         ost_arena *arena, const ost_json **ret_user);

#endif
