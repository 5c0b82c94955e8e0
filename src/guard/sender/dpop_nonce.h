/* SPDX-License-Identifier: Apache-2.0 */
/* Nonces that this server wants to find in DPoP proofs (RFC 9449 §9). Nothing is kept of them: a
 * nonce is a MAC over the time it is for, the same for everybody and on every machine that has the
 * secret. */
#ifndef DPOP_NONCE_H
#define DPOP_NONCE_H

#include <ostiary/types.h>

#define DPOP_NONCE_LEN 32
#define DPOP_NONCE_SLOT 120 /* seconds; a nonce is good for one to two of these */

typedef struct dpop_nonce {
    unsigned char key[32];
} dpop_nonce;

typedef enum dpop_nonce_state {
    DPOP_NONCE_FOREIGN, /* none, too old, or not of ours */
    DPOP_NONCE_OLD,     /* still good, and soon to be replaced */
    DPOP_NONCE_CURRENT,
} dpop_nonce_state;

/* From a secret of any length; without data, from randomness. OST_E_CRYPTO, OST_E_SYSTEM. */
OST_MUST_CHECK ost_result dpop_nonce_init(dpop_nonce *nonces, ost_text secret,
                                          const ost_context *context);

/* The nonce of now. NULL data: out of memory. */
ost_text dpop_nonce_now(const dpop_nonce *nonces, int64_t now, ost_arena *arena);

dpop_nonce_state dpop_nonce_check(const dpop_nonce *nonces, ost_text nonce, int64_t now);

#endif
