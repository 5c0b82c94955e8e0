/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a token is used by the sender it is bound to: RFC 7800 §3.1, by DPoP (RFC 9449 §7) or by
 * a certificate (RFC 8705 §3). */
#ifndef SENDER_CHECK_H
#define SENDER_CHECK_H

#include <ostiary/guard.h>

#include "guard/sender/dpop_nonce.h"
#include "guard/sender/proof_cache.h"
#include "guard/sender/proof_keys.h"

/* What the guard knows for it; immutable but for the caches. */
typedef struct sender_rules {
    ost_algs algorithms;
    char algs[128];            /* their names, for challenges */
    unsigned lifetime, leeway; /* seconds */
    bool require_nonce;
    dpop_nonce nonces;
    proof_cache *proofs;
    ost_replay_store replays; /* in their place; all zero: none */
    proof_keys *keys;
} sender_rules;

/* OST_E_CONFIG, OST_E_MEMORY, OST_E_SYSTEM. */
OST_MUST_CHECK ost_result sender_rules_init(sender_rules *rules, const ost_dpop_rules *config,
                                            const ost_context *context, ost_error *error);
void sender_rules_clear(sender_rules *rules);

/* One verified token and the request that it came with. */
typedef struct sender_call {
    const sender_rules *rules;
    const ost_credentials *credentials;
    const ost_claims *claims[2]; /* by which it may be bound; the second may be NULL */
    ost_text token;
    bool dpop_scheme; /* Authorization: DPoP */
    bool rehearses;   /* the token is refused anyway, and the proof is not used up by it */
    ost_sender wanted;
    /* Remembers the proof `jti` of a key in place of the rules' own cache, by the same results as
     * proof_cache_add; NULL: the cache does. */
    ost_result (*use_proof)(void *user, ost_text jkt, ost_text jti, int64_t until);
    void *user;
    int64_t now;
    ost_arena *arena;
} sender_call;

/* What the token is bound to; NULL data: not to such a thing. */
typedef struct sender_binding {
    ost_text jkt, x5t; /* SHA-256 in base64url, of a key and of a certificate */
} sender_binding;

/* That it is bound as it should be, came by the scheme that goes with it, and with its certificate.
 * Costs little, and may be repeated. OST_E_SENDER, OST_E_CRYPTO. */
OST_MUST_CHECK ost_result sender_check_binding(const sender_call *call, sender_binding *ret_binding,
                                               ost_error *error);

/* That a proof of its key came with it, which is used up then. OST_E_SENDER; OST_E_PROOF,
 * OST_E_PROOF_NONCE; OST_E_BUSY: no room to remember the proof, OST_E_CEILING: none
 * for another one of this key; OST_E_MEMORY, OST_E_CRYPTO.
 * `ret_nonce` is set whenever the sender should use another nonce from now on, also with OST_OK. */
OST_MUST_CHECK ost_result sender_check_proof(const sender_call *call, const sender_binding *bound,
                                             ost_text *ret_nonce, ost_error *error);

#endif
