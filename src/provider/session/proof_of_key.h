/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that are bound to a client's key (DPoP, RFC 9449): the proofs by which clients get them,
 * and use them at the provider itself. */
#ifndef PROOF_OF_KEY_H
#define PROOF_OF_KEY_H

#include <ostiary/jose.h>

#include "provider/call/call.h"

/* Reads the proof that came with a request to `path` below the issuer, for tokens to be bound to
 * its key: *ret_jkt is the key's thumbprint, empty when no proof came. False: it is not good; the
 * call is refused with invalid_dpop_proof, or use_dpop_nonce. Whether it has been shown before is
 * found out when it is used up, by one of the next two. */
bool proof_of_key_read(call *call, const char *path, ost_text *ret_jkt);

/* Uses the proof up, if one was read and has not been: no other call has an effect by it. False:
 * the call is refused. A stranger can make as many good proofs as they like, for the key is their
 * own: so a proof is remembered when what it is for is known to be good, and before that is given.
 * The first has the store of several nodes asked when the call goes on (call_use.h); the second
 * asks now, and is for the pool. */
bool proof_of_key_note(call *call);
bool proof_of_key_use(call *call);

/* Whether an access token of this realm, which the request shows by the scheme DPoP (`by_dpop`) or
 * as a bearer token, is in its owner's hands: one that is bound came with a proof of its key for
 * this request, which is used up, or with its certificate (RFC 8705 §3). On the pool.
 * OST_E_SENDER, OST_E_PROOF, OST_E_PROOF_NONCE, OST_E_BUSY, OST_E_MEMORY. */
OST_MUST_CHECK ost_result proof_of_key_check(call *call, ost_text token, const ost_claims *claims,
                                             bool by_dpop);

#endif
