/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that only this provider reads: refresh tokens, the identity cookie, a login under way.
 * Signed with the realm's HS512 keys, which are never published. */
#ifndef INTERNAL_TOKEN_H
#define INTERNAL_TOKEN_H

#include <ostiary/jose.h>

#include "provider/call/call.h"

#define INITIAL_ACCESS_TOKEN "InitialAccessToken" /* lets clients register (RFC 7591 §3) */

/* Signs claims with the realm's internal key; `typ` of the header, NULL: none. Refuses the call
 * with server_error. */
bool internal_token_make(call *call, ost_text claims, const char *typ, ost_text *ret_token);

/* Verifies signature, issuer and the claim `typ`; looks at no times. The claims live in the arena.
 * OST_E_TOKEN_FORMAT and its siblings for everything that is not ours. */
OST_MUST_CHECK ost_result internal_token_read(call *call, ost_text token, const char *typ,
                                              const ost_claims **ret_claims);

/* The same for a refresh token, of a login ("Refresh") or of an offline session ("Offline"). */
OST_MUST_CHECK ost_result internal_token_read_refresh(call *call, ost_text token,
                                                      const ost_claims **ret_claims);

#endif
