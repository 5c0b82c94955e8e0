/* SPDX-License-Identifier: Apache-2.0 */
/* A compact JWS (RFC 7515 §5.1) that has everything but its signature. */
#ifndef JWS_DRAFT_H
#define JWS_DRAFT_H

#include <ostiary/jose.h>

typedef struct jws_draft {
    char *token; /* with room for the signature */
    size_t len;  /* of what is signed: header, full stop, payload */
} jws_draft;

/* In the arena. OST_E_KEY_USE, OST_E_CEILING, OST_E_MEMORY: as ost_jws_sign. */
OST_MUST_CHECK ost_result jws_draft_begin(ost_text payload, const ost_key *key, ost_alg alg,
                                          const char *typ, ost_arena *arena, jws_draft *ret_draft);

/* What is signed. Borrowed from the draft. */
ost_text jws_draft_input(const jws_draft *draft);

/* Once, with a signature of the key's and algorithm's size. OST_E_CEILING. */
OST_MUST_CHECK ost_result jws_draft_finish(const jws_draft *draft, const unsigned char *signature,
                                           size_t size, ost_text *ret_token);

#endif
