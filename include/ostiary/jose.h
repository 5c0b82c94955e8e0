/* JOSE: keys (RFC 7517), key sets, signatures (RFC 7515) and JSON Web Tokens (RFC 7519), strictly
 * (RFC 8725). Pure: no I/O, no clock, no state between calls but reusable contexts of the
 * cryptographic library. A key knows its algorithms from the moment it is imported; no call takes
 * raw bytes together with a token's own "alg". */
#ifndef OSTIARY_JOSE_H
#define OSTIARY_JOSE_H

#include <ostiary/json.h>
#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- algorithms ---- */

typedef enum ost_alg {
    OST_ALG_NONE_SET = 0, /* no algorithm; never accepted */
    OST_RS256,
    OST_RS384,
    OST_RS512,
    OST_PS256,
    OST_PS384,
    OST_PS512,
    OST_ES256,
    OST_ES384,
    OST_ES512,
    OST_EDDSA, /* Ed25519 (RFC 8037) */
    OST_HS256,
    OST_HS384,
    OST_HS512,
} ost_alg;

/* A set of algorithms, one bit each. The zero set means OST_ALGS_DEFAULT wherever it is given. */
typedef uint32_t ost_algs;
#define OST_ALG_BIT(alg) ((ost_algs)1 << (alg))
/* Every asymmetric algorithm; HS needs to be asked for by name. */
#define OST_ALGS_DEFAULT ((ost_algs)(OST_ALG_BIT(OST_HS256) - OST_ALG_BIT(OST_RS256)))

/* "RS256" and back, exactly as registered (RFC 7518 §3.1). "none" and anything unknown:
 * OST_ALG_NONE_SET. Any thread. */
OST_PUBLIC const char *ost_alg_name(ost_alg alg);
OST_PUBLIC ost_alg ost_alg_of(ost_text name);

/* ---- keys ---- */

/* One key: immutable, reference-counted, usable from any thread. */
typedef struct ost_key ost_key;

typedef enum ost_key_type { OST_KEY_RSA, OST_KEY_EC, OST_KEY_OKP, OST_KEY_OCT } ost_key_type;

/* Imports one JWK, public or private. `alg` in the JWK binds the key to that algorithm; without
 * it the key serves every algorithm of its type and curve. Refused as OST_E_KEY_WEAK: RSA under
 * 2048 or over 16384 bits, even e or e < 3 (or over 64 bits), off-curve and small-order points,
 * HMAC secrets under 32 bytes or under the hash of their alg; OST_E_KEY_FORMAT: anything malformed
 * or self-contradicting (alg of another type or curve, key_ops for signatures and other things, a
 * private part that does not belong to the public one); OST_E_KEY_USE: use or key_ops say that it
 * is for something else; OST_E_UNSUPPORTED: unknown kty, crv or alg, RSA of more than two primes.
 * At most 64 KiB, and a kid of 256 bytes. x5c and its kin are not looked at. The text is not kept.
 */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_import_jwk(ost_text jwk, ost_key **ret_key,
                                                        ost_error *ret_error);
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_import_json(const ost_json *jwk, ost_key **ret_key,
                                                         ost_error *ret_error);

/* An HMAC key bound to one of HS256, HS384, HS512. The secret (copied, wiped on free) must be at
 * least as long as the hash (RFC 7518 §3.2): OST_E_KEY_WEAK otherwise, OST_E_CEILING over 1 KiB.
 * `kid` may be NULL. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_import_secret(ost_text secret, ost_alg alg,
                                                           const char *kid, ost_key **ret_key,
                                                           ost_error *ret_error);

/* Makes a new private key for `alg`: RSA of `bits` (0: 2048), EC on the algorithm's curve,
 * Ed25519, or a random secret of the hash's length. Its kid is its thumbprint when `kid` is NULL.
 * RSA takes a fifth of a second. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_generate(ost_alg alg, unsigned bits, const char *kid,
                                                      ost_key **ret_key, ost_error *ret_error);

OST_PUBLIC ost_key *ost_key_ref(ost_key *key);
OST_PUBLIC void ost_key_unref(ost_key *key); /* NULL is fine; the last one wipes */

