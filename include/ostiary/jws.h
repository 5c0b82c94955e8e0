/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures (RFC 7515). Pure: no I/O, no clock. */
#ifndef OSTIARY_JWS_H
#define OSTIARY_JWS_H

#include <ostiary/key.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The parts of a compact token after the strict reading of its header, before any verification.
 * Nothing here may be believed; only `alg` and `kid` are for choosing a key. Borrows from the
 * token and the arena. */
typedef struct ost_unverified_jws {
    ost_text token;
    ost_text signing_input;     /* header "." payload, as transmitted */
    ost_text payload_encoded;   /* base64url */
    ost_text signature_encoded; /* base64url, never empty */
    const ost_json *header;
    ost_alg alg;
    ost_text kid; /* empty when absent */
    ost_text typ; /* empty when absent */
} ost_unverified_jws;

/* Splits and reads a compact JWS (RFC 7515 §3.1, §5.2 steps 1–5): exactly three parts, strict
 * base64url and JSON, `crit`, `b64`, `zip` and `enc` refused, `alg` known and within `accepted`,
 * kid of at most 256 bytes. At most 64 KiB, 8 KiB of them header. An arena of 1 MiB is enough for
 * this, the verification and the claims of any token. Errors: OST_E_CEILING, OST_E_TOKEN_FORMAT,
 * OST_E_ALGORITHM, OST_E_CRITICAL, OST_E_MEMORY (a smaller arena). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_read_unverified(ost_text token, ost_algs accepted,
                                                             ost_arena *arena,
                                                             ost_unverified_jws *ret_jws,
                                                             ost_error *error);

/* True when a header's `typ` is the media type `expected`, written without "application/": case
 * does not matter, and the prefix may be there (RFC 7515 §4.1.9). */
OST_PUBLIC bool ost_typ_is(ost_text typ, const char *expected);

/* Checks the signature with `key` (which must serve jws->alg) and hands out the decoded payload,
 * which lives in the arena. Any thread; allocates nothing beyond the arena once this thread has
 * used the key with the algorithm. Errors: OST_E_SIGNATURE (every mismatch), OST_E_TOKEN_FORMAT
 * (payload or signature are not strict base64url), OST_E_CRYPTO, OST_E_MEMORY (it could not be
 * found out, though of Ed448 the library may then say OST_E_SIGNATURE). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_verify(const ost_unverified_jws *jws,
                                                    const ost_key *key, ost_arena *arena,
                                                    ost_text *ret_payload);

/* Signs `payload` as a compact JWS with the key's kid in the header, and `typ` when not NULL. The
 * token lives in the arena. Any thread; RSA-2048 takes about 0.2 ms. Errors: OST_E_KEY_USE (no
 * private part, or the key does not serve `alg`), OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_sign(ost_text payload, const ost_key *key, ost_alg alg,
                                                  const char *typ, ost_arena *arena,
                                                  ost_text *ret_token);

/* ---- JSON serialization (RFC 7515 §7.2), detached payloads (appendix F), b64 (RFC 7797) ---- */

/* So many signatures may be in one JWS, and so many bytes in one JSON serialization and in a
 * detached payload. */
#define OST_JWS_SIGNATURES_MAX 16
#define OST_JWS_JSON_MAX ((size_t)1024 * 1024)
#define OST_JWS_DETACHED_MAX ((size_t)16 * 1024 * 1024)

/* What a JWS may be. All zero: the default algorithms, named in a protected header, with an encoded
 * payload in its place, and nothing critical. */
typedef struct ost_jws_rules {
    ost_algs algorithms;           /* 0: OST_ALGS_DEFAULT; what does not sign is left out */
    bool detached;                 /* the payload is not in the JWS, but: */
    ost_text payload;              /* raw */
    bool unencoded;                /* `b64`, named in `crit`, is understood; never in a JWT */
    bool insecure_unprotected_alg; /* `alg` may stand outside of what is signed (RFC 7515 §10.7) */
} ost_jws_rules;

/* What was verified: the payload and the protected header. The unprotected one is whatever somebody
 * wrote into it on the way. Lives in the arena, borrows from the input, the rules and the key set.
 */
