/* SPDX-License-Identifier: Apache-2.0 */
/* One check under way, for the files of this folder alone. */
#ifndef CHECK_STATE_H
#define CHECK_STATE_H

#include "guard/check/check_trace.h"
#include "guard/guard_state.h"

typedef struct check {
    ost_guard *guard;
    const ost_policy *policy;
    const ost_credentials *credentials;
    ost_arena *arena;
    check_trace *trace; /* NULL: nobody wants to know */
    int64_t now;
    bool may_wait;
    bool dpop_scheme;         /* it came by Authorization: DPoP */
    ost_text dpop_nonce;      /* for the client's next proof; NULL data: none */
    ost_text token;           /* as it came; this is what is remembered */
    ost_text signed_token;    /* what was in it, if it was encrypted */
    size_t issuer;            /* its index, once it is known */
    const ost_claims *claims; /* believed only while `refused` is OST_OK */
    const ost_claims *own;    /* a JWT's own, once the issuer's word stands in their place */
    ost_alg alg;
    const char *key_issuer; /* of an issuer of many: whose tokens the key signs; NULL: not said */
    bool verified;          /* the claims are the issuer's, by its key or its answer */
    bool no_keys;           /* refused because there is nothing to judge by */
    unsigned retry_after;   /* not 0: refused because nobody can tell now */
    bool wait;              /* a fetch could change it */
    uint64_t ticket;        /* of what is waited for; 0: the issuer's keys */
    bool asked;             /* the claims are what the issuer said */
    ost_result refused;     /* by the first step that failed; OST_OK: none did */
    check_step step;        /* which one that was; of no meaning before */
    ost_error error;        /* of the last step that failed */
} check;

/* Takes down how a step ended, out of the way of checks that pass; see check_passes. */
bool check_note(check *c, check_step step, ost_result result);

/* How a step ended; `c->error` has the words if it failed. The first failure is the verdict:
 * nothing that comes after it makes up for it. True: the walk goes on. */
static inline bool check_passes(check *c, check_step step, ost_result result)
{
    return (result == OST_OK && c->trace == NULL) || check_note(c, step, result);
}

/* A step is made although one before it failed, so that more mistakes show. */
static inline bool check_is_past_failure(const check *c)
{
    return c->trace != NULL && c->trace->past_failure;
}

/* ---- check_token.c ---- */

/* Reads, verifies and checks a token, and remembers it when it is good. */
void check_token_jwt(check *c);
/* Of a token that only the issuer can tell about. */
void check_token_opaque(check *c);

/* ---- check_claims.c ---- */

/* Everything that is looked at on every request. */
void check_claims(check *c);
/* Puts what the issuer says of the token in the place of the claims. */
bool check_introspect(check *c);

#endif
