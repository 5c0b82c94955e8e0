/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that only their rightful sender can use: by a key of its own (DPoP, RFC 9449) or by its
 * TLS certificate (RFC 8705). A token that is bound is never accepted without its proof. */
#ifndef OSTIARY_SENDER_H
#define OSTIARY_SENDER_H

#include <ostiary/key.h>
#include <ostiary/replay.h>
#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a route asks for beyond that. */
typedef enum ost_sender {
    OST_SENDER_ANY = 0, /* as the token says */
    OST_SENDER_BOUND,   /* a token that is bound, in either way */
    OST_SENDER_DPOP,    /* one that is bound to a key: cnf.jkt */
    OST_SENDER_MTLS,    /* one that is bound to a certificate: cnf.x5t#S256 */
} ost_sender;

/* How DPoP proofs are judged. Part of an ost_guard_config; all zero is sound. */
typedef struct ost_dpop_rules {
    ost_algs algorithms;   /* asymmetric ones; 0: OST_ALGS_DEFAULT */
    unsigned lifetime;     /* seconds a proof is good from its iat on; 0: 60; 300 at most */
    unsigned leeway;       /* seconds its iat may lie ahead; 0: 10; 300 at most */
    bool require_nonce;    /* proofs must carry a nonce of this API's (RFC 9449 §9) */
    ost_text nonce_secret; /* at least 32 bytes, the same for all machines that serve this API;
                              copied. NULL data: a random one of this guard's own */
    size_t proofs; /* remembered until they are too old to be shown again; 0: 1,048,576. When there
                      is no room for one more, a proof is refused (503), never forgotten */
    ost_replay_store replays; /* where they are remembered instead, for several processes or guards
                                 as for one; all zero: by this guard for itself */
} ost_dpop_rules;

#ifdef __cplusplus
}
#endif

#endif