typedef struct ost_verified_jws {
    ost_text payload;                   /* raw */
    const ost_json *protected_header;   /* NULL: none */
    const ost_json *unprotected_header; /* NULL: none */
    ost_alg alg;
    ost_text kid;      /* empty when absent; may come from the unprotected header */
    ost_text typ, cty; /* of the protected header; empty when absent */
    const ost_key *key;
    size_t signature; /* which one it was, from 0 */
} ost_verified_jws;

/* Verifies a JWS in the general or the flattened JSON serialization: the first signature whose
 * algorithm is accepted, whose key is in the set and that matches; the others may be anybody's. All
 * headers must be well-formed as in the compact form, no name may stand in both of a signature's,
 * `crit` and `b64` only in the protected one, and `b64` alike for all (RFC 7797 §3). `rules` may be
 * NULL: all zero. The arena needs eight times the JWS and three times the detached payload, and 1
 * MiB. Any thread. Errors: OST_E_CEILING, OST_E_TOKEN_FORMAT, OST_E_CRITICAL, OST_E_SIGNATURE (none
 * matches); where none could be looked at OST_E_KEY_UNKNOWN, OST_E_KEY_USE, OST_E_KEY_AMBIGUOUS,
 * OST_E_ALGORITHM, whichever came nearest; OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_json_verify(ost_text json, const ost_keyset *keys,
                                                         const ost_jws_rules *rules,
                                                         ost_arena *arena,
                                                         ost_verified_jws *ret_verified,
                                                         ost_error *error);

/* The same of a compact JWS of at most 64 KiB. For tokens there is ost_jwt_verify. Errors: those of
 * ost_jws_json_verify. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_compact_verify(ost_text token, const ost_keyset *keys,
                                                            const ost_jws_rules *rules,
                                                            ost_arena *arena,
                                                            ost_verified_jws *ret_verified,
                                                            ost_error *error);

/* How a JWS is written. All zero: with the payload, encoded; one signature flattened. */
typedef struct ost_jws_options {
    const char *typ, *cty; /* NULL: left out */
    bool detached;         /* the payload is left out */
    bool unencoded;        /* `b64` false, in `crit`; not with a typ of JWTs */
    bool general;          /* JSON: the general form also for one signature */
    bool embed_key; /* the public key stands in the protected header as `jwk` (RFC 7515 §4.1.3),
                       as proofs of possession want it (RFC 9449 §4.2) */
} ost_jws_options;

typedef struct ost_jws_signer {
    const ost_key *key; /* its kid, when it has one, stands in the protected header */
    ost_alg alg;
    const ost_json *header; /* the unprotected one, an object; NULL: none */
} ost_jws_signer;

/* Signs `payload` with every signer (OST_JWS_SIGNATURES_MAX at most). `options` may be NULL. Any
 * thread. Errors: OST_E_ARGUMENT (no signer or too many; an unencoded payload that is not UTF-8 or
 * holds a NUL; an unprotected header that is not an object, or says what the protected one says or
 * has to say), OST_E_CEILING (what would not be read again), and those of ost_jws_sign. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_json_sign(ost_text payload,
                                                       const ost_jws_signer *signers, size_t count,
                                                       const ost_jws_options *options,
                                                       ost_arena *arena, ost_text *ret_json,
                                                       ost_error *error);

/* Signs `payload` as a compact JWS. Errors: OST_E_ARGUMENT (an unencoded payload that is neither
 * detached nor of printable ASCII without dots, RFC 7797 §5.2), and those of ost_jws_sign. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_compact_sign(ost_text payload, const ost_key *key,
                                                          ost_alg alg,
                                                          const ost_jws_options *options,
                                                          ost_arena *arena, ost_text *ret_token,
                                                          ost_error *error);

/* ---- bytes ---- */

/* Signs bytes as they are: for protocols that are no JWS, and for headers that ost_jws_sign does
 * not write. The signature is what a JWS holds before base64url: of ECDSA r and s (RFC 7518 §3.4).
 * In the arena. Any thread. Errors: those of ost_jws_sign. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_bytes_sign(ost_text input, const ost_key *key, ost_alg alg,
                                                    ost_arena *arena, ost_text *ret_signature);
/* The reverse. `alg` is the caller's choice, never what the input says of itself. Errors:
 * OST_E_SIGNATURE (every mismatch, a wrong length among them), OST_E_KEY_USE, OST_E_CRYPTO,
 * OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_bytes_verify(ost_text input, ost_text signature,
                                                      const ost_key *key, ost_alg alg);

#ifdef __cplusplus
}
#endif

#endif
