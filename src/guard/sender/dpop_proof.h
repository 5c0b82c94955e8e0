/* SPDX-License-Identifier: Apache-2.0 */
/* One DPoP proof (RFC 9449 §4.3): what it must be for this request, this token and this key. */
#ifndef DPOP_PROOF_H
#define DPOP_PROOF_H

#include <ostiary/jose.h>

#include "guard/sender/proof_keys.h"

#define DPOP_PROOF_MAX 8192   /* bytes */
#define DPOP_PROOF_ID_MAX 256 /* bytes of jti */

typedef struct dpop_demand {
    ost_text method; /* as sent */
    ost_text url;    /* in its normal form: request_url.h */
    bool for_token; /* whoever shows it wants a token by it, and has none yet (RFC 9449 §5): any key
                       may be, and it is for no token */
    ost_text token; /* the access token, as sent; not with for_token */
    ost_text jkt;   /* the thumbprint that the token is bound to; not with for_token */
    ost_algs algorithms;
    proof_keys *keys; /* NULL: every key is read again */
    int64_t now;
    unsigned lifetime, leeway; /* seconds */
} dpop_demand;

/* What a good proof says; borrows from the proof and the arena. */
typedef struct dpop_proof {
    ost_text jti;
    ost_text nonce; /* NULL data: none */
    int64_t iat;
    char thumbprint[44]; /* of its key, with a NUL */
} dpop_proof;

/* Everything but nonce and replay. OST_E_PROOF; OST_E_SENDER: by another key than the token's;
 * OST_E_MEMORY, OST_E_CRYPTO. */
OST_MUST_CHECK ost_result dpop_proof_check(ost_text proof, const dpop_demand *demand,
                                           ost_arena *arena, dpop_proof *ret_proof,
                                           ost_error *error);

#endif