OST_PUBLIC ost_key_type ost_key_type_of(const ost_key *key);
OST_PUBLIC ost_text ost_key_kid(const ost_key *key); /* empty when it has none */
OST_PUBLIC bool ost_key_is_private(const ost_key *key);
OST_PUBLIC bool ost_key_serves(const ost_key *key, ost_alg alg);
OST_PUBLIC unsigned ost_key_bits(const ost_key *key);

/* Writes the JWK as one JSON object: public members only, or all of them.
 * Private: OST_E_KEY_USE when the key has no private part. `alg`, `use` and `kid` are included
 * when known. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_export_public(const ost_key *key,
                                                           ost_json_writer *writer);
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_export_private(const ost_key *key,
                                                            ost_json_writer *writer);

/* The SHA-256 thumbprint (RFC 7638, RFC 8037 §2), 43 base64url characters and a NUL. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_thumbprint(const ost_key *key, char ret[44]);

/* ---- key sets ---- */

/* Keys parsed once, immutable after import, reference-counted, usable from any thread. */
typedef struct ost_keyset ost_keyset;

/* Imports a JWK Set (RFC 7517 §5) of at most `max_keys` (0: 100) entries and 256 KiB. Keys that
 * cannot serve a signature (other kty, crv, use "enc") are passed over, as §5 tells; weak or
 * malformed ones too. All of these are counted in *ret_skipped (may be NULL). OST_E_KEY_AMBIGUOUS:
 * two usable keys share a kid. OST_E_KEY_USE: the set holds a symmetric or private key (never in a
 * published set). OST_E_KEY_UNKNOWN: no usable key is left. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_keyset_import(ost_text jwks, size_t max_keys,
                                                       ost_keyset **ret_keyset, size_t *ret_skipped,
                                                       ost_error *ret_error);

/* A set of the given keys, each of which gains a reference. Symmetric and private keys allowed.
 * OST_E_KEY_AMBIGUOUS: two share a kid. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_keyset_new(ost_key *const *keys, size_t count,
                                                    ost_keyset **ret_keyset);
OST_PUBLIC ost_keyset *ost_keyset_ref(ost_keyset *keyset);
OST_PUBLIC void ost_keyset_unref(ost_keyset *keyset);
OST_PUBLIC size_t ost_keyset_count(const ost_keyset *keyset);
OST_PUBLIC const ost_key *ost_keyset_at(const ost_keyset *keyset, size_t index);

/* The one key for a token's header: by kid when the token has one, and by type, curve, use,
 * key_ops and alg always. Without a kid, exactly one key must fit. OST_E_KEY_UNKNOWN,
 * OST_E_KEY_AMBIGUOUS; OST_E_KEY_USE: the key of that kid may not verify `alg`. Borrowed from the
 * set. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_keyset_find(const ost_keyset *keyset, ost_text kid,
                                                     ost_alg alg, const ost_key **ret_key);

/* ---- signatures ---- */

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
 * kid of at most 256 bytes. At most 64 KiB (OST_E_CEILING), 8 KiB of them header.
 * OST_E_TOKEN_FORMAT, OST_E_ALGORITHM, OST_E_CRITICAL. An arena of 1 MiB is enough for this, the
 * verification and the claims of any token; a smaller one may give OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_read_unverified(ost_text token, ost_algs accepted,
                                                             ost_arena *arena,
                                                             ost_unverified_jws *ret_jws,
                                                             ost_error *ret_error);

/* True when a header's `typ` is the media type `expected`, written without "application/": case
 * does not matter, and the prefix may be there (RFC 7515 §4.1.9). */
OST_PUBLIC bool ost_typ_is(ost_text typ, const char *expected);

