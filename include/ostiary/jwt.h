/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Web Tokens (RFC 7519, RFC 8725): claims, and what they must satisfy. */
#ifndef OSTIARY_JWT_H
#define OSTIARY_JWT_H

#include <ostiary/jwe.h>
#include <ostiary/jws.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The claims of a token whose signature has been verified: no other function makes one. */
typedef struct ost_claims ost_claims;

/* What a set of claims must satisfy. All zero asks for everything and accepts nothing: an issuer
 * and an audience must be named. */
typedef struct ost_claims_rules {
    const char *issuer;           /* exact, required */
    const char *const *audiences; /* any one of these must be in `aud` */
    size_t audience_count;
    bool insecure_any_audience; /* `aud` is not looked at */
    unsigned leeway;            /* seconds; 0 means 30 */
    bool no_leeway;             /* exactly the second */
    unsigned max_age;           /* seconds since iat; 0: no limit */
    const char *type;           /* the header's `typ`, without "application/" (RFC 8725 §3.11);
                                   NULL: not looked at, or "at+jwt" with the profile */
    bool access_token_profile;  /* RFC 9068 §2.2: sub, client_id, iat and jti are required too */
    ost_algs algorithms;        /* 0: OST_ALGS_DEFAULT */
} ost_claims_rules;

/* Reads the payload, of which the signature must have been verified, as a claims object and checks
 * the types of every registered claim: `exp` required, whole or fractional seconds from 0 to 2^53;
 * iss, sub, jti strings of at most 2 KiB; aud such a string or an array of at most 1024. At most
 * 8192 values, 16 deep. Errors: OST_E_TOKEN_FORMAT, OST_E_CLAIM_MISSING, OST_E_CLAIM_TYPE,
 * OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_claims_read(ost_text verified_payload, ost_arena *arena,
                                                     const ost_claims **ret_claims,
                                                     ost_error *error);

/* Checks iss, aud, exp, nbf, iat at `now` (seconds); fractions of seconds are dropped. Runs on
 * every request, also for remembered tokens. Errors: OST_E_ISSUER, OST_E_AUDIENCE (also where the
 * token has no aud), OST_E_EXPIRED, OST_E_NOT_YET, OST_E_CLAIM_MISSING (max_age without iat),
 * OST_E_CONFIG (the rules leave something out or contradict themselves). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_claims_check(const ost_claims *claims,
                                                      const ost_claims_rules *rules, int64_t now,
                                                      ost_error *error);

/* The whole of it for a caller with its own keys: read, find the key, verify, read the claims,
 * check. `now` comes from ost_now. An arena of 1 MiB is enough for any token. Errors:
 * OST_E_TOKEN_TYPE (the header's `typ` is another than the rules ask for), and those of
 * ost_jws_read_unverified, ost_keyset_find, ost_jws_verify, ost_claims_read and ost_claims_check.
 */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwt_verify(ost_text token, const ost_keyset *keys,
                                                    const ost_claims_rules *rules, int64_t now,
                                                    ost_arena *arena, const ost_claims **ret_claims,
                                                    ost_error *error);

/* The same of a nested token (RFC 7519 §5.2), which is signed and then encrypted: decrypts with one
 * of `private_keys`, and what comes out, which must say `cty` "JWT", is verified as above. Nesting
 * goes no deeper. Errors: those of ost_jwe_decrypt and of ost_jwt_verify. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwt_verify_nested(
    ost_text token, const ost_keyset *private_keys, const ost_jwe_rules *jwe_rules,
    const ost_keyset *keys, const ost_claims_rules *rules, int64_t now, ost_arena *arena,
    const ost_claims **ret_claims, ost_error *error);

/* All claims, one of them by name (NULL when it is not there), and those that are texts; `exp` in
 * seconds, fractions dropped; whether `aud` is this audience or holds it. */
OST_PUBLIC const ost_json *ost_claims_json(const ost_claims *claims);
OST_PUBLIC const ost_json *ost_claims_get(const ost_claims *claims, const char *name);
OST_PUBLIC ost_text ost_claims_text(const ost_claims *claims, const char *name); /* or empty */
OST_PUBLIC ost_text ost_claims_issuer(const ost_claims *claims);
OST_PUBLIC ost_text ost_claims_subject(const ost_claims *claims);
OST_PUBLIC int64_t ost_claims_expiry(const ost_claims *claims);
OST_PUBLIC bool ost_claims_has_audience(const ost_claims *claims, ost_text audience);

/* Reads header and payload of a compact JWS without any check of signature, time or origin: for
 * showing a token to a human, and for finding out which issuer a token names before its keys are
 * looked up. A type that no guard accepts. Errors: those of ost_jws_read_unverified and of
 * ost_claims_read. */
typedef struct ost_unverified_token {
    const ost_json *header;
    const ost_json *claims;
} ost_unverified_token;
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwt_read_unverified(ost_text token, ost_arena *arena,
                                                             ost_unverified_token *ret_token,
                                                             ost_error *error);

/* ---- digests, used around tokens ---- */

/* SHA-256 with a fetched algorithm and a context per thread (scales over threads). Any thread.
 * Errors: OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_sha256(ost_text data, unsigned char ret[32]);

/* at_hash / c_hash (OpenID Connect Core §3.1.3.6): the left half of the hash that belongs to `alg`,
 * base64url, in the arena. The curve tells that of Edwards curves: OST_EDDSA stands for Ed25519
 * (SHA-512), OST_ED448 for the other (114 bytes of SHAKE256). Any thread. Errors: OST_E_ARGUMENT
 * (the algorithm does not sign), OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_left_half_hash(ost_text value, ost_alg alg,
                                                        ost_arena *arena, ost_text *ret_hash);

#ifdef __cplusplus
}
#endif

#endif
