/* SPDX-License-Identifier: Apache-2.0 */
/* Why something failed, in the words of Keycloak's events: they are for the operator, and say more
 * than the client is told. */
#ifndef EVENT_ERROR_H
#define EVENT_ERROR_H

#include "provider/call/call.h"

/* "client_not_found", "invalid_redirect_uri", "invalid_code" …; the error of the answer where
 * Keycloak has no other word. A literal, or what `error` has. */
const char *event_error_word(event_type type, const call_error *error);

#endif
