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

/* The same where much depends on it: an error but those of call_is_busy says that the token is not
 * the realm's, and not only that its key is not known here yet. Uses the store: on the pool. */
OST_MUST_CHECK ost_result internal_token_find(call *call, ost_text token, const char *typ,
                                              const ost_claims **ret_claims);

/* That for a refresh token, of a login ("Refresh") or of an offline session ("Offline"). */
OST_MUST_CHECK ost_result internal_token_find_refresh(call *call, ost_text token,
                                                      const ost_claims **ret_claims);

/* The same, for whoever ends what it stands for, whatever address of the realm has issued it. */
OST_MUST_CHECK ost_result internal_token_find_ending(call *call, ost_text token,
                                                     const ost_claims **ret_claims);

/* Whether an issuer is the realm, at whatever address it was asked: keys may be another realm's,
 * too, where files have brought them. OST_E_ISSUER: it is not; OST_E_MEMORY. */
OST_MUST_CHECK ost_result internal_token_check_realm(call *call, ost_text issuer);

/* When no key is known that a token names: another node may have made it a moment ago, and sign
 * with it. OST_E_KEY_UNKNOWN: the realm has none; otherwise one of call_is_busy. On the pool. */
OST_MUST_CHECK ost_result internal_token_seek_key(call *call, ost_text token);

/* Encrypts such a token, for the way through somebody else's hands, and back: what is in it is
 * nobody's business there. False: it is none of ours, or (hiding) the call is refused. */
bool internal_token_hide(call *call, ost_text token, ost_text *ret_hidden);
bool internal_token_show(call *call, ost_text hidden, ost_text *ret_token);

#endif
