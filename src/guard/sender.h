/* Whether a token is used by the sender it is bound to: RFC 7800 §3.1, by DPoP (RFC 9449 §7) or by
 * a certificate (RFC 8705 §3). */
#ifndef SENDER_CHECK_H
#define SENDER_CHECK_H

#include <ostiary/guard.h>

#include "dpop_nonce.h"
#include "proof_cache.h"
#include "proof_keys.h"

/* What the guard knows for it; immutable but for the caches. */
typedef struct sender_rules {
    ost_algs algorithms;
    char algs[128];            /* their names, for challenges */
    unsigned lifetime, leeway; /* seconds */
    bool require_nonce;
    dpop_nonce nonces;
    proof_cache *proofs;
    proof_keys *keys;
} sender_rules;

/* OST_E_CONFIG, OST_E_MEMORY, OST_E_SYSTEM. */
OST_MUST_CHECK ost_result sender_rules_init(sender_rules *rules, const ost_dpop_rules *config,
                                            const ost_context *context, ost_error *ret_error);
void sender_rules_clear(sender_rules *rules);

/* One verified token and the request that it came with. */
typedef struct sender_call {
    const sender_rules *rules;
    const ost_credentials *credentials;
    const ost_claims *claims;
    ost_text token;
    bool dpop_scheme; /* Authorization: DPoP */
    ost_sender wanted;
    int64_t now;
    ost_arena *arena;
} sender_call;

/* OST_E_SENDER; OST_E_PROOF, OST_E_PROOF_NONCE; OST_E_BUSY: no room to remember the proof;
 * OST_E_MEMORY, OST_E_CRYPTO. `ret_nonce` is set whenever the sender should use another nonce from
 * now on, also with OST_OK. */
OST_MUST_CHECK ost_result sender_check(const sender_call *call, ost_text *ret_nonce,
                                       ost_error *ret_error);

#endif
