/* SPDX-License-Identifier: Apache-2.0 */
/* How the answer to an authorization request travels (OAuth 2.0 Multiple Response Type Encoding
 * §2.1, Form Post Response Mode, JARM §2.3). */
#ifndef AUTH_MODE_H
#define AUTH_MODE_H

#include <stdbool.h>

#include <ostiary/types.h>

typedef enum auth_place { AUTH_QUERY, AUTH_FRAGMENT, AUTH_FORM_POST } auth_place;

typedef struct auth_mode {
    auth_place place;
    bool in_jwt; /* as one parameter, which the realm has signed */
} auth_mode;

/* Reads a response_mode; one that is left out (NULL data), or that is "jwt", is where the response
 * type puts it: `tokens`, it brings tokens through the browser. False: it is not known, and the
 * mode is as if it had been left out. */
bool auth_mode_read(ost_text name, bool tokens, auth_mode *ret_mode);

/* "query.jwt". */
const char *auth_mode_name(auth_mode mode);

#endif
