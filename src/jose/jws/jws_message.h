/* SPDX-License-Identifier: Apache-2.0 */
/* A JWS taken apart: what the serializations (RFC 7515 §7) have in common once they are read, and
 * what is done with it. */
#ifndef JWS_MESSAGE_H
#define JWS_MESSAGE_H

#include <ostiary/jose.h>

#include "jose/compact.h"

typedef struct jws_signature {
    ost_text protected_encoded;         /* empty: there is none */
    const ost_json *protected_header;   /* NULL: none */
    const ost_json *unprotected_header; /* NULL: none */
    ost_text signature_encoded;
    ost_alg alg; /* OST_ALG_UNSET: not one that is accepted */
    ost_text alg_name, kid, typ, cty;
    bool unencoded;
} jws_signature;

typedef struct jws_message {
    ost_text payload; /* as transmitted; NULL: there is none */
    jws_signature signatures[OST_JWS_SIGNATURES_MAX];
    size_t count;
} jws_message;

/* Reads `alg`, `kid`, `typ`, `cty`, `crit` and `b64` out of the signature's two headers, of which
 * there is at least one. OST_E_TOKEN_FORMAT, OST_E_CRITICAL. */
OST_MUST_CHECK ost_result jws_read_headers(jws_signature *signature, const ost_jws_rules *rules,
                                           ost_error *error);

/* Verifies the message, all of which was read. Errors as ost_jws_json_verify. */
OST_MUST_CHECK ost_result jws_verify_message(const jws_message *message, const ost_keyset *keys,
                                             const ost_jws_rules *rules, ost_arena *arena,
                                             ost_verified_jws *ret_verified, ost_error *error);

/* The rules that NULL stands for. */
extern const ost_jws_rules jws_strictest;

#endif
