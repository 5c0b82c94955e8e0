/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's own access tokens, presented back to it. */
#ifndef BEARER_TOKEN_H
#define BEARER_TOKEN_H

#include <ostiary/jose.h>

#include "provider/call/call.h"

/* A claim of tokens that look like access tokens of a user and are none: those of the
 * authentication channel (provider/ciba/channel_token.h). */
#define CHANNEL_CLAIM "authentication_channel"

/* Verifies signature, issuer, expiry and kind of an access token of this realm, and that one which
 * is bound to a certificate came with it (OST_E_SENDER). `kind` NULL: any kind, in whoever's hands:
 * for tokens that somebody asks about. OST_OK says nothing of its session. */
OST_MUST_CHECK ost_result bearer_token_verify(call *call, ost_text token, const char *kind,
                                              const ost_claims **ret_claims);

/* An access token as it comes with a request. */
typedef struct shown_token {
    ost_text text;
    bool by_dpop; /* by the scheme DPoP, which goes with a proof of its key */
} shown_token;

/* That of the request's only Authorization field. False: there is none, or more than one. */
bool bearer_token_find(const call *call, shown_token *ret_token);

/* As bearer_token_verify, of an access token that this request shows and that is in its owner's
 * hands: one that is bound to a key came with a proof of it, which is used up (proof_of_key.h), or
 * to a certificate, with that. Those errors too. Uses the store: on the pool. */
OST_MUST_CHECK ost_result bearer_token_verify_shown(call *call, const shown_token *shown,
                                                    const ost_claims **ret_claims);

/* The same as bearer_token_verify of a token of any kind, for whoever ends what it stands for,
 * whatever address of the realm has issued it. An error but those of call_is_busy says that it is
 * not the realm's, or good for nothing any more. Uses the store: on the pool. */
OST_MUST_CHECK ost_result bearer_token_find_ending(call *call, ost_text token,
                                                   const ost_claims **ret_claims);

/* The session of a token is alive and still has the client; a token without one has not been
 * revoked. OST_E_NOT_FOUND. Uses the store: on the pool. */
OST_MUST_CHECK ost_result bearer_token_session(call *call, const ost_claims *claims);

/* What the jti of lightweight access tokens begins with. */
#define LIGHTWEIGHT_ID "lt:"
bool bearer_token_is_lightweight(const ost_claims *claims);

#endif
