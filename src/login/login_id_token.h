/* SPDX-License-Identifier: Apache-2.0 */
/* The ID token of a login: OpenID Connect Core 1.0 §3.1.3.7, with the signature always checked,
 * and §12.2 for the one that a refresh brings. */
#ifndef LOGIN_ID_TOKEN_H
#define LOGIN_ID_TOKEN_H

#include "login/login_core.h"
#include "login/login_exchange.h"

/* Checks signature, iss, aud and azp (the client), exp, nonce and at_hash. `nonce` is empty after a
 * refresh: `older`, the login's ID token, must then be of the same subject (when there is one). */
OST_MUST_CHECK ost_result login_id_token_check(const ost_login *login, const char *client_id,
                                               const login_tokens *tokens, ost_text nonce,
                                               ost_text older, ost_arena *arena, ost_error *error);

#endif