/* Checks the signature with `key` (which must serve jws->alg) and hands out the decoded payload,
 * which lives in the arena. OST_E_SIGNATURE for every mismatch; OST_E_TOKEN_FORMAT where payload or
 * signature are not strict base64url. Any thread; allocates nothing beyond the arena once this
 * thread has used the key with the algorithm. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_verify(const ost_unverified_jws *jws,
                                                    const ost_key *key, ost_arena *arena,
                                                    ost_text *ret_payload);

/* Signs `payload` as a compact JWS with the key's kid in the header, and `typ` when not NULL.
 * The token lives in the arena. OST_E_KEY_USE: no private part, or the key does not serve `alg`.
 * Any thread; RSA-2048 takes about 0.2 ms. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_sign(ost_text payload, const ost_key *key, ost_alg alg,
                                                  const char *typ, ost_arena *arena,
                                                  ost_text *ret_token);

/* ---- claims ---- */

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
    ost_algs algorithms;        /* 0: OST_ALGS_DEFAULT */
} ost_claims_rules;

/* Reads the payload as a claims object and checks the types of every registered claim: `exp`
 * required, whole or fractional seconds from 0 to 2^53; iss, sub, jti strings of at most 2 KiB; aud
 * such a string or an array of at most 1024. At most 8192 values, 16 deep. OST_E_TOKEN_FORMAT,
 * OST_E_CLAIM_MISSING, OST_E_CLAIM_TYPE. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_claims_read(ost_text verified_payload, ost_arena *arena,
                                                     const ost_claims **ret_claims,
                                                     ost_error *ret_error);

/* Checks iss, aud, exp, nbf, iat at `now` (seconds); fractions of seconds are dropped. Runs on
 * every request, also for remembered tokens. OST_E_ISSUER; OST_E_AUDIENCE, also where the token has
 * no aud; OST_E_EXPIRED, OST_E_NOT_YET; OST_E_CLAIM_MISSING: max_age without iat; OST_E_CONFIG: the
 * rules leave something out or contradict themselves. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_claims_check(const ost_claims *claims,
                                                      const ost_claims_rules *rules, int64_t now,
                                                      ost_error *ret_error);

/* The whole of it for a caller with its own keys: read, find the key, verify, read the claims,
 * check. Token types (`typ`) are the guard's concern. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwt_verify(ost_text token, const ost_keyset *keys,
                                                    const ost_claims_rules *rules, int64_t now,
                                                    ost_arena *arena, const ost_claims **ret_claims,
                                                    ost_error *ret_error);

OST_PUBLIC const ost_json *ost_claims_json(const ost_claims *claims);
OST_PUBLIC const ost_json *ost_claims_get(const ost_claims *claims, const char *name);
OST_PUBLIC ost_text ost_claims_text(const ost_claims *claims, const char *name); /* or empty */
OST_PUBLIC ost_text ost_claims_issuer(const ost_claims *claims);
OST_PUBLIC ost_text ost_claims_subject(const ost_claims *claims);
OST_PUBLIC int64_t ost_claims_expiry(const ost_claims *claims);
OST_PUBLIC bool ost_claims_has_audience(const ost_claims *claims, ost_text audience);

/* Reads header and payload of a compact JWS without any check of signature, time or origin: for
 * showing a token to a human, and for finding out which issuer a token names before its keys are
 * looked up. A type that no guard accepts. */
typedef struct ost_unverified_token {
    const ost_json *header;
    const ost_json *claims;
} ost_unverified_token;
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwt_read_unverified(ost_text token, ost_arena *arena,
                                                             ost_unverified_token *ret_token,
                                                             ost_error *ret_error);

/* ---- digests, used around tokens ---- */

/* SHA-256 with a fetched algorithm and a context per thread (scales over threads). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_sha256(ost_text data, unsigned char ret[32]);

/* at_hash / c_hash (OpenID Connect Core §3.1.3.6): the left half of the hash that belongs to
 * `alg`, base64url, in the arena. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_left_half_hash(ost_text value, ost_alg alg,
                                                        ost_arena *arena, ost_text *ret_hash);

#ifdef __cplusplus
}
#endif

#endif
