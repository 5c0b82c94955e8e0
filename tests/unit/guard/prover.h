/* SPDX-License-Identifier: Apache-2.0 */
/* DPoP proofs (RFC 9449 §4.2) as a client makes them, or an attacker: what is not said is right. */
#ifndef PROVER_H
#define PROVER_H

#include "fixture.h"

#define PROVER_URL "https://api.example.org/items"

typedef struct proof_parts {
    const ost_key *key; /* signs; NULL: the fixture's ec */
    const char *header; /* the whole of it; NULL: made of typ, alg and jwk */
    const char *typ;    /* NULL: dpop+jwt */
    const char *jwk;    /* NULL: the key's public half */
    const char *claims; /* the whole of them; NULL: made of what follows */
    const char *jti;    /* NULL: one that was not there before */
    const char *htm;    /* NULL: GET */
    const char *htu;    /* NULL: PROVER_URL */
    const char *ath;    /* NULL: the token's */
    const char *nonce;  /* NULL: none */
    int64_t iat;        /* 0: now */
} proof_parts;

/* The key's public half as JSON text. */
const char *prover_jwk(ost_arena *arena, const ost_key *key);
const char *prover_thumbprint(ost_arena *arena, const ost_key *key);

/* An access token of the fixture's issuer that is bound to `key`, with more claims, which begin
 * with a comma, or "". */
ost_text prover_token(fixture *f, const ost_key *key, const char *more);

ost_text prover_proof(fixture *f, ost_text token, proof_parts parts);

/* A GET of PROVER_URL with the token under `scheme`, and these proofs. */
ost_verdict prover_check(fixture *f, ost_guard *guard, const ost_policy *policy, const char *scheme,
                         ost_text token, const ost_text *proofs, size_t count);

/* The same with one proof under the scheme DPoP. */
ost_verdict prover_show(fixture *f, ost_guard *guard, const ost_policy *policy, ost_text token,
                        ost_text proof);

/* And with a proof of these parts, at the fixture's guard. */
ost_verdict prover_try(fixture *f, ost_text token, proof_parts parts);

/* What came of it: 401 for this reason, or an identity. */
void prover_refused(ost_verdict verdict, ost_result reason);
void prover_allowed(ost_verdict verdict);

#endif
