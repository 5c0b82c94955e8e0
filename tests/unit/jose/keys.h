/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for the tests of this folder, as JWKs without alg, use or key_ops, and ways to make others
 * and tokens out of them. */
#ifndef KEYS_H
#define KEYS_H

#include <ostiary/jose.h>

extern const char test_rsa[];
extern const char test_rsa_other[];
extern const char test_p256[];
extern const char test_p256_other[];
extern const char test_p384[];
extern const char test_p521[];
extern const char test_ed25519[];
extern const char test_secp256k1[];
extern const char test_ed448[];
extern const char test_x25519[];
extern const char test_x448[];
extern const char test_secret[];

/* The key of a JWK that must be good; unref it. */
ost_key *good_key(const char *jwk);

/* Its public half; unref it. */
ost_key *public_half(const ost_key *key);

/* The JWK with more members before its own: `"alg":"RS256"`. */
const char *with(ost_arena *arena, const char *jwk, const char *members);

/* The JWK with the value of its member `name`, a string, replaced, or without it (NULL). */
const char *changed(ost_arena *arena, const char *jwk, const char *name, const char *value);

/* What importing the JWK answers. */
ost_result import_result(const char *jwk);

/* A compact token of exactly these parts. */
ost_text assemble(ost_arena *arena, ost_text header, ost_text payload, ost_text signature);

/* A token with any header, signed with `alg` whatever the header says. */
ost_text forge(ost_arena *arena, const char *header, ost_text payload, const ost_key *key,
               ost_alg alg);

#define EVERY_ALG OST_ALGS_SIGNATURE

/* Reads and verifies in one. */
ost_result verify(ost_text token, const ost_key *key);

#endif
