/* SPDX-License-Identifier: Apache-2.0 */
/* An encrypted message taken apart: what both serializations (RFC 7516 §7) have in common. */
#ifndef JWE_MESSAGE_H
#define JWE_MESSAGE_H

#include "jose/jwe/jwe_alg.h"

#define JWE_RECIPIENTS_MAX 16
#define JWE_JSON_MAX ((size_t)1024 * 1024) /* bytes of a JSON serialization */

typedef struct jwe_recipient {
    const ost_json *header; /* its own; NULL: none */
    ost_text encrypted_key; /* decoded */
    ost_alg alg;
    ost_text kid;
} jwe_recipient;

typedef struct jwe_message {
    ost_text protected_encoded;
    const ost_json *protected_header; /* NULL: none */
    const ost_json *shared_header;    /* unprotected; NULL: none */
    ost_text aad;                     /* decoded */
    ost_text authenticated;           /* what the tag covers besides the content */
    ost_text iv, ciphertext, tag;     /* decoded */
    ost_enc enc;
    bool deflated;
    ost_text typ, cty; /* of the protected header */
    jwe_recipient recipients[JWE_RECIPIENTS_MAX];
    size_t count;
} jwe_message;

/* The member of the joined header of one recipient (§7.2.1); NULL: there is none. */
const ost_json *jwe_member(const jwe_message *message, const jwe_recipient *recipient,
                           const char *name);

/* Reads `enc`, `zip`, `typ`, `cty` and what is critical from the headers, and `alg` and `kid` of
 * every recipient. An algorithm that is not accepted is an error only where there is one recipient;
 * of several, that one's `alg` becomes OST_ALG_UNSET. Errors as ost_jwe_read_unverified. */
OST_MUST_CHECK ost_result jwe_read_headers(jwe_message *message, const ost_jwe_rules *rules,
                                           ost_error *error);

/* Reads the compact serialization (§7.1). Errors as ost_jwe_read_unverified. */
OST_MUST_CHECK ost_result jwe_read_compact(ost_text token, const ost_jwe_rules *rules,
                                           ost_arena *arena, jwe_message *ret_message,
                                           ost_error *error);

/* Reads the JSON serialization, general or flattened (§7.2). Errors as ost_jwe_json_decrypt. */
OST_MUST_CHECK ost_result jwe_read_json(ost_text json, const ost_jwe_rules *rules, ost_arena *arena,
                                        jwe_message *ret_message, ost_error *error);

/* Decrypts for the first recipient whose key is in the set (§5.2 steps 6–19). Errors as
 * ost_jwe_decrypt. */
OST_MUST_CHECK ost_result jwe_open(const jwe_message *message, const ost_keyset *keys,
                                   const ost_jwe_rules *rules, ost_arena *arena,
                                   ost_decrypted *ret_decrypted, ost_error *error);

#endif
